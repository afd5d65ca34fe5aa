package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Customers;
import acct.compile.OwnerMark;
import acct.netfilter.RuleParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A counter belongs to its name: in the policy, in the kernel, and in what acct shows. */
class NamesIT {
  private static final int EDITS = Integer.getInteger("acct.stress.edits", 6);

  @TempDir private Path directory;

  private Namespace namespace;
  private Setup setup;
  private Acct acct;

  private interface Scenario {
    void run() throws Exception;
  }

  private void in(Setup where, Scenario scenario) throws Exception {
    try (Namespace opened = Namespace.open()) {
      namespace = opened;
      setup = where;
      acct = new Acct(opened, where, directory);
      for (int i = 1; i <= 4; i++) {
        where.addAddress(opened, i);
      }
      scenario.run();
    }
  }

  /** A policy with these rules; {@code 1} to {@code 4} in angle brackets are addresses. */
  private Path policy(String more, String... rules) {
    String text = "chains: [{name: C, attach: [INPUT], rules: [" + String.join(", ", rules) + "]}]";
    for (int i = 1; i <= 4; i++) {
      text = text.replace("<" + i + ">", "protocol: udp, destination: '" + setup.address(i) + "'");
    }
    return acct.policy("p", "families: " + setup.families() + "\n" + more + text);
  }

  private Path policy(String[] rules) {
    return policy("", rules);
  }

  private static String[] rules(String... rules) {
    return rules;
  }

  private void send(int address, int packets) {
    List<String> command = Packets.command(List.of(setup.address(address)), packets, 0);
    Namespace.finish(namespace.start(command), "").ok();
  }

  /** The packets of each row, by acct show. */
  private Map<String, Long> shown(String... more) {
    List<String> words = new ArrayList<>(List.of("--output", "tsv"));
    words.addAll(List.of(more));
    String out = acct.run("show", words.toArray(String[]::new)).ok().out();
    Map<String, Long> totals = new TreeMap<>();
    out.lines()
        .skip(1)
        .map(line -> line.split("\t"))
        .forEach(cells -> totals.put(cells[4], Long.parseLong(cells[5])));
    return totals;
  }

  /** The comments of the rules in the chain, which are their names. */
  private List<String> comments() {
    return acct.rules("C").stream()
        .map(rule -> RuleParser.parseLive(rule.words(), setup.family()))
        .map(rule -> OwnerMark.label(rule.comments()).orElse("-"))
        .sorted()
        .toList();
  }

  /** The kernel, the totals and the policy agree. */
  private void assertTotals(Path policy, Map<String, Long> totals) {
    assertEquals(totals, shown());
    assertEquals(totals, shown("--policy", policy.toString()));
    assertEquals(totals.keySet().stream().sorted().toList(), comments());
    acct.assertSettled(policy);
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aMatchThatAnotherNameGetsIsAnotherCounter(Setup where) throws Exception {
    in(
        where,
        () -> {
          acct.apply(policy(rules("{name: anna, <1>}")));
          send(1, 5);
          Path next = policy(rules("{name: bela, <1>}", "{name: anna, <3>}"));
          String plan = acct.run("plan", next.toString()).ok().out();
          assertTrue(plan.contains("+ bela"), plan);
          assertTrue(plan.contains("~ anna"), plan);
          acct.apply(next);
          send(1, 7);
          send(3, 2);
          assertTotals(next, Map.of("anna", 2L, "bela", 7L));
        });
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void namesThatAreSwappedAreTwoChanges(Setup where) throws Exception {
    in(
        where,
        () -> {
          acct.apply(policy(rules("{name: anna, <1>}", "{name: bela, <2>}")));
          send(1, 5);
          send(2, 3);
          Path next = policy(rules("{name: bela, <1>}", "{name: anna, <2>}"));
          String plan = acct.run("plan", next.toString()).ok().out();
          assertTrue(plan.contains("2 to change"), plan);
          acct.apply(next);
          send(1, 11);
          assertTotals(next, Map.of("anna", 0L, "bela", 11L));
        });
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void ofTwoRulesWithOneMatchTheOneThatIsDeletedEnds(Setup where) throws Exception {
    in(
        where,
        () -> {
          acct.apply(policy(rules("{name: b, <1>}")));
          send(1, 5);
          acct.apply(policy(rules("{name: a, <1>}", "{name: b, <1>}")));
          send(1, 3);
          Path next = policy(rules("{name: b, <1>}"));
          acct.apply(next);
          assertTotals(next, Map.of("b", 8L));
        });
  }

  /** Rules that are summed are one row, whose parts come, go and keep their numbers. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void severalRulesOfOneNameAreOneRow(Setup where) throws Exception {
    in(
        where,
        () -> {
          acct.apply(policy(rules("{name: lan, sum: true, <1>}", "{name: b, <2>}")));
          send(1, 5);
          Path next =
              policy(
                  rules(
                      "{name: lan, sum: true, <3>}",
                      "{name: b, <2>}",
                      "{name: lan, sum: true, <1>}"));
          String plan = acct.run("plan", next.toString()).ok().out();
          assertTrue(plan.contains("1 to add. Counters: 3 kept, 1 new"), plan);
          acct.apply(next);
          send(1, 2);
          send(2, 4);
          send(3, 8);
          assertEquals(List.of("b", "lan", "lan#2"), comments());
          assertEquals(Map.of("lan", 15L, "b", 4L), shown());
          assertEquals(Map.of("lan", 15L, "b", 4L), shown("--policy", next.toString()));
          acct.assertSettled(next);
          Path last = policy(rules("{name: lan, sum: true, <3>}", "{name: b, <2>}"));
          acct.apply(last);
          send(3, 1);
          assertEquals(Map.of("lan", 9L, "b", 4L), shown());
          acct.assertSettled(last);
        });
  }

  /** A rename is a new counter, unless the policy says that it is the old one. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aRuleIsRenamedWithItsCounterWhenThePolicySaysSo(Setup where) throws Exception {
    in(
        where,
        () -> {
          acct.apply(policy(rules("{name: https, <1>}", "{name: all, protocol: udp}")));
          send(1, 5);
          Path renamed = policy(rules("{name: tls, <1>}", "{name: all, protocol: udp}"));
          String plan = acct.run("plan", renamed.toString()).ok().out();
          assertTrue(plan.contains("- from: C/https\n      to: C/tls\n"), plan);
          Path moved =
              policy(
                  "moved: [{from: C/https, to: C/tls}]\n",
                  "{name: tls, <1>}",
                  "{name: all, protocol: udp}");
          plan = acct.run("plan", moved.toString()).ok().out();
          assertTrue(plan.contains("renamed from \"https\""), plan);
          Process traffic =
              namespace.start(Packets.command(List.of(setup.address(1)), 20_000, 20_000));
          acct.apply(moved);
          Namespace.finish(traffic, "").ok();
          assertTotals(moved, Map.of("all", 20_005L, "tls", 20_005L));
          acct.run("undo").ok();
          assertEquals(List.of("all", "https"), comments());
          assertEquals(Map.of("all", 20_005L, "https", 20_005L), shown());
          Path again = policy(rules("{name: tls, <1>}", "{name: all, protocol: udp}"));
          acct.apply(again);
          send(1, 4);
          assertTotals(again, Map.of("all", 20_009L, "tls", 4L));
        });
  }

  /** A rule without a comment gets its name; one whose comment the policy tells stays as it is. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void onAdoptionARuleGetsItsNameWithItsCounter(Setup where) throws Exception {
    in(
        where,
        () -> {
          String udp = " -p udp -d " + setup.address(1);
          acct.load(
              "*filter\n:C - [0:0]\n-A INPUT -j C\n-A C"
                  + udp
                  + "\n-A C -p udp -m comment --comment \"all of it\"\n-A C"
                  + udp
                  + " -m comment --comment named\nCOMMIT\n");
          send(1, 5);
          Path policy =
              policy(
                  rules(
                      "{name: named, <1>}",
                      "{name: new, <1>}",
                      "{name: all, comment: all of it, protocol: udp}"));
          String plan = acct.run("plan", policy.toString()).ok().out();
          assertTrue(plan.contains("gets its name"), plan);
          Process traffic =
              namespace.start(Packets.command(List.of(setup.address(1)), 20_000, 20_000));
          acct.apply(policy);
          Namespace.finish(traffic, "").ok();
          assertEquals(List.of("all of it", "named", "new"), comments());
          assertEquals(20_005, acct.counters("C", "named").packets());
          assertEquals(20_005, acct.counters("C", "all of it").packets());
          assertEquals(Map.of("all", 20_005L, "named", 20_005L, "new", 20_005L), shown());
          acct.assertSettled(policy);
        });
  }

  /** The parts of a list are one row, and an element that comes or goes ends no other's count. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aListIsOneCounterWhateverItsElementsDo(Setup where) throws Exception {
    in(
        where,
        () -> {
          String list = "{name: office, protocol: udp, destination: [%s]}";
          String one = setup.address(1);
          String two = setup.address(2);
          String three = setup.address(3);
          acct.apply(policy(rules(list.formatted("'" + one + "', '" + two + "'"))));
          send(1, 5);
          send(2, 3);
          assertEquals(List.of("office", "office#2"), comments());
          acct.apply(
              policy(rules(list.formatted("'" + two + "', '" + three + "', '" + one + "'"))));
          send(3, 2);
          assertEquals(Map.of("office", 10L), shown());
          Path last = policy(rules(list.formatted("'" + three + "', '" + two + "'")));
          acct.apply(last);
          assertEquals(List.of("office#2", "office#3"), comments());
          assertEquals(Map.of("office", 5L), shown());
          acct.run("zero", "C/office").ok();
          send(2, 1);
          assertEquals(Map.of("office", 1L), shown());
          acct.assertSettled(last);
        });
  }

  /**
   * What the version before 0.4 left: rules known by their match, whose comments are others or
   * none, and parts that are called NAME.2. Its ledger says what they are called.
   */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void anUpgradeBringsNamesAndTotalsInLine(Setup where) throws Exception {
    in(
        where,
        () -> {
          acct.load(
              "*filter\n:C - [0:0]\n-A INPUT -m comment --comment acct:p -j C\n-A C -p udp -d "
                  + setup.address(1)
                  + " -m comment --comment \"customer 17\"\n-A C -p udp -d "
                  + setup.address(2)
                  + "\n-A C -p udp -d "
                  + setup.address(3)
                  + " -m comment --comment list\n-A C -p udp -d "
                  + setup.address(4)
                  + " -m comment --comment list.2\nCOMMIT\n");
          acct.run("snapshot").ok();
          rename("customer 17", "anna");
          for (int i = 1; i <= 4; i++) {
            send(i, i);
          }
          Path policy =
              policy(
                  rules(
                      "{name: bela, <2>}",
                      "{name: list, protocol: udp, destination: ['"
                          + setup.address(3)
                          + "', '"
                          + setup.address(4)
                          + "']}",
                      "{name: anna, <1>}"));
          String plan = acct.run("plan", policy.toString()).ok().out();
          assertTrue(plan.contains("comment \"customer 17\" becomes \"anna\""), plan);
          assertTrue(plan.contains("renamed from \"list.2\""), plan);
          assertFalse(plan.contains("ends"), plan);
          acct.apply(policy);
          assertEquals(List.of("anna", "bela", "list", "list#2"), comments());
          assertEquals(Map.of("anna", 1L, "bela", 2L, "list", 7L), shown());
          acct.assertSettled(policy);
        });
  }

  /** Gives a rule in the ledger the name that an earlier version knew it by. */
  private void rename(String comment, String name) throws IOException {
    Path file = directory.resolve("state/ledger");
    String text = Files.readString(file);
    String body = text.substring(0, text.lastIndexOf("\nend\t") + 1);
    String end = text.substring(body.length());
    StringBuilder changed = new StringBuilder();
    for (String line : body.split("\n")) {
      boolean is = line.contains("\t" + comment + "\t") && line.endsWith("\t");
      changed.append(line).append(is ? name : "").append('\n');
    }
    CRC32 sum = new CRC32();
    sum.update(changed.toString().getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        file,
        changed
            + end.substring(0, end.lastIndexOf('\t') + 1)
            + Long.toHexString(sum.getValue())
            + "\n");
  }

  /** As a model says that counts packets by customer, whatever is edited. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void eachNameHasWhatItCounted(Setup where) throws Exception {
    long seed = Long.getLong("acct.stress.seed", System.nanoTime());
    in(
        where,
        () -> {
          Random random = new Random(seed);
          List<String> addresses = List.of(where.address(1), where.address(2), where.address(3));
          Customers customers = new Customers(random, addresses);
          StringBuilder history = new StringBuilder("seed " + seed + "\n");
          for (int i = 0; i < EDITS; i++) {
            history.append(customers).append('\n');
            Path policy =
                acct.policy("p", "families: " + where.families() + "\n" + customers.spec());
            acct.apply(policy);
            int address = random.nextInt(addresses.size());
            int packets = 1 + random.nextInt(5);
            send(address + 1, packets);
            customers.count(addresses.get(address), packets);
            assertEquals(customers.totals(), shown(), history.toString());
            assertEquals(
                customers.totals(), shown("--policy", policy.toString()), history.toString());
            customers.edit();
          }
        });
  }
}
