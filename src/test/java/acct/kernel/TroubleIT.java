package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can go wrong on a host, and what acct says and does then. */
class TroubleIT {
  private static final Setup NFT = Setup.ipv4().toList().get(0);

  @TempDir private Path directory;

  /** The set that the rule names is not there, which only the kernel can know. */
  @Test
  void aRefusalOfTheKernelIsShownWithItsLineAndChangesNothing() throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, NFT, directory);
      Path policy =
          acct.policy(
              "p",
              "families: [ipv4]\nchains: [{name: C0, attach: [INPUT], rules: [{name: one}, {name: two,"
                  + " matchSet: nosuch src}]}]");
      Namespace.Result result = acct.run("apply", "--no-rehearsal", policy.toString());
      assertEquals(1, result.status(), result.err());
      assertTrue(result.err().contains("Set nosuch doesn't exist"), result.err());
      assertTrue(result.err().contains("in what acct asked for:"), result.err());
      assertTrue(result.err().contains("--match-set nosuch src"), result.err());
      assertTrue(result.err().contains("nothing was changed"), result.err());
      assertEquals(List.of(), acct.rules("C0"));
    }
  }

  /** What the compiler refuses by itself: nft takes fifteen jumps one behind another. */
  @Test
  void jumpsAsDeepAsTheCompilerAllowsAreTaken() throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, NFT, directory);
      for (int depth : List.of(15, 16)) {
        List<String> chains = new ArrayList<>(List.of("{name: C1, rules: [{}]}"));
        for (int i = 2; i <= depth; i++) {
          String attach = i == depth ? "attach: [INPUT], " : "";
          chains.add("{name: C" + i + ", " + attach + "rules: [{jump: C" + (i - 1) + "}]}");
        }
        Path policy =
            acct.policy("p", "families: [ipv4]\nchains: [" + String.join(", ", chains) + "]");
        assertEquals(depth == 15 ? 0 : 3, acct.run("apply", policy.toString()).status());
      }
    }
  }

  private Path fake(String name, String script) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script);
    file.toFile().setExecutable(true);
    return file;
  }

  /** A restore that takes its time: acct is asked to end, waits for it, and the change is whole. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aRestoreThatRunsIsNotKilledByActsOwnEnd(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      String real = "/usr/sbin/iptables-" + setup.backend().label();
      fake("iptables", "exec " + real + " \"$@\"\n");
      fake("iptables-save", "exec " + real + "-save \"$@\"\n");
      fake("ip6tables", "exec /usr/sbin/ip6tables-" + setup.backend().label() + " \"$@\"\n");
      fake(
          "ip6tables-save",
          "exec /usr/sbin/ip6tables-" + setup.backend().label() + "-save \"$@\"\n");
      Path pidFile = directory.resolve("pid");
      Path fifo = directory.resolve("go");
      new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
      fake(
          "iptables-restore",
          "ps -o sid= -p $$ >"
              + pidFile
              + "\necho begun >&2\nread -r _ <"
              + fifo
              + "\nexec "
              + real
              + "-restore \"$@\"\n");
      Process process =
          namespace.start(
              List.of(
                  Acct.DIST.resolve("bin/acct").toString(),
                  "apply",
                  "--no-rehearsal",
                  "--state-dir",
                  directory.resolve("state").toString(),
                  "--iptables",
                  directory.resolve("iptables").toString(),
                  "policies/by-address.yaml"));
      BufferedReader err =
          new BufferedReader(
              new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
      while (!Files.exists(pidFile) || Files.size(pidFile) == 0) {
        Thread.onSpinWait();
      }
      // Not process.destroy(): that closes our end of the streams we want to read.
      new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
      String line = err.readLine();
      while (line != null && !line.contains("waiting for iptables-restore to end")) {
        line = err.readLine();
      }
      assertTrue(line != null, "acct says what it waits for");
      Files.writeString(fifo, "go\n");
      process.waitFor();
      assertEquals(3, acct.rules("INET_IN").size());
      String session = Files.readString(pidFile).strip();
      assertTrue(Long.parseLong(session) != process.pid(), "a session of its own");
    }
  }

  @Test
  void withoutRootAcctSaysWhatToDo() throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Assumptions.assumeTrue(namespace.isRootOutside(), "only root can stop being root");
      for (Setup setup : Setup.ipv4().toList()) {
        List<String> words =
            new ArrayList<>(
                List.of("setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all"));
        words.addAll(
            new Acct(namespace, setup, directory).command("plan", "policies/by-port.yaml"));
        Namespace.Result result = namespace.run(words, "");
        assertEquals(4, result.status(), result.err());
        assertTrue(result.err().contains("run acct as root, or plan offline"), result.err());
      }
    }
  }

  @Test
  void aReadThatPrintsGarbageIsRefused() throws Exception {
    try (Namespace namespace = Namespace.open()) {
      fake("iptables", "echo 'iptables v1.8.9 (nf_tables)'\n");
      fake("iptables-save", "echo '*filter'; echo ':INPUT ACCEPT [0:0]'\n");
      Namespace.Result result =
          namespace.run(
              Acct.DIST.resolve("bin/acct").toString(),
              "apply",
              "--state-dir",
              directory.resolve("state").toString(),
              "--iptables",
              directory.resolve("iptables").toString(),
              "policies/by-address.yaml");
      assertEquals(1, result.status(), result.err());
      assertTrue(result.err().contains("no COMMIT: the dump is cut off"), result.err());
    }
  }

  @Test
  void aMissingCommandIsNamed() throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Namespace.Result result =
          namespace.run(
              Acct.DIST.resolve("bin/acct").toString(),
              "plan",
              "--iptables",
              directory.resolve("iptables").toString(),
              "policies/by-address.yaml");
      assertEquals(1, result.status(), result.err());
      assertTrue(result.err().contains("is not there"), result.err());
    }
  }
}
