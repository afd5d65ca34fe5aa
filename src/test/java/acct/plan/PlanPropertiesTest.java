package acct.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.compile.Desired;
import acct.dataplane.Transaction;
import acct.dataplane.iptables.Script;
import acct.dataplane.iptables.UndoTransactions;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.model.RestoreModel;
import acct.model.Walk;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.RuleParser;
import acct.netfilter.Ruleset;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Plan, then apply on the strict model: from any live state to the desired one. */
class PlanPropertiesTest {
  private static final List<String> CHAINS = List.of("ONE", "TWO", "THREE");
  private static final List<String> FOREIGN =
      List.of("-i lo -j ACCEPT", "-p tcp -m tcp --dport 22 -j ACCEPT", "-s 10.9.0.0/16 -j DROP");

  /** Some rules that only count, some RETURNs; each body at most twice in a chain. */
  private static String policy(Random random, boolean keeps) {
    StringBuilder spec = new StringBuilder("families: [ipv4]\n");
    spec.append(keeps ? "unmanagedRules: keep\n" : "").append("chains:\n");
    for (int c = 0; c < CHAINS.size(); c++) {
      if (c > 0 && random.nextInt(4) == 0) {
        continue;
      }
      spec.append("- name: ").append(CHAINS.get(c)).append('\n');
      String place = List.of("top", "bottom", "anywhere").get(random.nextInt(3));
      spec.append("  attach: [{chain: INPUT, position: ").append(place).append("}]\n  rules:\n");
      int count = 1 + random.nextInt(6);
      for (int r = 0; r < count; r++) {
        String jump = random.nextInt(4) == 0 ? ", jump: RETURN" : "";
        spec.append("  - {name: r").append(r);
        String carry = random.nextInt(4) == 0 ? ", onChange: carry" : "";
        spec.append(", source: 10.0.0.").append(random.nextInt(6)).append(jump).append(carry);
        spec.append("}\n");
      }
    }
    return Plans.policy(spec.toString());
  }

  /**
   * Chains as somebody may have left them.
   *
   * @param decides whether some of their rules decide about packets
   */
  private static Ruleset live(Random random, boolean decides) {
    List<String> lines = new ArrayList<>(List.of(":OLD - [0:0]"));
    List<String> rules = new ArrayList<>();
    if (random.nextBoolean()) {
      rules.add("[3:3] -A INPUT -m comment --comment \"acct:old\" -j OLD");
    }
    rules.add("[4:4] -A OLD -p gre");
    for (String chain : CHAINS) {
      if (random.nextInt(3) == 0) {
        continue;
      }
      lines.add(":" + chain + " - [0:0]");
      int jumps = random.nextInt(3);
      for (int j = 0; j < jumps; j++) {
        String mark = random.nextBoolean() ? "-m comment --comment \"acct:t\" " : "";
        rules.add(counters(random) + "-A INPUT " + mark + "-j " + chain);
      }
      int count = random.nextInt(7);
      for (int r = 0; r < count; r++) {
        String label = random.nextBoolean() ? " -m comment --comment r" + r : "";
        String jump = random.nextInt(4) == 0 ? " -j RETURN" : "";
        jump = decides && random.nextInt(8) == 0 ? " -j DROP" : jump;
        String source = " -s 10.0.0." + random.nextInt(6) + "/32";
        rules.add(counters(random) + "-A " + chain + source + label + jump);
      }
    }
    int foreign = random.nextInt(4);
    for (int f = 0; f < foreign; f++) {
      String line = "[5:5] -A INPUT " + FOREIGN.get(random.nextInt(FOREIGN.size()));
      rules.add(random.nextInt(rules.size() + 1), line);
    }
    lines.addAll(rules);
    return Plans.filter(lines.toArray(String[]::new));
  }

  private static String counters(Random random) {
    int packets = 1 + random.nextInt(1000);
    return "[" + packets + ":" + packets * 100 + "] ";
  }

  @Property(tries = 3000)
  void applyReachesTheDesiredStateAndTouchesNothingElse(@ForAll long seed) {
    Random random = new Random(seed);
    Desired desired = Plans.desired(policy(random, false));
    // A chain that is to go, and that others jump to: the only thing that can stand in the way
    // here.
    check(desired, live(random, false), Set.of(Code.FOREIGN_JUMP));
  }

  @Property(tries = 1000)
  void whatThePolicyDoesNotHaveIsKeptWhereItStands(@ForAll long seed) {
    Random random = new Random(seed);
    Desired desired = Plans.desired(policy(random, true));
    Ruleset before = live(random, false);
    Plan plan = check(desired, before, Set.of(Code.FOREIGN_JUMP));
    for (Plan.Located located : plan.changes()) {
      boolean goes =
          located.change() instanceof Change.RuleRemoved && isWanted(desired, located.address());
      assertFalse(goes, () -> located.toString());
    }
  }

  @Property(tries = 1000)
  void everyRuleHasItsNameAfterwards(@ForAll long seed) {
    Random random = new Random(seed);
    Desired desired = Plans.desired(policy(random, random.nextBoolean()));
    Ruleset before = live(random, random.nextBoolean());
    Plan plan = check(desired, before, Set.of(Code.FOREIGN_JUMP, Code.DECIDES));
    if (!plan.isRefused()) {
      Ruleset after = RestoreModel.apply(before, Script.of(plan, Family.IPV4));
      for (Desired.Chain chain : desired.table(Family.IPV4, TableName.FILTER).chains()) {
        for (Desired.Counting rule : chain.rules()) {
          assertTrue(
              rules(after, chain.name()).stream()
                  .anyMatch(live -> live.words().equals(rule.rule().words())),
              () -> rule.label());
        }
      }
    }
  }

  private static boolean isWanted(Desired desired, Address address) {
    return desired.table(Family.IPV4, TableName.FILTER).chain(address.chain()).isPresent();
  }

  @Property(tries = 1000)
  void noPacketFaresOtherwiseWhereRulesThatDecideAreKept(@ForAll long seed) {
    Random random = new Random(seed);
    Desired desired = Plans.desired(policy(random, true));
    Ruleset before = live(random, true);
    Plan plan = check(desired, before, Set.of(Code.FOREIGN_JUMP, Code.DECIDES));
    if (!plan.isRefused()) {
      Ruleset after = RestoreModel.apply(before, Script.of(plan, Family.IPV4));
      for (int source = 0; source < 6; source++) {
        String packet = "10.0.0." + source + "/32";
        assertEquals(
            Walk.verdict(before, "INPUT", packet), Walk.verdict(after, "INPUT", packet), packet);
      }
    }
  }

  /** Plans, applies and plans again. */
  private static Plan check(Desired desired, Ruleset before, Set<Code> mayStandAgainstIt) {
    return check(desired, before, mayStandAgainstIt, Intent.PLAIN);
  }

  private static Plan check(
      Desired desired, Ruleset before, Set<Code> mayStandAgainstIt, Intent intent) {
    Plan plan = Plans.plan(desired, before, intent);
    if (plan.isRefused()) {
      assertTrue(
          plan.diagnostics().stream()
              .filter(Diagnostic::isError)
              .allMatch(d -> mayStandAgainstIt.contains(d.code())),
          () -> plan.diagnostics().toString());
      return plan;
    }
    Ruleset after = RestoreModel.apply(before, Script.of(plan, Family.IPV4));
    Plan second = Plans.plan(desired, after, intent);
    assertFalse(second.isChanged(), () -> second.changes().toString());
    assertEquals(counters(plan), counters(second), "kept rules of others");
    assertEquals(foreign(before), foreign(after), "rules of others");
    checkKept(plan, before, after);
    checkEveryCounterHasItsFate(plan, before, after);
    assertEquals(meanings(before), meanings(undone(plan, after)), "after undo");
    prune(desired, after);
    return plan;
  }

  private static List<Counters> counters(Plan plan) {
    return plan.unmanaged().stream()
        .map(standing -> standing.rule().counters())
        .sorted(Comparator.comparing(Counters::toString))
        .toList();
  }

  /** From a state that is in sync, pruning takes just the policies that are not given. */
  private static void prune(Desired desired, Ruleset before) {
    boolean there =
        rules(before, new ChainName("INPUT")).stream().anyMatch(r -> r.words().contains("OLD"));
    Plan plan = Plans.plan(desired, before, new Intent(true));
    assertEquals(there ? 2 : 0, plan.summary().remove());
    assertEquals(plan.summary().remove(), plan.changes().size());
    Ruleset after = RestoreModel.apply(before, Script.of(plan, Family.IPV4));
    assertFalse(Plans.plan(desired, after, new Intent(true)).isChanged());
  }

  private static Ruleset undone(Plan plan, Ruleset after) {
    List<Transaction> blocks = new ArrayList<>(UndoTransactions.of(plan));
    Collections.reverse(blocks);
    Ruleset ruleset = after;
    for (Transaction block : blocks) {
      ruleset = RestoreModel.apply(ruleset, Script.of(block));
    }
    return ruleset;
  }

  /** Every rule by chain, with its counter. */
  private static Map<ChainName, List<String>> meanings(Ruleset ruleset) {
    Map<ChainName, List<String>> all = new HashMap<>();
    for (LiveChain chain : ruleset.table(TableName.FILTER).chains().values()) {
      List<String> rules = new ArrayList<>();
      for (LiveRule rule : chain.rules()) {
        rules.add(rule.counters() + " " + RuleParser.parseLive(rule.words(), Family.IPV4));
      }
      all.put(chain.name(), rules);
    }
    return all;
  }

  /**
   * What is not acct's nor becomes so: rules of the built-in chains that jump to no chain of acct.
   */
  private static List<LiveRule> foreign(Ruleset ruleset) {
    return ruleset
        .table(TableName.FILTER)
        .chain(new ChainName("INPUT"))
        .orElseThrow()
        .rules()
        .stream()
        .filter(rule -> CHAINS.stream().noneMatch(rule.words()::contains))
        .toList();
  }

  private static void checkKept(Plan plan, Ruleset before, Ruleset after) {
    for (TablePlan table : plan.tables()) {
      for (ChainPlan chain : table.chains()) {
        List<LiveRule> had = rules(before, chain.name());
        List<LiveRule> has = rules(after, chain.name());
        List<Integer> gone =
            chain.changes().stream()
                .filter(Change.Taken.class::isInstance)
                .map(change -> ((Change.Taken) change).livePosition())
                .toList();
        int at = 0;
        for (int i = 0; i < had.size(); i++) {
          if (!gone.contains(i + 1)) {
            while (at < has.size() && !has.get(at).equals(had.get(i))) {
              at++;
            }
            assertTrue(at < has.size(), "a kept rule was touched");
          }
        }
        assertEquals(chain.kept(), had.size() - gone.size());
      }
    }
  }

  private static List<LiveRule> rules(Ruleset ruleset, ChainName chain) {
    return ruleset.table(TableName.FILTER).chain(chain).map(c -> c.rules()).orElse(List.of());
  }

  /** Promise 2: what is gone afterwards was said to end, with its value. */
  private static void checkEveryCounterHasItsFate(Plan plan, Ruleset before, Ruleset after) {
    Map<Counters, Integer> lost = new HashMap<>();
    count(before, lost, 1);
    count(after, lost, -1);
    plan.changes().stream()
        .filter(located -> located.change() instanceof Change.CounterChange)
        .map(located -> ((Change.CounterChange) located.change()).fate())
        .filter(Fate.Ended.class::isInstance)
        .forEach(fate -> lost.merge(((Fate.Ended) fate).counters(), -1, Integer::sum));
    lost.remove(Counters.ZERO);
    assertTrue(
        lost.values().stream().allMatch(left -> left == 0), () -> "ended in silence: " + lost);
  }

  private static void count(Ruleset ruleset, Map<Counters, Integer> into, int by) {
    ruleset.table(TableName.FILTER).chains().values().stream()
        .flatMap(chain -> chain.rules().stream())
        .forEach(rule -> into.merge(rule.counters(), by, Integer::sum));
  }
}
