package acct.bench;

import acct.Plans;
import acct.compile.Compiler;
import acct.compile.Desired;
import acct.compile.Overrides;
import acct.compile.OwnerNames;
import acct.dataplane.iptables.Script;
import acct.diagnostic.Diagnostics;
import acct.netfilter.BadDumpException;
import acct.netfilter.Family;
import acct.netfilter.Ruleset;
import acct.netfilter.SaveParser;
import acct.plan.Plan;
import acct.policy.Policy;
import acct.policy.PolicyReader;
import acct.policy.Yaml;
import acct.policy.YamlReader;
import acct.render.PlanView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Times the steps from texts to a plan and its views, for one number of rules in one chain. To be
 * run in a fresh JVM for each row: the first run is what a user of {@code acct plan} waits for.
 */
public final class CoreBench {
  private static final List<String> COLUMNS =
      List.of("yaml", "policy", "compile", "parse", "diff", "script", "text", "core", "core+yaml");
  private static final int STEPS = 7;
  private static final int FIRST_OF_CORE = 1;
  private static final int END_OF_CORE = 5;
  private static final long WARM_UP_NANOS = 2_000_000_000L;
  private static final int RUNS = 7;

  private final byte[] policy;
  private final String dump;
  private final int expected;

  private CoreBench(int rules, int changed) {
    this.policy = policy(rules).getBytes(StandardCharsets.UTF_8);
    this.dump = dump(rules, changed);
    this.expected = changed;
  }

  /** {@code header}, or the number of rules and which of them differ: none, 1% or all. */
  public static void main(String[] args) throws BadDumpException {
    if (args[0].equals("header")) {
      System.out.printf("%7s %-7s %-15s", "rules", "changed", "");
      COLUMNS.forEach(column -> System.out.printf(" %9s", column));
      System.out.println();
      return;
    }
    int rules = Integer.parseInt(args[0]);
    int changed =
        switch (args[1]) {
          case "none" -> 0;
          case "1%" -> rules / 100;
          case "all" -> rules;
          default -> throw new IllegalArgumentException(args[1]);
        };
    CoreBench bench = new CoreBench(rules, changed);
    long[] first = bench.run();
    long begun = System.nanoTime();
    do {
      bench.run();
    } while (System.nanoTime() - begun < WARM_UP_NANOS);
    List<long[]> runs = new ArrayList<>();
    for (int i = 0; i < RUNS; i++) {
      runs.add(bench.run());
    }
    String head = String.format("%7d %-7s", rules, args[1]);
    row(head, "first, ms", "%.2f", first, 1e6);
    row(head, "median, ms", "%.2f", median(runs), 1e6);
    row(head, "median, ns/rule", "%.0f", median(runs), rules);
  }

  private static void row(String head, String what, String format, long[] nanos, double unit) {
    String cells =
        Arrays.stream(nanos)
            .mapToObj(value -> String.format(" %9s", String.format(format, value / unit)))
            .collect(Collectors.joining());
    System.out.printf("%s %-15s%s%n", head, what, cells);
  }

  private static long[] median(List<long[]> runs) {
    long[] median = new long[COLUMNS.size()];
    for (int column = 0; column < median.length; column++) {
      int index = column;
      median[column] =
          runs.stream()
              .mapToLong(run -> run[index])
              .sorted()
              .skip(runs.size() / 2)
              .findFirst()
              .getAsLong();
    }
    return median;
  }

  private long[] run() throws BadDumpException {
    long[] at = new long[STEPS + 1];
    Diagnostics diagnostics = new Diagnostics();
    at[0] = System.nanoTime();
    List<Yaml> documents = YamlReader.read("bench.yaml", policy, diagnostics);
    at[1] = System.nanoTime();
    List<Policy> policies = List.of(PolicyReader.read(documents.get(0), diagnostics).orElseThrow());
    at[2] = System.nanoTime();
    Desired desired = Compiler.compile(policies, Overrides.NONE, OwnerNames.REFUSED, diagnostics);
    at[3] = System.nanoTime();
    Ruleset live = SaveParser.parse(dump);
    at[4] = System.nanoTime();
    Plan plan = Plans.plan(desired, live);
    at[5] = System.nanoTime();
    String script = Script.of(plan, Family.IPV4);
    at[6] = System.nanoTime();
    String text = PlanView.of(plan, false);
    at[7] = System.nanoTime();
    check(diagnostics, plan, script, text);

    long[] nanos = new long[COLUMNS.size()];
    for (int step = 0; step < STEPS; step++) {
      nanos[step] = at[step + 1] - at[step];
    }
    nanos[STEPS] = at[END_OF_CORE] - at[FIRST_OF_CORE];
    nanos[STEPS + 1] = at[END_OF_CORE] - at[0];
    return nanos;
  }

  private void check(Diagnostics diagnostics, Plan plan, String script, String text) {
    boolean asExpected =
        !diagnostics.hasErrors()
            && plan.summary().change() == expected
            && script.isEmpty() == (expected == 0)
            && !text.isEmpty();
    if (!asExpected) {
      throw new AssertionError(diagnostics.sorted() + " " + plan.summary());
    }
  }

  private static String policy(int rules) {
    StringBuilder spec = new StringBuilder("families: [ipv4]\nchains:\n- name: ACCT\n");
    spec.append("  attach: [INPUT]\n  rules:\n");
    for (int i = 0; i < rules; i++) {
      spec.append("  - {name: c").append(i).append(", destination: ");
      spec.append(address(10, i)).append("}\n");
    }
    return Plans.policy(spec.toString());
  }

  /** As iptables-save prints it; the rules that differ are spread evenly. */
  private static String dump(int rules, int changed) {
    StringBuilder dump = new StringBuilder("*filter\n");
    dump.append(":INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n");
    dump.append(":ACCT - [0:0]\n[9:900] -A INPUT -m comment --comment acct:t -j ACCT\n");
    for (int i = 0; i < rules; i++) {
      boolean differs = changed > 0 && i % (rules / changed) == 0;
      dump.append('[').append(i).append(':').append(64L * i).append("] -A ACCT -d ");
      dump.append(address(differs ? 11 : 10, i)).append("/32 -m comment --comment c").append(i);
      dump.append('\n');
    }
    return dump.append("COMMIT\n").toString();
  }

  private static String address(int first, int i) {
    return first + "." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
  }
}
