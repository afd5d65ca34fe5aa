package acct.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Position;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single attacks by text of others, and what is printed in their place. */
class TextAttacksTest {
  @TempDir private Path directory;

  private record Ran(int status, String out, String err) {}

  private static Ran acct(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    int status = Main.run(List.of(words), console);
    return new Ran(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text, StandardCharsets.UTF_8);
  }

  /** A dump of chain A of the policy t, with a rule of this comment. */
  private String dump(String comment) throws IOException {
    String text =
        """
        *filter
        :INPUT ACCEPT [0:0]
        :A - [0:0]
        [1:60] -A INPUT -m comment --comment acct:t -j A
        [2:120] -A A -s 10.0.0.1/32 -m comment --comment "%s"
        COMMIT
        """
            .formatted(comment);
    return "ipv4=" + file("dump.v4", text);
  }

  private Path policy(String rules) throws IOException {
    return file(
        "p.yaml",
        "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: t}\nspec: {families: [ipv4],"
            + " chains: [{name: A, attach: [INPUT], rules: ["
            + rules
            + "]}]}\n");
  }

  @Test
  void aFileNameBeginsNoWorkflowCommand() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Position position = new Position("::error file=x::.yaml", 3, 1);
    Report.print(
        List.of(Diagnostic.error(Code.BAD_VALUE, position, "a\n::b")),
        new Console(new ByteArrayInputStream(new byte[0]), stream, stream, false));
    assertEquals(
        "\\x3a:error file=x::.yaml:3:1: error: a\\n::b [ACCT004]\n",
        err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void anOperandForgesNoLine() {
    Ran ran = acct("validate", "no\nacct: applied and verified\n::error::x");
    assertEquals(1, ran.status());
    assertEquals(
        "acct: there is no file no\\nacct: applied and verified\\n::error::x\n", ran.err());
    assertEquals(
        "acct: there is no command \"\\x1b[2J\\u{202E}\" See: acct help\n",
        acct("\u001b[2J\u202e").err());
  }

  @Test
  void aCommentTearsNoRowAndIsNoFormula() throws IOException {
    Ran csv = acct("show", "--output", "csv", "--against", dump("=HYPERLINK('http://e')\n::x,y"));
    assertEquals(
        "t,ipv4,filter,A,\"'=HYPERLINK('http://e')\\n::x,y\",2,120,,0,0",
        csv.out().lines().toList().get(1));
    Ran tsv = acct("show", "--output", "tsv", "--against", dump("a\tb\nc"));
    assertEquals(
        "t\tipv4\tfilter\tA\ta\\tb\\nc\t2\t120\t\t0\t0", tsv.out().lines().toList().get(1));
  }

  @Test
  void aCommentMovesNoCursorInJson() throws IOException {
    String json = acct("show", "--output", "json", "--against", dump("\u009b2J\u202e\u2028")).out();
    assertTrue(json.contains("\"name\": \"\\u009B2J\\u202E\\u2028\""), json);
  }

  @Test
  void aRulesNameBeginsNoWorkflowCommand() throws IOException {
    String text = acct("show", "--against", dump("::set-output name=a::b")).out();
    assertTrue(text.contains("\n  \\x3a:set-output name=a::b  "), text);
    String azure = acct("show", "--against", dump("x ##vso[task.complete]")).out();
    assertTrue(azure.contains("\n  x \\x23#vso[task.complete]  "), azure);
  }

  @Test
  void aCommentMakesNoMentionOrLinkInMarkdown() throws IOException {
    Path policy = policy("{name: one}");
    String dump = dump("```\n@all <img src=x> [a](http://e) #1");
    Ran ran = acct("plan", policy.toString(), "--against", dump, "--output", "markdown");
    assertTrue(
        ran.out().contains("\n````diff\n ipv4 filter\n")
            && ran.out().contains("-    ```\\n@all <img src=x> [a](http://e) #1  "),
        ran.out());
  }

  @Test
  void anAnnotationStaysOne() throws IOException {
    Path policy = policy("{name: \"a\\n::warning::%0A\\u202E\"}");
    String line = acct("validate", "--output", "github", policy.toString()).out();
    assertTrue(line.contains("::\"a\\n::warning::%250A\\u{202E}\": a rule's name has"), line);
    assertEquals(1, line.lines().count(), line);
  }

  @Test
  void aLongScalarIsCut() throws IOException {
    Path policy = policy("{name: " + "x".repeat(7_340_032) + "}");
    Ran ran = acct("validate", policy.toString());
    assertEquals(3, ran.status());
    assertTrue(ran.err().length() < 2_000, () -> ran.err().length() + " characters");
    assertTrue(ran.err().contains("x… (7,340,"), ran.err());
    assertTrue(ran.err().contains("a rule's name has 1 to 63 letters"), ran.err());
  }

  @Test
  void importWritesTextThatReadsBack() throws IOException {
    String dump =
        "ipv4="
            + file(
                "dump.v4",
                """
                *filter
                :INPUT ACCEPT [0:0]
                :A - [0:0]
                [0:0] -A INPUT -j A
                [2:120] -A A -m string --string "é\u202e##[x] \\"#: -" --algo bm -m comment --comment "é\u202e #1"
                COMMIT
                """);
    Ran ran = acct("import", "--chain", "A", dump);
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("é\\u202E\\x23#[x] "), ran.out());
    assertTrue(ran.out().contains("comment: \"é\\u202E #1\""), ran.out());
    Path policy = file("imported.yaml", ran.out());
    Ran plan = acct("plan", policy.toString(), "--against", dump, "--output", "restore");
    assertTrue(plan.out().contains("INPUT"), plan.out());
    assertFalse(plan.out().contains("string"), plan.out());
  }

  @Test
  void aJournalWithNonsenseIsReadAsFarAsItGoes() throws IOException {
    String note =
        "{\"formatVersion\":\"1.0\",\"event\":\"reset\",\"id\":\"%s\",\"time\":\"%s\","
            + "\"user\":\"a\\nb\",\"command\":\"::t\\u001b\",\"counters\":[{\"address\":\"x\",\"packets\":%s,"
            + "\"bytes\":2,\"remark\":\"\\u202E\"}]}\n";
    file(
        "journal.jsonl",
        note.formatted("::1", "2026-11-22T10:17:01Z", "1")
            + note.formatted("2", "2026-11-22T10:17:01Z", "\"::\"")
            + note.formatted("3", "::t\\u001b", "1")
            + "::error::\n");
    Ran log = acct("log", "--details", "--utc", "--state-dir", directory.toString());
    assertEquals(0, log.status());
    assertTrue(
        log.out().startsWith("2026-11-22 10:17:01 UTC  ::t\\x1b by a\\nb: counters began anew"),
        log.out());
    assertTrue(log.out().contains(" 1 packet, 2 B \\u{202E}\n"), log.out());
    assertTrue(log.err().startsWith("acct: 3 lines of the journal can't be read"), log.err());
    Ran json = acct("log", "--output", "json", "--state-dir", directory.toString());
    assertEquals(1, json.out().lines().count(), json.out());
  }

  @Test
  void aNameThatNoFileCanHaveIsAnError() throws IOException {
    Path plan =
        file(
            "plan.json",
            "{\"formatVersion\":\"1.1\",\"planId\":\"x\",\"inputs\":"
                + "{\"policies\":[{\"file\":\"a\\u0000\\u001b\",\"text\":\"\"}]}}");
    Ran ran = acct("apply", plan.toString());
    assertEquals(64, ran.status(), ran.err());
    assertEquals(
        "acct: not the name of a file: \"a\\x00\\x1b\": Nul character not allowed\n", ran.err());
  }

  @Test
  void aChainThatIsNoAsciiIsNamedAsItReads() throws IOException {
    String dump =
        "ipv4="
            + file(
                "dump.v4",
                """
                *filter
                :INPUT ACCEPT [0:0]
                :zähler - [0:0]
                [1:60] -A INPUT -m comment --comment acct:t -j zähler
                [2:120] -A zähler -s 10.0.0.1/32 -m comment --comment größe
                COMMIT
                """);
    for (String name : List.of("zähler", "zähler/größe")) {
      Ran shown = acct("show", "--against", dump, "--chain", "zähler", name);
      assertEquals(0, shown.status(), shown.err());
      assertTrue(shown.out().contains("zähler"), shown.out());
      assertTrue(shown.out().contains("größe"), shown.out());
    }
    assertEquals(
        "acct: there is no chain ö\n", acct("show", "--against", dump, "--chain", "ö").err());
    assertTrue(acct("show", "--against", dump, "ö/ä").err().contains("is called ö/ä; acct show"));
    assertEquals(
        "acct: --chain: a chain's name has 1 to 28 bytes: \"" + "ö".repeat(15) + "\"\n",
        acct("show", "--against", dump, "--chain", "ö".repeat(15)).err());
    assertTrue(acct("import", "--chain", "zahler", dump).err().contains("; did you mean zähler?"));
    Ran plan = acct("plan", policy("{name: one}").toString(), "--against", dump);
    assertTrue(plan.out().contains("zähler"), plan.out());
    assertFalse((plan.out() + plan.err()).contains("Ã"), plan.out() + plan.err());
    String twice = "ipv4=" + file("twice", "*filter\n:zähler - [0:0]\n:zähler - [0:0]\nCOMMIT\n");
    Ran bad = acct("show", "--against", twice);
    assertTrue(bad.err().contains("chain zähler twice"), bad.err());
  }

  @Test
  void aChainOfOthersIsNamedAsItReadsInWarnings() throws IOException {
    String dump =
        "ipv4="
            + file(
                "dump.v4",
                """
                *filter
                :INPUT ACCEPT [0:0]
                :zähler - [0:0]
                [1:60] -A INPUT -m comment --comment acct:u -j zähler
                [1:60] -A INPUT -m comment --comment acct:t -j zähler
                [2:120] -A zähler -s 10.0.0.1/32 -j DROP
                COMMIT
                """);
    Ran plan = acct("plan", policy("{name: one}").toString(), "--against", dump);
    assertTrue(plan.err().contains("zähler"), plan.err());
    assertFalse(plan.err().contains("Ã"), plan.err());
  }

  @Test
  void helpOfNoCommandIsWrongUsage() {
    Ran ran = acct("help", "shwo");
    assertEquals(64, ran.status());
    assertEquals("", ran.out());
    assertEquals(
        "acct: there is no command \"shwo\"; did you mean \"show\"? See: acct help\n", ran.err());
    assertEquals(64, acct("help", "show", "log").status());
    assertEquals(0, acct("help").status());
  }
}
