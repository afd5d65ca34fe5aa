package acct.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A standard output that is full or closed: an error, whatever was to be printed. */
class LostOutputTest {
  private static final String DUMP =
      "*filter\n:INPUT ACCEPT [0:0]\n:A - [0:0]\n[1:60] -A INPUT -m comment --comment acct:t -j A\n"
          + "[2:120] -A A -s 10.0.0.1/32\nCOMMIT\n";
  private static final String POLICY =
      "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: t}\nspec: {families: [ipv4],"
          + " chains: [{name: A, attach: [INPUT], rules: [{name: one}, {name: one%s}]}]}\n";
  private static final String NOTE =
      "{\"formatVersion\":\"1.0\",\"event\":\"reset\",\"id\":\"1\",\"time\":\"2026-11-22T10:17:01Z\","
          + "\"user\":\"u\",\"command\":\"snapshot\",\"counters\":[]}\n";

  @TempDir private Path directory;

  /** As a disk without room. */
  private static final class Full extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      throw new IOException("No space left on device");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "help",
        "help plan",
        "plan --help",
        "--version",
        "schema policy",
        "schema plan",
        "init",
        "plan POLICY --against DUMP",
        "plan POLICY --against DUMP --detailed-exitcode",
        "plan POLICY --against DUMP --output json",
        "plan POLICY --against DUMP --output markdown",
        "plan POLICY --against DUMP --output restore",
        "validate POLICY",
        "validate POLICY --output json",
        "show --against DUMP",
        "show --against DUMP --output json",
        "show --against DUMP --output csv",
        "show --against DUMP --output tsv",
        "import --chain A --name t DUMP",
        "log --state-dir STATE",
        "log --state-dir STATE --output json",
      })
  void isAnErrorOfEveryCommand(String line) throws IOException {
    assertEquals(1, status(line));
  }

  @ParameterizedTest
  @ValueSource(strings = {"validate BAD --output github", "plan BAD --against DUMP --output json"})
  void leavesAnotherFailureAsItIs(String line) throws IOException {
    assertEquals(3, status(line));
  }

  private int status(String line) throws IOException {
    Path policy = Files.writeString(directory.resolve("p.yaml"), POLICY.formatted("2, mark: 1"));
    Path bad = Files.writeString(directory.resolve("bad.yaml"), POLICY.formatted(""));
    Path dump = Files.writeString(directory.resolve("dump"), DUMP);
    Files.writeString(directory.resolve("journal.jsonl"), NOTE);
    String words =
        line.replace("POLICY", policy.toString())
            .replace("BAD", bad.toString())
            .replace("DUMP", "ipv4=" + dump)
            .replace("STATE", directory.toString());
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(new Full(), false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    int status = Main.run(List.of(words.split(" ")), console);
    String said = err.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains("acct: standard output can't be written"), said);
    return status;
  }
}
