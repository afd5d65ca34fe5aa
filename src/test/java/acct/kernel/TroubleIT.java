package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Backend;
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

  /** Commands that are the real ones, but for a restore that waits until it is let go. */
  private final class Waiting {
    private final Path pidFile = directory.resolve("pid");
    private final Path fifo = directory.resolve("go");

    Waiting(Setup setup) throws Exception {
      for (String family : List.of("iptables", "ip6tables")) {
        String real = "/usr/sbin/" + family + "-" + setup.backend().label();
        fake(family, "exec " + real + " \"$@\"\n");
        fake(family + "-save", "exec " + real + "-save \"$@\"\n");
      }
      new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
      fake(
          "iptables-restore",
          // All of it, before acct may be killed: else there is nothing to restore.
          "cat >"
              + pidFile
              + ".script\nps -o sid= -p $$ >"
              + pidFile
              + "\nread -r _ <"
              + fifo
              + "\nexec /usr/sbin/iptables-"
              + setup.backend().label()
              + "-restore \"$@\" <"
              + pidFile
              + ".script\n");
    }

    List<String> apply(String... more) {
      List<String> words =
          new ArrayList<>(
              List.of(
                  Acct.DIST.resolve("bin/acct").toString(),
                  "apply",
                  "--no-rehearsal",
                  "--state-dir",
                  directory.resolve("state").toString(),
                  "--iptables",
                  directory.resolve("iptables").toString(),
                  "policies/by-address.yaml"));
      words.addAll(List.of(more));
      return words;
    }

    /** The session of the restore, once it has begun. */
    long session() throws IOException {
      while (!Files.exists(pidFile) || Files.size(pidFile) == 0) {
        Thread.onSpinWait();
      }
      return Long.parseLong(Files.readString(pidFile).strip());
    }

    void letGo() throws IOException {
      Files.writeString(fifo, "go\n");
    }
  }

  private static void kill(String signal, Process process) throws Exception {
    // Not process.destroy(): that closes our end of the streams we want to read.
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
  }

  /** A restore that takes its time: acct is asked to end, waits for it, and the change is whole. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aRestoreThatRunsIsNotKilledByActsOwnEnd(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Waiting waiting = new Waiting(setup);
      Process process = namespace.start(waiting.apply());
      BufferedReader err =
          new BufferedReader(
              new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
      long session = waiting.session();
      kill("-TERM", process);
      String line = err.readLine();
      while (line != null && !line.contains("waiting for iptables-restore to end")) {
        line = err.readLine();
      }
      assertTrue(line != null, "acct says what it waits for");
      waiting.letGo();
      process.waitFor();
      assertEquals(3, acct.rules("INET_IN").size());
      assertTrue(session != process.pid(), "a session of its own");
    }
  }

  /** SIGKILL takes acct and its lock away, and leaves its restore: the next acct waits for that. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void whatAKilledActHasLeftRunningIsWaitedFor(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Waiting waiting = new Waiting(setup);
      Process killed = namespace.start(waiting.apply());
      waiting.session();
      kill("-KILL", killed);
      Namespace.finish(killed, "");
      Namespace.Result next = namespace.run(waiting.apply("--lock-timeout", "1"), "");
      assertEquals(4, next.status(), next.err());
      assertTrue(next.err().contains("an acct was killed, and its iptables-restore"), next.err());
      Process patient = namespace.start(waiting.apply("--lock-timeout", "60"));
      waiting.letGo();
      Namespace.Result done = Namespace.finish(patient, "").ok();
      assertTrue(done.out().contains("No changes."), done.out() + done.err());
      assertEquals(3, acct.rules("INET_IN").size());
    }
  }

  /** Packets pass both backends, so rules in the one that acct does not see are told. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void rulesInTheOtherBackendAreTold(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy =
          acct.policy(
              "p",
              "families: "
                  + setup.families()
                  + "\nchains: [{name: C, attach: [INPUT], rules: [{name: a}]}]");
      Namespace.Result alone = acct.apply(policy);
      assertTrue(!alone.err().contains("ACCT033"), alone.err());
      Setup other =
          new Setup(
              setup.backend() == Backend.Kind.NFT ? Backend.Kind.LEGACY : Backend.Kind.NFT,
              setup.family());
      namespace.run(other.command(), "-w", "5", "-A", "OUTPUT", "-p", "gre").ok();
      Namespace.Result told = acct.run("plan", policy.toString()).ok();
      String expected =
          other.command()
              + " has rules of its own on this machine (1 in filter): packets pass both";
      assertTrue(told.err().contains(expected), told.err());
      assertTrue(told.out().contains("No changes."), told.out());
    }
  }

  /**
   * The journal can't be begun: an error before anything is written, whatever there is room for.
   */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void onAFullDiskNothingIsDone(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path state = Files.createDirectories(directory.resolve("state"));
      String full =
          "mount -t tmpfs -o size=8k,mode=0700 none "
              + state
              + " && cat /dev/zero 2>&- >"
              + state
              + "/big; :";
      Namespace.Result result =
          namespace.run(
              namespace.inMounts(full, acct.command("apply", "policies/by-port.yaml")), "");
      assertEquals(1, result.status(), result.err());
      assertTrue(result.err().contains("No space left on device"), result.err());
      assertTrue(result.err().contains("nothing was changed"), result.err());
      assertEquals(List.of(), acct.others(chain -> false));
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void withAReadOnlyStateDirectoryActGoesOnUnlessTheJournalIsRequired(Setup setup)
      throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path state = Files.createDirectories(directory.resolve("state"));
      String readOnly = "mount -t tmpfs -o ro,mode=0700 none " + state;
      Namespace.Result required =
          namespace.run(
              namespace.inMounts(
                  readOnly, acct.command("apply", "--require-journal", "policies/by-port.yaml")),
              "");
      assertEquals(1, required.status(), required.err());
      assertEquals(List.of(), acct.others(chain -> false));
      Namespace.Result result =
          namespace.run(
              namespace.inMounts(readOnly, acct.command("apply", "policies/by-port.yaml")), "");
      assertEquals(0, result.status(), result.err());
      assertTrue(result.err().contains("going on without lock and journal"), result.err());
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
