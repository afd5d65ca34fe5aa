package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Many applies, under traffic and beside others; {@code make stress} runs more of them. */
class StressIT {
  private static final int APPLIES = Integer.getInteger("acct.stress.applies", 6);

  @TempDir private Path directory;
  private final long start = System.nanoTime();

  private String seconds() {
    return String.format("%.1f s", (System.nanoTime() - start) / 1e9);
  }

  /** Promise 1, for longer and with every kind of change. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void rulesThatStayAreExactUnderAStreamWhateverElseIsApplied(Setup setup) throws Exception {
    int applies = setup.family() == Family.IPV4 ? APPLIES : APPLIES / 5;
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      List<String> addresses = new ArrayList<>();
      for (int last = 1; last <= 4; last++) {
        setup.addAddress(namespace, last);
        addresses.add(setup.address(last));
      }
      RandomPolicy policy = new RandomPolicy(setup, "P_", new Random(1));
      acct.apply(acct.policy("p", policy.spec()));
      Traffic traffic = Traffic.start(namespace, addresses);
      Path file = directory;
      for (int i = 0; i < applies; i++) {
        policy.change();
        file = acct.policy("p", policy.spec());
        acct.apply(file);
      }
      long each = traffic.end();
      acct.assertSettled(file);
      assertEquals(each, acct.counters("P_MAIN", "stays1").packets());
      assertEquals(each, acct.counters("P_MAIN", "stays2").packets());
      assertEquals(each, acct.counters("P_INNER", "stays3").packets());
      assertEquals(each, acct.counters("P_SIDE", "stays4").packets());
      System.err.printf(
          "%s: %,d packets sent, 4 × %,d counted, %d applies, %s%n",
          setup, 4 * each, each, applies, seconds());
    }
  }

  /**
   * What an apply may say when another program wrote in between; everything else is a failure of
   * the test.
   */
  private static String outcome(Namespace.Result result) {
    String said =
        result
            .err()
            .lines()
            .filter(line -> !line.contains("warning"))
            .reduce("", (a, b) -> a + b + "\n");
    if (result.status() == 0) {
      return said.contains("planning again") ? "0, planned again" : "0";
    }
    if (result.status() == 4
        && (said.contains("has held the xtables lock")
            || said.contains("another acct is at work"))) {
      return "4, locked";
    }
    if (result.status() == 1
        && said.contains("the kernel shows something else than was asked for")) {
      return "1, overtaken before it looked again "
          + said.replaceAll("(?s).* still do \\d+ things: (\\[[^\\]]*\\]).*", "$1");
    }
    if (result.status() == 1
        && said.contains("-restore failed")
        && said.contains("nothing was changed")) {
      return "1, restore failed twice";
    }
    throw new AssertionError("status " + result.status() + ": " + result.err());
  }

  @ParameterizedTest
  @CsvSource({"0, top", "0, anywhere", "2, top", "2, anywhere"})
  void anotherProgramThatWritesAllTheTimeLosesNothingAndActConverges(int index, String place)
      throws Exception {
    Setup setup = Setup.all().toList().get(index);
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      RandomPolicy policy = new RandomPolicy(setup, "P_", new Random(2));
      int applies = place.equals("top") ? APPLIES * 2 / 3 : APPLIES / 5;
      if (place.equals("anywhere")) {
        policy.anywhere();
      }
      SecondProgram second = SecondProgram.start(namespace, setup, new Random(3));
      Map<String, Integer> outcomes = new TreeMap<>();
      Path file = directory;
      int failures = 0;
      int longest = 0;
      for (int i = 0; i < applies; i++) {
        policy.change();
        file = acct.policy("p", policy.spec());
        Namespace.Result result = acct.run("apply", file.toString());
        outcomes.merge(outcome(result), 1, Integer::sum);
        failures = result.status() == 0 ? 0 : failures + 1;
        longest = Math.max(longest, failures);
      }
      second.end();
      second.assertIntact(acct);
      acct.apply(file);
      acct.assertSettled(file);
      second.assertIntact(acct);
      if (place.equals("top")) {
        List<String> first = acct.rules("INPUT").get(0).words();
        assertTrue(first.contains("acct:p"), first.toString());
      }
      System.err.printf(
          "%s, %s: %d applies ended with %s, at most %d failed in a row; %s; %s%n",
          setup, place, applies, outcomes, longest, second, seconds());
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void twoAppliesOfTwoPoliciesAtOnceBothEndWell(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      RandomPolicy one = new RandomPolicy(setup, "ONE_", new Random(4));
      RandomPolicy two = new RandomPolicy(setup, "TWO_", new Random(5));
      Map<String, Integer> outcomes = new TreeMap<>();
      List<Path> files = List.of();
      int rounds = APPLIES / 3;
      for (int i = 0; i < rounds; i++) {
        one.change();
        two.change();
        files = List.of(acct.policy("one", one.spec()), acct.policy("two", two.spec()));
        List<Process> running = new ArrayList<>();
        for (Path file : files) {
          running.add(namespace.start(acct.command("apply", file.toString())));
        }
        for (Process process : running) {
          outcomes.merge(outcome(Namespace.finish(process, "")), 1, Integer::sum);
        }
      }
      for (Path file : files) {
        acct.apply(file);
      }
      for (Path file : files) {
        acct.assertSettled(file);
      }
      assertEquals(4, acct.rules("INPUT").stream().map(LiveRule::words).distinct().count());
      System.err.printf(
          "%s: %d times two applies at once ended with %s; %s%n",
          setup, rounds, outcomes, seconds());
    }
  }

  /**
   * As when cron and a person apply the same: what the first has deleted is not there to delete.
   */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void twoAppliesOfOnePolicyAtOnceEndNoCounter(Setup setup) throws Exception {
    int rounds = Math.max(3, APPLIES / 5);
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      String spec = "families: [ipv4]\nchains:\n- name: ACCT\n  attach: [INPUT]\n  rules:\n";
      StringBuilder stay = new StringBuilder();
      StringBuilder live = new StringBuilder();
      for (int i = 1; i <= 5; i++) {
        stay.append("  - {name: stays" + i + ", source: 198.51.100." + i + "}\n");
        live.append("[" + i + ":" + 100 * i + "] -A ACCT -s 198.51.100." + i + "/32 ");
        live.append("-m comment --comment stays" + i + "\n");
      }
      Path file = acct.policy("p", spec + stay);
      Map<String, Integer> outcomes = new TreeMap<>();
      for (int round = 0; round < rounds; round++) {
        acct.load(
            "*filter\n:ACCT - [0:0]\n-A INPUT -m comment --comment acct:p -j ACCT\n"
                + "-A ACCT -p tcp -m comment --comment goes\n"
                + live
                + "COMMIT\n");
        Process one = namespace.start(acct.command("apply", file.toString()));
        Process two = namespace.start(acct.command("apply", file.toString()));
        for (Process process : List.of(one, two)) {
          Namespace.Result result = Namespace.finish(process, "");
          assertEquals(0, result.status(), result.err());
          outcomes.merge(
              result.out().contains("to remove") ? "done" : "nothing to do", 1, Integer::sum);
        }
        for (int i = 1; i <= 5; i++) {
          assertEquals(new Counters(i, 100L * i), acct.counters("ACCT", "stays" + i));
        }
        acct.assertSettled(file);
      }
      assertEquals(Map.of("done", rounds, "nothing to do", rounds), outcomes);
      System.err.printf(
          "%s: %d times two applies of one policy at once, 5 counters whole; %s%n",
          setup, rounds, seconds());
    }
  }
}
