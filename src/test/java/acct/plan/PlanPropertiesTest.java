package acct.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.compile.Desired;
import acct.model.RestoreModel;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.RuleParser;
import acct.netfilter.Ruleset;
import acct.netfilter.TableName;
import acct.policy.Code;
import acct.view.Block;
import acct.view.RestoreScript;
import acct.view.UndoScript;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Plan, then apply on the strict model: from any live state to the desired one. */
class PlanPropertiesTest {
  private static final List<String> CHAINS = List.of("ONE", "TWO", "THREE");
  private static final List<String> FOREIGN =
      List.of("-i lo -j ACCEPT", "-p tcp -m tcp --dport 22 -j ACCEPT", "-s 10.9.0.0/16 -j DROP");

  /** Some rules that only count, some RETURNs; each body at most twice in a chain. */
  private static String policy(Random random) {
    StringBuilder spec = new StringBuilder("families: [ipv4]\nchains:\n");
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
        spec.append(", source: 10.0.0.").append(random.nextInt(6)).append(jump).append("}\n");
      }
    }
    return Plans.policy(spec.toString());
  }

  private static Ruleset live(Random random) {
    List<String> lines = new ArrayList<>();
    List<String> rules = new ArrayList<>();
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
    Desired desired = Plans.desired(policy(random));
    Ruleset before = live(random);
    Plan plan = Plans.plan(desired, before);
    if (plan.isRefused()) {
      // A chain that is to go, and that others jump to: the only thing that can stand in the way
      // here.
      assertTrue(
          plan.diagnostics().stream().allMatch(d -> d.code() == Code.FOREIGN_JUMP),
          () -> plan.diagnostics().toString());
      return;
    }
    Ruleset after = RestoreModel.apply(before, RestoreScript.of(plan, Family.IPV4));

    Plan second = Plans.plan(desired, after);
    assertFalse(second.isChanged(), () -> second.changes().toString());
    assertEquals(foreign(before), foreign(after), "rules of others");
    checkKept(plan, before, after);
    checkEveryCounterHasItsFate(plan, before, after);
    assertEquals(meanings(before), meanings(undone(plan, after)), "after undo");
  }

  private static Ruleset undone(Plan plan, Ruleset after) {
    List<Block> blocks = new ArrayList<>(UndoScript.blocks(plan));
    Collections.reverse(blocks);
    Ruleset ruleset = after;
    for (Block block : blocks) {
      ruleset = RestoreModel.apply(ruleset, block.text());
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
        .flatMap(located -> located.change().fate().stream())
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
