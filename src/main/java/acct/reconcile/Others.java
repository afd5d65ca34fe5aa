package acct.reconcile;

import acct.netfilter.ChainName;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveTable;
import acct.netfilter.Ruleset;
import acct.plan.ChainPlan;
import acct.plan.TablePlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What of a ruleset is not acct's: everything but the chains of a plan and the jumps to them.
 * Promise 4 holds that it is the same before and after, token for token.
 */
final class Others {
  private Others() {}

  /** The rules of others, in their order, each with its table and chain. */
  static List<String> of(Ruleset ruleset, List<TablePlan> plans) {
    List<String> others = new ArrayList<>();
    for (LiveTable table : ruleset.tables().values()) {
      Set<ChainName> ours = ours(table, plans);
      for (LiveChain chain : table.chains().values()) {
        if (ours.contains(chain.name())) {
          continue;
        }
        // The kernel shows a table's built-in chains only once something was in it, acct's jump
        // too: that one is there tells nothing, unless its policy is not what it begins with.
        if (!chain.policy().equals(Optional.of("ACCEPT"))) {
          others.add(table.name() + " " + chain.name().value() + " " + chain.policy().orElse("-"));
        }
        for (LiveRule rule : chain.rules()) {
          if (table.target(rule).filter(ours::contains).isEmpty()) {
            others.add(table.name() + " " + chain.name().value() + " " + rule.words());
          }
        }
      }
    }
    return others;
  }

  private static Set<ChainName> ours(LiveTable table, List<TablePlan> plans) {
    Set<ChainName> ours = new HashSet<>();
    for (TablePlan plan : plans) {
      if (plan.table().equals(table.name())) {
        plan.chains().stream().map(ChainPlan::name).forEach(ours::add);
        plan.renames().forEach(rename -> ours.add(rename.from()));
      }
    }
    return ours;
  }
}
