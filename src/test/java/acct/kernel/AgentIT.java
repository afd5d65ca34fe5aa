package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Backend;
import acct.netfilter.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The agent on a real kernel: what it corrects and how soon, and what it leaves alone. */
class AgentIT {
  private static final Duration BEGIN = Duration.ofSeconds(15);

  @TempDir private Path directory;

  private interface Fact {
    boolean holds() throws Exception;
  }

  /** Waits until something is so, and returns how long that took. */
  private static Duration await(Duration most, String what, Fact fact) throws Exception {
    long begun = System.nanoTime();
    while (!fact.holds()) {
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      assertTrue(took.compareTo(most) < 0, "not within " + most.toMillis() + " ms: " + what);
      Thread.sleep(20);
    }
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private static String spec(Setup setup, String more) {
    return "families: "
        + setup.families()
        + "\nchains:\n- name: A\n  attach: [INPUT]\n  rules:\n  - {name: all}\n"
        + more;
  }

  private static final String UDP = "  - {name: udp, protocol: udp}\n";

  private Process agent(Namespace namespace, Acct acct, String policies, String more)
      throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("agent.yaml"),
            "apiVersion: acct/v1\nkind: Agent\nspec:\n  policies: [" + policies + "]\n" + more);
    List<String> words = acct.command("agent", "--config", config.toString());
    List<String> logged = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" 2>>$0"));
    logged.add(log().toString());
    logged.addAll(words);
    return namespace.start(logged);
  }

  private Path log() {
    return directory.resolve("log");
  }

  private String said() throws IOException {
    return Files.readString(log());
  }

  private Namespace.Result status(Namespace namespace, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Acct.DIST.resolve("bin/acct").toString(),
                "status",
                "--state-dir",
                directory.resolve("state").toString()));
    words.addAll(List.of(more));
    return namespace.run(words, "");
  }

  private Namespace.Result told(Namespace namespace, String command, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Acct.DIST.resolve("bin/acct").toString(),
                command,
                "--state-dir",
                directory.resolve("state").toString()));
    words.addAll(List.of(more));
    return namespace.run(words, "").ok();
  }

  private void awaitInSync(Namespace namespace) throws Exception {
    await(BEGIN, "in sync", () -> status(namespace).status() == 0);
  }

  private static void rules(Namespace namespace, Setup setup, String... words) {
    List<String> command = new ArrayList<>(List.of(setup.command()));
    command.addAll(List.of(words));
    namespace.run(command, "").ok();
  }

  private static void ping(Namespace namespace, Setup setup, int packets) {
    String target = setup.family() == Family.IPV4 ? "127.0.0.1" : "::1";
    namespace.run("ping", "-q", "-i", "0.002", "-c", Integer.toString(packets), target).ok();
  }

  private static void end(Process agent, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(agent.pid())).start().waitFor();
    assertTrue(agent.waitFor(2, TimeUnit.SECONDS), "it ends within two seconds");
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void whatAnotherProgramDeletesIsBackSoon(Setup setup) throws Exception {
    // Alone it takes a third of a second on nft. Far less than the interval, also beside other
    // tests.
    Duration most = Duration.ofSeconds(setup.backend() == Backend.Kind.NFT ? 5 : 9);
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = acct.policy("p", spec(setup, UDP));
      Process agent = agent(namespace, acct, policy.toString(), "");
      try {
        awaitInSync(namespace);
        ping(namespace, setup, 20);
        rules(namespace, setup, "-D", "INPUT", "1");
        Duration jump = await(most, "the jump", () -> !acct.rules("INPUT").isEmpty());
        rules(namespace, setup, "-D", "A", "2");
        Duration rule = await(most, "the rule", () -> acct.rules("A").size() == 2);
        awaitInSync(namespace);
        ping(namespace, setup, 5);
        assertEquals(50, acct.total("A", "all"));
        assertTrue(said().contains("corrected "), said());
        assertEquals(4, agent(namespace, acct, policy.toString(), "").waitFor());
        System.err.printf(
            "%s: a jump is back after %d ms, a rule after %d ms%n",
            setup, jump.toMillis(), rule.toMillis());
        end(agent, "TERM");
        assertEquals(1, status(namespace).status());
      } finally {
        agent.destroyForcibly();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aPolicyThatChangesIsApplied(Setup setup) throws Exception {
    Duration most = Duration.ofSeconds(5);
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path one = Files.createDirectories(directory.resolve("one"));
      Path two = Files.createDirectories(directory.resolve("two"));
      Path link = directory.resolve("current");
      Files.copy(acct.policy("p", spec(setup, "")), one.resolve("p.yaml"));
      Files.copy(acct.policy("p", spec(setup, UDP)), two.resolve("p.yaml"));
      Files.createSymbolicLink(link, one);
      Process agent = agent(namespace, acct, link.toString(), "");
      try {
        awaitInSync(namespace);
        assertEquals(1, acct.rules("A").size());
        Path next = Files.createSymbolicLink(directory.resolve("next"), two);
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        await(most, "the directory is another", () -> acct.rules("A").size() == 2);

        Path file = two.resolve("p.yaml");
        String valid = Files.readString(file);
        Files.writeString(file, valid + "    - {name: bad, protcol: udp}\n");
        await(most, "it is not valid", () -> status(namespace).status() == 1);
        String text = status(namespace).out();
        assertTrue(text.contains("p.yaml:12:19: error: "), text);
        assertTrue(text.contains("last valid"), text);
        rules(namespace, setup, "-F", "A");
        await(Duration.ofSeconds(9), "the last valid", () -> acct.rules("A").size() == 2);

        Path beside =
            Files.writeString(two.resolve("new"), valid + "    - {name: gre, protocol: 47}\n");
        Files.move(
            beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        await(most, "moved over", () -> acct.rules("A").size() == 3);
        awaitInSync(namespace);
      } finally {
        agent.destroyForcibly();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void observingAndPausedItChangesNothing(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = acct.policy("p", spec(setup, ""));
      Process observer = agent(namespace, acct, policy.toString(), "  mode: observe\n");
      try {
        await(BEGIN, "drift", () -> status(namespace).status() == 2);
        assertTrue(status(namespace).out().contains("ipv4/filter/A/all"));
        assertTrue(acct.rules("A").isEmpty());
        end(observer, "TERM");
      } finally {
        observer.destroyForcibly();
      }
      Process agent = agent(namespace, acct, policy.toString(), "  interval: 5s\n");
      try {
        awaitInSync(namespace);
        told(namespace, "pause", "1h");
        rules(namespace, setup, "-F", "A");
        Thread.sleep(6000);
        assertTrue(acct.rules("A").isEmpty());
        assertEquals(2, status(namespace).status());
        told(namespace, "resume");
        await(Duration.ofSeconds(5), "resumed", () -> acct.rules("A").size() == 1);
      } finally {
        agent.destroyForcibly();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void whoUndoesItsWorkIsNotFoughtInALoop(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = acct.policy("p", spec(setup, ""));
      Process agent = agent(namespace, acct, policy.toString(), "");
      try {
        awaitInSync(namespace);
        Process other =
            namespace.start(
                List.of(
                    "sh",
                    "-c",
                    "while :; do " + setup.command() + " -F A 2>/dev/null; sleep 0.1; done"));
        Thread.sleep(15_000);
        Namespace.Result status = status(namespace, "--output", "json");
        other.destroyForcibly().waitFor();
        long corrections = said().lines().filter(line -> line.contains("corrected ")).count();
        assertTrue(corrections <= 8, corrections + " corrections: " + said());
        assertEquals(2, status.status(), status.out());
        assertTrue(status.out().contains("undoes ipv4/filter/A/all again"), status.out());
        await(Duration.ofSeconds(40), "in sync after that", () -> status(namespace).status() == 0);
        assertEquals(1, acct.rules("A").size());
        System.err.println(setup + ": " + corrections + " corrections in 15 s of war");
      } finally {
        agent.destroyForcibly();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void killedAtAnyMomentItGoesOn(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = acct.policy("p", spec(setup, UDP));
      for (int i = 0; i < 6; i++) {
        Process agent = agent(namespace, acct, policy.toString(), "");
        Thread.sleep(300L + 100L * i);
        ping(namespace, setup, 5);
        rules(namespace, setup, i % 2 == 0 ? "-N" : "-L", i % 2 == 0 ? "X" + i : "INPUT");
        Thread.sleep(50L * i);
        end(agent, "KILL");
      }
      Process agent = agent(namespace, acct, policy.toString(), "");
      try {
        awaitInSync(namespace);
        acct.assertSettled(policy);
        assertFalse(said().contains("Exception"), said());
      } finally {
        agent.destroyForcibly();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aWrongConfigurationIsToldByItsLine(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Process agent = agent(namespace, acct, "/p", "  interval: soon\n  mod: observe\n");
      assertEquals(3, agent.waitFor());
      assertTrue(said().contains("agent.yaml:5:13: error: "), said());
      assertTrue(said().contains("agent.yaml:6:3: error: "), said());
    }
  }
}
