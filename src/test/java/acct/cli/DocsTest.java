package acct.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Resources;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.netfilter.KnownBug;
import acct.policy.AgentConfigReader;
import acct.policy.MatchKey;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tables of the documentation are what the code has ({@code make docs} writes them), its links
 * lead somewhere, and the README stays short.
 */
class DocsTest {
  private static final Path DOCS = Path.of("docs");
  private static final int README_LINES = 150;
  private static final Pattern POLICY =
      Pattern.compile("```yaml\\n((?:#.*\\n)?apiVersion: acct/v1\\n.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

  static Stream<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>(Resources.files(DOCS));
    documents.add(Path.of("README.md"));
    return documents.stream();
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }

  private static String table(List<String> titles, List<String> rows) {
    StringBuilder table = new StringBuilder(row(titles.toArray(String[]::new)));
    table.append("|").append("---|".repeat(titles.size())).append('\n');
    rows.forEach(table::append);
    return table.toString();
  }

  private static String diagnostics() {
    Map<String, String> rows = new TreeMap<>();
    for (Code code : Code.values()) {
      rows.put(code.label(), row(code.label(), code.about()));
    }
    return table(List.of("code", "about"), List.copyOf(rows.values()));
  }

  private static String commands() {
    List<String> rows = new ArrayList<>();
    for (Command command : Main.COMMANDS) {
      String usage = "`acct " + (command.name() + " " + command.operands()).strip() + "`";
      rows.add(row(cell(usage), cell(command.summary())));
    }
    return table(List.of("command", "what it does"), rows);
  }

  private static String options() {
    StringBuilder text = new StringBuilder();
    for (Command command : Main.COMMANDS) {
      if (!command.flags().isEmpty()) {
        List<String> rows = new ArrayList<>();
        for (Flag flag : command.flags()) {
          rows.add(row("`" + cell(flag.usage()) + "`", cell(flag.help())));
        }
        text.append("### ").append(command.name()).append("\n\n");
        text.append(table(List.of("option", "meaning"), rows)).append('\n');
      }
    }
    List<String> rows = new ArrayList<>();
    for (Flag flag : Main.GLOBAL) {
      rows.add(row("`" + cell(flag.usage()) + "`", cell(flag.help())));
    }
    text.append("### Every command\n\n").append(table(List.of("option", "meaning"), rows));
    return text.toString();
  }

  private static String exitStatus() {
    List<String> rows = new ArrayList<>();
    ExitStatus.MEANINGS.forEach((status, meaning) -> rows.add(row("" + status, meaning)));
    return table(List.of("status", "meaning"), rows);
  }

  private static String keys() {
    List<String> rows = new ArrayList<>();
    for (MatchKey key : MatchKey.all()) {
      rows.add(
          row("`" + key.key() + "`", "`" + cell(key.example()) + "`", cell(key.description())));
    }
    return table(List.of("key", "example", "meaning"), rows);
  }

  private static String bugs() {
    List<String> rows = new ArrayList<>();
    for (KnownBug bug : KnownBug.values()) {
      rows.add(bug.row() + "\n");
    }
    return table(List.of("where", "what is wrong", "what acct does"), rows);
  }

  private static Map<String, String> tables() {
    Map<String, String> tables = new LinkedHashMap<>();
    tables.put("commands", commands());
    tables.put("options", options());
    tables.put("exit-status", exitStatus());
    tables.put("keys", keys());
    tables.put("diagnostics", diagnostics());
    tables.put("known-bugs", bugs());
    return tables;
  }

  @ParameterizedTest
  @MethodSource("documents")
  void itsTablesAreWhatTheCodeHas(Path document) throws IOException {
    String text = Files.readString(document, StandardCharsets.UTF_8);
    String made = text;
    for (Map.Entry<String, String> table : tables().entrySet()) {
      String begin = "<!-- generated: " + table.getKey() + " -->\n";
      String end = "<!-- end: " + table.getKey() + " -->\n";
      int from = made.indexOf(begin);
      int to = made.indexOf(end);
      if (from >= 0 && to > from) {
        made =
            made.substring(0, from + begin.length())
                + "\n"
                + table.getValue()
                + "\n"
                + made.substring(to);
      }
    }
    if (Boolean.getBoolean("acct.regenerate")) {
      Files.writeString(document, made, StandardCharsets.UTF_8);
    } else {
      assertEquals(made, text, "run make docs");
    }
  }

  @Test
  void everyTableIsInADocument() throws IOException {
    for (String name : tables().keySet()) {
      String mark = "<!-- generated: " + name + " -->";
      assertEquals(
          1,
          documents().filter(document -> Resources.bytes(document).contains(mark)).count(),
          name);
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void itsLinksLeadToFiles(Path document) throws IOException {
    Matcher link = LINK.matcher(Files.readString(document, StandardCharsets.UTF_8));
    Path folder = document.toAbsolutePath().getParent();
    while (link.find()) {
      assertTrue(Files.exists(folder.resolve(link.group(1))), document + ": " + link.group(1));
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void itsPoliciesAreValid(Path document, @TempDir Path directory) throws IOException {
    Matcher block = POLICY.matcher(Files.readString(document, StandardCharsets.UTF_8));
    while (block.find()) {
      if (block.group(1).contains("kind: Agent\n")) {
        assertValidAgent(document, block.group(1));
        continue;
      }
      Path file = Files.writeString(directory.resolve("p.yaml"), block.group(1));
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      Console console =
          new Console(
              new ByteArrayInputStream(new byte[0]),
              new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8),
              false);
      int status = Main.run(List.of("validate", file.toString()), console);
      assertEquals(0, status, () -> document + ": " + err.toString(StandardCharsets.UTF_8));
    }
  }

  private static void assertValidAgent(Path document, String text) {
    Diagnostics diagnostics = new Diagnostics();
    List<Yaml> documents =
        YamlReader.read(document.toString(), text.getBytes(StandardCharsets.UTF_8), diagnostics);
    AgentConfigReader.read(documents.get(0), diagnostics);
    assertEquals(List.of(), diagnostics.sorted());
  }

  @Test
  void theReadmeIsShort() throws IOException {
    int lines = Files.readAllLines(Path.of("README.md")).size();
    assertTrue(lines <= README_LINES, "the README has " + lines + " lines");
  }
}
