package acct.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is too large or too deep for Java, in a process of its own. */
class LimitsTest {
  private static final int DEEP = 20_000;

  @TempDir private Path directory;

  private Path policy;

  private record Ran(int status, String err) {}

  @BeforeEach
  void writeThePolicy() throws IOException {
    policy = policy("policy.yaml", "{name: A, attach: [INPUT], rules: [{name: one}]}");
  }

  private Path policy(String name, String chains) throws IOException {
    return Files.writeString(
        directory.resolve(name),
        "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: t}\n"
            + "spec: {families: [ipv4], chains: ["
            + chains
            + "]}\n");
  }

  private Ran java(String option, String... words) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, option, "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "acct.cli.Main"));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), err);
  }

  @Test
  void aDumpThatIsTooLargeSaysHowMuchMemoryThereWas() throws Exception {
    StringBuilder dump = new StringBuilder("*filter\n:INPUT ACCEPT [0:0]\n:A - [0:0]\n");
    for (int i = 0; i < 200_000; i++) {
      dump.append("[1:60] -A A -s 10.").append(i >> 16).append('.').append(i >> 8 & 255);
      dump.append('.').append(i & 255).append("/32 -m comment --comment r").append(i).append('\n');
    }
    Path file = Files.writeString(directory.resolve("dump"), dump.append("COMMIT\n"));
    Ran ran = java("-Xmx24m", "plan", policy.toString(), "--against", "ipv4=" + file);
    assertEquals(1, ran.status(), ran.err());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertTrue(ran.err().startsWith("acct: out of memory: Java may use 2"), ran.err());
    assertTrue(ran.err().contains("ACCT_JAVA_OPTIONS=-Xmx"), ran.err());
    assertFalse(ran.err().contains("acct log"), ran.err());
  }

  @Test
  void aCommandThatWritesNamesTheJournal() throws Exception {
    Path large = Files.writeString(directory.resolve("plan.json"), "\"" + "x".repeat(30 << 20));
    Ran ran = java("-Xmx24m", "apply", large.toString());
    assertEquals(1, ran.status(), ran.err());
    assertTrue(ran.err().contains("out of memory"), ran.err());
    assertTrue(ran.err().endsWith("stands in the journal: acct log\n"), ran.err());
  }

  @Test
  void chainsThatJumpDeepAreAnErrorOfThePolicy() throws Exception {
    StringBuilder chains = new StringBuilder("{name: C0, attach: [INPUT], rules: [{jump: C1}]}");
    for (int i = 1; i < DEEP; i++) {
      chains.append(",\n{name: C").append(i).append(", rules: [{name: one, jump: C");
      chains.append(i + 1).append("}]}");
    }
    chains.append(",\n{name: C").append(DEEP).append(", rules: [{name: one}]}");
    Ran ran = java("-Xss512k", "validate", policy("deep.yaml", chains.toString()).toString());
    assertEquals(3, ran.status(), ran.err());
    assertTrue(ran.err().contains("20001 deep; nft takes 15 [ACCT012]"), ran.err());
  }

  @Test
  void chainsThatAHostHasDeepAreImported() throws Exception {
    StringBuilder dump = new StringBuilder("*filter\n:INPUT ACCEPT [0:0]\n");
    for (int i = 0; i <= DEEP; i++) {
      dump.append(":C").append(i).append(" - [0:0]\n");
    }
    dump.append("[0:0] -A INPUT -j C0\n");
    for (int i = 0; i < DEEP; i++) {
      dump.append("[0:0] -A C").append(i).append(" -j C").append(i + 1).append('\n');
    }
    dump.append("[0:0] -A C").append(DEEP).append(" -p tcp\n");
    Path file = Files.writeString(directory.resolve("dump"), dump.append("COMMIT\n"));
    Ran ran = java("-Xss512k", "import", "--chain", "C0", "ipv4=" + file);
    assertEquals(3, ran.status(), ran.err());
    assertTrue(ran.err().contains("nft takes 15 [ACCT012]"), ran.err());
  }
}
