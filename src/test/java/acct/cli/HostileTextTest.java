package acct.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.compile.PartName;
import acct.diagnostic.Diagnostics;
import acct.policy.Yaml;
import acct.policy.YamlReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.regex.Pattern;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.commonmark.Extension;
import org.commonmark.ext.autolink.AutolinkExtension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Hostile text in every field, through every command and format, read back by its own reader. */
class HostileTextTest {
  /** Pieces that mean something to a terminal, a CI system, a spreadsheet, or Markdown. */
  private static final List<String> PIECES =
      List.of(
          "\n",
          "\r",
          "\t",
          "\u001b[2J",
          "\u001b]0;x\u0007",
          "\u007f",
          "\u009b31m",
          "\u0085",
          "\u202e",
          "\u2066",
          "\u200f",
          "\u061c",
          "\u2028",
          "\u2029",
          "\u200b",
          "\ufeff",
          "\u00ad",
          "\u3164",
          "\udb40\udc41",
          "::error file=x::y",
          "::set-output name=a::b",
          "\n::error::z",
          "##[error]x",
          "##vso[task.setvariable variable=a]b",
          "=HYPERLINK(\"http://e\")",
          "+1",
          "-1",
          "@user",
          "#123",
          "|",
          "`",
          "```",
          "<img src=x>",
          "<!-- -->",
          "&amp;",
          "[a](http://e)",
          "![a](http://e)",
          "*a*",
          "_a_",
          "https://e.example",
          "www.e.example",
          "\"",
          "'",
          "\\",
          ",",
          ";",
          " ",
          "é",
          "東",
          "a",
          "B7",
          "${x}",
          "%0A::error::",
          "]",
          "{",
          ": ",
          "- ",
          "\nacct: ok");

  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<Extension> GITHUB =
      List.of(TablesExtension.create(), AutolinkExtension.create());
  private static final Parser MARKDOWN = Parser.builder().extensions(GITHUB).build();

  private Path directory;

  /** What a command did. */
  private record Ran(int status, String out, String err) {}

  @BeforeTry
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("acct-hostile");
  }

  @AfterTry
  void removeDirectory() throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Runs a command; what it says on standard error must be safe text always. */
  private Ran acct(boolean colour, List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            colour);
    int status = Main.run(words, console);
    Ran ran =
        new Ran(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    assertSafe(ran.err(), ran);
    assertFalse(ran.err().contains("internal error"), ran.err());
    // A newline of others that came out as one would begin a line with what stood behind it.
    assertFalse((ran.out() + ran.err()).contains("\nacct: ok"), () -> "" + ran);
    return ran;
  }

  private Ran acct(String... words) {
    return acct(false, List.of(words));
  }

  private static String hostile(Random random) {
    StringBuilder text = new StringBuilder();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    // A dump is refused when the last word of a rule ends with a carriage return.
    return text.append(text.toString().endsWith("\r") ? "." : "").toString();
  }

  /** A name that a file may have. */
  private Path file(Random random, String ending, String text) throws IOException {
    return file(hostile(random).replace("/", "_") + ending, text);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text, StandardCharsets.UTF_8);
  }

  // ---- what is safe

  private static void assertSafe(String text, Object from) {
    assertVisible(text, from);
    for (String line : text.split("\n")) {
      assertFalse(line.stripLeading().startsWith("::"), () -> line + "\nin " + from);
    }
  }

  /** Nothing but text and newlines; no command that CI systems read anywhere in a line. */
  private static void assertVisible(String text, Object from) {
    text.codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              boolean hidden =
                  c != '\n'
                      && (type == Character.CONTROL
                          || type == Character.FORMAT
                          || type == Character.LINE_SEPARATOR
                          || type == Character.PARAGRAPH_SEPARATOR
                          || c == 0x3164);
              assertFalse(hidden, () -> Integer.toHexString(c) + " in " + from);
            });
    assertFalse(Pattern.compile("##[a-z]*\\[").matcher(text).find(), () -> "" + from);
  }

  private static JsonNode assertJson(String json) {
    assertSafe(json, json);
    return JSON.readTree(json);
  }

  private static void assertAnnotations(Ran ran) {
    assertVisible(ran.out(), ran);
    Pattern one =
        Pattern.compile("::(error|warning) file=[^:,]*(,line=\\d+,col=\\d+)?,title=\\w+::.*");
    for (String line : ran.out().split("\n")) {
      assertTrue(line.isEmpty() || one.matcher(line).matches(), line);
    }
  }

  private static void assertMarkdown(String text) {
    assertSafe(text, text);
    MARKDOWN
        .parse(text)
        .accept(
            new AbstractVisitor() {
              @Override
              public void visit(Link link) {
                refuse(link);
              }

              @Override
              public void visit(Image image) {
                refuse(image);
              }

              @Override
              public void visit(HtmlInline html) {
                refuse(html);
              }

              @Override
              public void visit(HtmlBlock html) {
                refuse(html);
              }

              @Override
              public void visit(Heading heading) {
                refuse(heading);
              }

              @Override
              public void visit(BlockQuote quote) {
                refuse(quote);
              }

              @Override
              public void visit(Text plain) {
                // What is not code, GitHub searches for mentions and references.
                assertFalse(plain.getLiteral().matches(".*(@\\w|#\\d).*"), text);
              }

              private void refuse(Node node) {
                throw new AssertionError(node + " in\n" + text);
              }
            });
  }

  /** The cells of CSV by RFC 4180, without the apostrophes before what would be a formula. */
  private static List<List<String>> csv(String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        cell.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == '\n')) {
        assertFalse(cell.toString().matches("[=+@-].*"), cell.toString());
        row.add(cell.toString().replaceFirst("^'(['\\p{Zs}]*[=+@-])", "$1"));
        cell.setLength(0);
        if (c == '\n') {
          rows.add(row);
          row = new ArrayList<>();
        }
      } else {
        cell.append(c);
      }
    }
    assertFalse(quoted, text);
    return rows;
  }

  /** A cell of TSV as the text it was made from. */
  private static String tsv(String cell) {
    return Pattern.compile("\\\\(?:([\\\\tnr])|x(..)|u\\{(\\w+)\\})")
        .matcher(cell)
        .replaceAll(
            match -> {
              String plain = match.group(1);
              String hex = match.group(2) != null ? match.group(2) : match.group(3);
              return java.util.regex.Matcher.quoteReplacement(
                  plain != null
                      ? Map.of("\\", "\\", "t", "\t", "n", "\n", "r", "\r").get(plain)
                      : Character.toString(Integer.parseInt(hex, 16)));
            });
  }

  /** What a person reads in place of a text: the documented escapes, written down once more. */
  private static String readable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              if (c == '\n') {
                out.append("\\n");
              } else if (type == Character.CONTROL) {
                out.append(String.format("\\x%02x", c));
              } else if (type == Character.FORMAT
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR
                  || c == 0x3164) {
                out.append(String.format("\\u{%04X}", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString().replaceAll("#(#[a-z]*\\[)", "\\\\x23$1");
  }

  // ---- the fields

  /** A scalar of YAML with every character that it can hold. */
  private static String yaml(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.chars().forEach(c -> out.append(String.format("\\u%04x", c)));
    // Two halves are one character to YAML only as \U.
    return out.append('"').toString().replace("\\udb40\\udc41", "\\U000E0041");
  }

  /** A word of a dump; a newline in it goes on in the next line. */
  private static String word(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** A chain's name as the kernel may have it: anything but blanks and line ends, 28 bytes. */
  private static String chain(Random random) {
    StringBuilder name = new StringBuilder("X");
    if (random.nextBoolean()) {
      name.setLength(0);
    }
    for (char c : hostile(random).replaceAll("[ \t\n\r\"'\\\\]", "").toCharArray()) {
      String more = name.toString() + c;
      if (!Character.isSurrogate(c) && more.getBytes(StandardCharsets.UTF_8).length <= 20) {
        name.append(c);
      }
    }
    // A name begins with neither - nor !, and [ would be counters.
    return name.toString().matches("[-!\\[(].*|") ? "X" + name : name.toString();
  }

  private String dump(Random random, String comment, String chain) throws IOException {
    String text =
        """
        # Generated by iptables-save v1.8.9 (nf_tables) on Thu
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :A - [0:0]
        :B - [0:0]
        :%1$s - [0:0]
        [1:60] -A INPUT -m comment --comment acct:t -j A
        [1:60] -A INPUT -m comment --comment acct:gone -j %1$s
        [1:60] -A OUTPUT -m comment --comment acct:t -j B
        [2:120] -A A -s 10.0.0.1/32 -m comment --comment %2$s
        [3:180] -A A -p tcp -m string --string %3$s --algo bm
        [3:180] -A A -i %4$s -m comment --comment x
        [3:180] -A A -m set --match-set %5$s src
        [4:240] -A %1$s -m comment --comment %2$s
        [4:240] -A B -m comment --comment %6$s -j %1$s
        COMMIT
        """
            .formatted(
                chain,
                word(comment),
                word(hostile(random)),
                word(hostile(random)),
                word(hostile(random)),
                word(hostile(random)));
    return "ipv4=" + file(random, ".v4", text);
  }

  private static String policy(String more) {
    return "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: t}\nspec:\n"
        + "  families: [ipv4]\n  chains: [{name: A, attach: [INPUT], rules: ["
        + more
        + "]}, {name: B, attach: [OUTPUT], rules: [{name: all}]}]\n";
  }

  // ---- the commands

  @Property(tries = 150)
  void plansAreSafeInEveryFormat(@ForAll Random random) throws IOException {
    String comment = hostile(random);
    String dump = dump(random, comment, chain(random));
    String keep = random.nextBoolean() ? "  unmanagedRules: keep\n" : "";
    String text =
        policy(
                "{name: one, source: 10.0.0.1}, {name: two, protocol: tcp, options: "
                    + yaml("-m string --algo bm --string \"" + "é東|\u202e`#1@a" + "\"")
                    + "}")
            .replace("  families", keep + "  families");
    String file = file(random, ".yaml", text).toString();
    List<String> words = new ArrayList<>(List.of("plan", file, "--against", dump));
    if (random.nextBoolean()) {
      words.add("--prune");
    }
    Ran plain = acct(false, words);
    assertSafe(plain.out(), plain);
    Ran coloured = acct(true, words);
    assertSafe(COLOUR.matcher(coloured.out()).replaceAll(""), coloured);
    assertJson(acct(false, with(words, "--output", "json")).out());
    assertMarkdown(acct(false, with(words, "--output", "markdown")).out());
  }

  private static List<String> with(List<String> words, String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return all;
  }

  @Property(tries = 150)
  void shownCountersReadBack(@ForAll Random random) throws IOException {
    String comment = hostile(random);
    // Such a name is that of one of several rules of one row.
    Assume.that(PartName.of(comment).number() == 1);
    String chain = chain(random);
    String dump = dump(random, comment, chain);
    List<String> words = List.of("show", "--against", dump);
    Ran text = acct(false, words);
    assertEquals(0, text.status(), text.err());
    assertSafe(text.out(), text);
    // The rule's name begins its line.
    String name = readable(comment).replaceFirst("^(\\p{Z}*)::", "$1\\\\x3a:");
    assertTrue(text.out().contains("  " + name + " "), () -> text + "\n" + name);
    Ran coloured = acct(true, words);
    assertSafe(COLOUR.matcher(coloured.out()).replaceAll(""), coloured);

    JsonNode json = assertJson(acct(false, with(words, "--output", "json")).out());
    assertTrue(json.findValuesAsString("chain").contains(chain), json + chain);
    assertTrue(json.findValuesAsString("name").contains(comment), json + comment);

    Ran comma = acct(false, with(words, "--output", "csv"));
    assertSafe(comma.out(), comma);
    List<List<String>> rows = csv(comma.out());
    assertTrue(rows.stream().allMatch(row -> row.size() == 10), comma.out());
    assertEquals(comma.out().lines().count(), rows.size());
    assertHolds(rows, Function.identity(), readable(chain), readable(comment));

    Ran tab = acct(false, with(words, "--output", "tsv"));
    assertSafe(tab.out().replace('\t', ' '), tab);
    List<List<String>> cells =
        tab.out().lines().map(line -> List.of(line.split("\t", -1))).toList();
    assertTrue(cells.stream().allMatch(row -> row.size() == 10), tab.out());
    assertHolds(cells, HostileTextTest::tsv, chain, comment);
  }

  private static void assertHolds(
      List<List<String>> rows, Function<String, String> read, String chain, String rule) {
    assertTrue(
        rows.stream()
            .anyMatch(
                row -> read.apply(row.get(3)).equals(chain) && read.apply(row.get(4)).equals(rule)),
        () -> chain + " and " + rule + " in " + rows);
  }

  @Property(tries = 150)
  void findingsInPoliciesAreSafe(@ForAll Random random) throws IOException {
    String field = yaml(hostile(random));
    List<String> policies =
        List.of(
            policy("{name: " + field + "}"),
            policy("{" + field + ": x}"),
            policy("{name: a, source: " + field + ", protocol: " + field + "}"),
            policy("{name: a, inInterface: " + field + ", jump: " + field + "}"),
            policy("{name: a, matchSet: " + field + ", options: " + field + "}"),
            policy("{name: a, options: " + yaml("-m " + hostile(random)) + "}"),
            policy("{name: a}").replace("name: A", "name: " + field),
            policy("{name: a}").replace("name: t", "name: " + field),
            policy("{name: a}").replace("[INPUT]", "[" + field + "]"),
            policy("{name: a}").replace("ipv4", field),
            policy("{name: a}").replace("  chains", "  table: " + field + "\n  chains"),
            policy("{name: a}")
                .replace("  chains", "  moved: [{from: x, to: " + field + "}]\n  chains"),
            policy("{name: '${p}', source: '${p}'}")
                .replace("  chains", "  parameters: {p: " + field + "}\n  chains"),
            policy("{forEach: {v: [" + field + "]}, name: '${v}', source: '${v}'}"),
            field + ": 1\n",
            hostile(random));
    String text = policies.get(random.nextInt(policies.size()));
    String file = file(random, ".yaml", text).toString();
    for (String output : List.of("text", "json", "github")) {
      Ran ran = acct("validate", "--output", output, file);
      switch (output) {
        case "json" -> assertJson(ran.out());
        case "github" -> assertAnnotations(ran);
        default -> assertSafe(ran.out(), ran);
      }
    }
    Ran plan = acct("plan", file, "--against", "examples/seed.v4", "--output", "json");
    assertTrue(plan.out().isEmpty() || assertJson(plan.out()).isObject());
    assertSafe(acct("validate", directory.toString()).out(), text);
  }

  @Property(tries = 100)
  void importedPoliciesReadBack(@ForAll Random random) throws IOException {
    String comment = hostile(random);
    String interfaceName = random.nextBoolean() ? "eth0" : hostile(random);
    String string = hostile(random);
    String text =
        "*filter\n:INPUT ACCEPT [0:0]\n:A - [0:0]\n[0:0] -A INPUT -j A\n"
            + ("[2:120] -A A -s 10.0.0.1/32 -m comment --comment " + word(comment) + "\n")
            + ("[2:120] -A A -i " + word(interfaceName) + "\n")
            + ("[2:120] -A A -m string --string " + word(string) + " --algo bm --to 65535\n")
            + "COMMIT\n";
    Ran ran = acct("import", "--chain", "A", "ipv4=" + file(random, ".v4", text));
    assertSafe(ran.out(), ran);
    if (ran.status() == 0) {
      Diagnostics found = new Diagnostics();
      List<Yaml> documents =
          YamlReader.read("p", ran.out().getBytes(StandardCharsets.UTF_8), found);
      assertEquals(1, documents.size(), ran.out());
      assertEquals(List.of(), found.sorted());
      Path policy = file("imported.yaml", ran.out());
      assertEquals(0, acct("validate", policy.toString()).status(), ran.out());
    }
    acct("import", "--chain", hostile(random), "ipv4=" + directory.resolve("no-such"));
    acct("import", "--chain", chain(random), dump(random, comment, chain(random)));
  }

  /** Another is none that acct writes, and its line is left out. */
  private static final String TIME = "2026-01-01T00:00:00Z";

  @Property(tries = 100)
  void theJournalIsSafe(@ForAll Random random) throws IOException {
    Path state = Files.createDirectory(directory.resolve(hostile(random).replace("/", "_") + "s"));
    String begin =
        object(
            random,
            Map.of("event", "begin", "id", "1", "time", TIME),
            List.of("command", "user", "commit", "undoes"),
            ",\"policies\":["
                + quoted(random)
                + "],\"changes\":[{\"action\":\"add\",\"address\":"
                + quoted(random)
                + ",\"counter\":{\"fate\":"
                + quoted(random)
                + ",\"packets\":1,\"bytes\":2}}]");
    String end =
        object(
            random,
            Map.of("event", "end", "id", "1", "outcome", "failed", "time", TIME),
            List.of("message"),
            ",\"offsets\":[{\"address\":" + quoted(random) + ",\"packets\":1,\"bytes\":2}]");
    String packets = random.nextBoolean() ? "1" : quoted(random);
    String note =
        object(
            random,
            Map.of("event", "reset", "id", "2", "time", TIME),
            List.of("command", "user"),
            ",\"counters\":[{\"address\":"
                + quoted(random)
                + ",\"packets\":"
                + packets
                + ",\"bytes\":2,\"remark\":"
                + quoted(random)
                + "}]");
    List<String> lines = List.of(begin, end, note, hostile(random), "[1]", "{\"a\":");
    Files.writeString(state.resolve("journal.jsonl"), String.join("\n", lines) + "\n");
    for (String how : List.of("--details", "--utc")) {
      Ran text = acct("log", how, "--state-dir", state.toString());
      assertEquals(0, text.status(), text.err());
      assertSafe(text.out(), text);
    }
    Ran json = acct("log", "--output", "json", "--state-dir", state.toString());
    json.out().lines().forEach(HostileTextTest::assertJson);
    // A count may stand in quotes.
    boolean isCount = packets.matches("\"?-?[0-9]+\"?");
    assertEquals(isCount ? 3 : 2, json.out().lines().count(), packets + json.out());
  }

  private static String quoted(Random random) {
    return JSON.writeValueAsString(hostile(random));
  }

  private static String object(
      Random random, Map<String, String> fixed, List<String> fields, String more) {
    StringBuilder out = new StringBuilder("{\"formatVersion\":\"1.0\"");
    fixed.forEach((key, value) -> out.append(",\"" + key + "\":\"" + value + "\""));
    fields.forEach(field -> out.append(",\"" + field + "\":" + quoted(random)));
    return out.append(more).append('}').toString();
  }

  @Property(tries = 150)
  void operandsAreSafe(@ForAll Random random) throws IOException {
    String text = hostile(random);
    String dump = dump(random, text, chain(random));
    String file = file("p.yaml", policy("{name: a}")).toString();
    List<List<String>> calls =
        List.of(
            List.of(text),
            List.of("help", text),
            List.of("plan", text),
            List.of("plan", "--" + text, file),
            List.of("plan", file, "--against", text),
            List.of("plan", file, "--against", dump, "--output", text),
            List.of("plan", file, "--against", dump, "--set", text),
            List.of("plan", file, "--against", dump, "--set", text + "=" + text),
            List.of("plan", file, "--against", dump, "--values", text),
            List.of("plan", file, "--against", dump, "--out", directory + "/no/" + text),
            List.of("plan", file, "--iptables", "/no/" + text),
            List.of("apply", text + ".json"),
            List.of("apply", file, "--lock-timeout", text),
            List.of("validate", text, "--values", text),
            List.of("validate", "--output", text, file),
            List.of("show", "--against", dump, text),
            List.of("show", "--against", dump, "--chain", text),
            List.of("show", "--against", dump, "--sort", text),
            List.of("show", "--against", dump, "--by", text),
            List.of("watch", "--interval", text),
            List.of("log", "--state-dir", directory + "/" + text.replace("/", "_")),
            List.of("log", "--output", text),
            List.of("import", "--name", text),
            List.of("import", "--table", text),
            List.of("import", "--chain", text, dump),
            List.of("init", text),
            List.of("schema", text),
            List.of("restore", "--state-dir", file + "/" + text.replace("/", "_")));
    List<String> call = calls.get(random.nextInt(calls.size()));
    Ran ran = acct(false, call);
    assertSafe(ran.out(), call);
  }

  @Property(tries = 100)
  void dumpsThatCantBeReadAreSafe(@ForAll Random random) throws IOException {
    String text = hostile(random);
    List<String> dumps =
        List.of(
            text,
            "*" + text + "\nCOMMIT\n",
            "*filter\n:" + text + "\nCOMMIT\n",
            "*filter\n:A - [0:0]\n-A A -m comment --comment \"" + text + "\nCOMMIT\n",
            "# Generated by " + text + "\n*filter\nCOMMIT\n",
            "*filter\n:A - " + text + "\nCOMMIT\n",
            "*filter\n:A - [0:0]\n[" + text + "] -A A\nCOMMIT\n",
            "*filter\n:A - [0:0]\n-A " + text + " -j " + text + "\nCOMMIT\n");
    String file = file(random, ".v4", dumps.get(random.nextInt(dumps.size()))).toString();
    for (String operand : List.of("ipv4=" + file, file)) {
      assertSafe(acct("show", "--chain", "A", "--against", operand).out(), text);
      assertSafe(acct("plan", "examples/seed.yaml", "--against", operand).out(), text);
    }
  }
}
