package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** acct is killed at random moments of an apply; {@code make stress} does it more often. */
class StressKillIT {
  private static final int KILLS = Integer.getInteger("acct.stress.applies", 6) * 2 / 5;

  /** So that a commit takes its time: legacy copies the whole table. */
  private static final int OTHERS = 600;

  @TempDir private Path directory;

  /** Ways to end it; Ctrl-C in a terminal reaches all of the process group. */
  private enum Way {
    KILL("-KILL", ""),
    INTERRUPT("-INT", ""),
    CTRL_C("-INT", "-");

    private final String signal;
    private final String group;

    Way(String signal, String group) {
      this.signal = signal;
      this.group = group;
    }

    void end(Process process) throws Exception {
      new ProcessBuilder("kill", signal, "--", group + process.pid()).start().waitFor();
    }
  }

  /**
   * The commands, with a restore that writes down when it begins and how it ended: it outlives
   * acct, and nobody else would know.
   */
  private Path commands(Setup setup, Path log) throws IOException {
    String four = "iptables-" + setup.backend().label();
    String six = "ip6tables-" + setup.backend().label();
    for (String name : List.of(four, four + "-save", six, six + "-save")) {
      script(name, "exec /usr/sbin/" + name + " \"$@\"\n");
    }
    String begin = "echo begin >>" + log + "\n";
    String end = "\necho end $? >>" + log + "\n";
    script(four + "-restore", begin + "/usr/sbin/" + four + "-restore \"$@\"" + end);
    return directory.resolve(four);
  }

  private void script(String name, String text) throws IOException {
    Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + text);
    assertTrue(file.toFile().setExecutable(true));
  }

  /** Others' rules in two tables, each with a counter of its own. */
  private static String others() {
    StringBuilder dump = new StringBuilder();
    for (String table : List.of("filter", "mangle")) {
      dump.append('*').append(table).append('\n');
      for (int i = 1; i <= OTHERS; i++) {
        String address = "198.51." + i / 256 + "." + i % 256;
        dump.append("[" + i + ":" + 100 * i + "] -A FORWARD -s " + address + "/32 -j ACCEPT\n");
      }
      dump.append("COMMIT\n");
    }
    return dump.toString();
  }

  /** A policy for each of two tables, so that one may be changed and the other not. */
  private static String[] policies(Acct acct, int round) {
    return Stream.of("filter", "mangle")
        .map(
            table ->
                acct.policy(
                        table,
                        "table: "
                            + table
                            + "\nfamilies: [ipv4]\nchains:\n- {name: ACCT, attach: [INPUT], rules:"
                            + " [{name: stays}, {name: changes, protocol: tcp, destinationPort: "
                            + (1000 + round)
                            + "}]}\n")
                    .toString())
        .toArray(String[]::new);
  }

  /** What acct has in each table. */
  private static Map<String, List<String>> ours(Acct acct) {
    Map<String, List<String>> ours = new TreeMap<>();
    for (LiveTable table : acct.live().tables().values()) {
      for (LiveChain chain : table.chains().values()) {
        if (!chain.name().value().equals("FORWARD")) {
          ours.put(
              table.name() + " " + chain.name(),
              chain.rules().stream().map(LiveRule::words).map(Object::toString).toList());
        }
      }
    }
    return ours;
  }

  private static List<Path> inside(String namespace) throws IOException {
    try (var processes = Files.list(Path.of("/proc"))) {
      return processes.filter(process -> namespace.equals(namespaceOf(process))).toList();
    }
  }

  private static String namespaceOf(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("ns/net")).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static String read(Path log) throws IOException {
    try {
      return Files.readString(log);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private static long count(String log, String word) {
    return log.lines().filter(line -> line.startsWith(word)).count();
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void actsDeathAtAnyMomentLeavesEachTableAsBeforeOrAsAfter(Setup setup) throws Exception {
    long start = System.nanoTime();
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load(others());
      List<String> others = acct.others("ACCT"::equals);
      assertEquals(2 * OTHERS, others.size());
      Path log = directory.resolve("log");
      Path iptables = commands(setup, log);
      String inode = namespace.run("readlink", "/proc/self/ns/net").ok().out().strip();
      int quiet = inside(inode).size();
      acct.run("apply", policies(acct, 0)).ok();
      long begun = System.nanoTime();
      acct.run("apply", policies(acct, 1)).ok();
      long usual = System.nanoTime() - begun;

      Random random = new Random(6);
      Map<String, Integer> outcomes = new TreeMap<>();
      for (int i = 2; i < KILLS + 2; i++) {
        Map<String, List<String>> before = ours(acct);
        Files.deleteIfExists(log);
        String[] policies = policies(acct, i);
        Way way = Way.values()[i % 3];
        // Where the tests run in the background SIGINT may be ignored, which Java inherits.
        List<String> words =
            new ArrayList<>(
                List.of(
                    "env",
                    "--default-signal=INT",
                    "setsid",
                    Acct.DIST.resolve("bin/acct").toString(),
                    "apply",
                    "--state-dir",
                    directory.resolve("state").toString(),
                    "--iptables",
                    iptables.toString()));
        words.addAll(List.of(policies));
        Process process = namespace.start(words);
        if (random.nextBoolean()) {
          process.waitFor(random.nextLong(usual * 11 / 10), TimeUnit.NANOSECONDS);
        } else {
          while (process.isAlive() && read(log).isEmpty()) {
            Thread.onSpinWait();
          }
          process.waitFor(random.nextLong(12_000_000), TimeUnit.NANOSECONDS);
        }
        boolean ended = !process.isAlive();
        String then = read(log);
        way.end(process);
        Namespace.Result result = Namespace.finish(process, "");
        // A rehearsal runs in a namespace of its own: its restore may outlive acct, too.
        for (int wait = 0;
            wait < 10_000
                && (inside(inode).size() > quiet
                    || count(read(log), "begin") != count(read(log), "end"));
            wait++) {
          Thread.sleep(1);
        }

        String about = way + " " + result.status() + ": " + result.err() + read(log);
        assertFalse(result.err().contains("Exception"), about);
        assertEquals(
            count(read(log), "begin"), count(read(log), "end"), "a restore was killed: " + about);
        assertEquals(others, acct.others("ACCT"::equals), about);
        Map<String, List<String>> between = ours(acct);
        // It reads again and ends with 0 only when nothing is left to do.
        acct.run("apply", policies).ok();
        Map<String, List<String>> after = ours(acct);
        assertEquals(others, acct.others("ACCT"::equals), about);
        between.forEach(
            (chain, rules) ->
                assertTrue(
                    rules.equals(before.get(chain)) || rules.equals(after.get(chain)),
                    chain + rules + about));
        String moment =
            ended
                ? "after its end"
                : count(then, "begin") > count(then, "end") ? "in the restore" : "else";
        String left =
            between.equals(after)
                ? "changed"
                : between.equals(before) ? "unchanged" : "one of two tables";
        outcomes.merge(way + " " + moment + ", " + left, 1, Integer::sum);
      }
      System.err.printf(
          "%s: %d times killed %s, others' counters whole; %.1f s%n",
          setup,
          KILLS,
          outcomes.entrySet().stream().map(Object::toString).collect(Collectors.joining("; ")),
          (System.nanoTime() - start) / 1e9);
    }
  }
}
