package acct.reconcile;

import acct.dataplane.Snapshot;
import acct.netfilter.Counters;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.netfilter.Words;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Plan;
import acct.plan.TablePlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at the kernel again after a plan was carried out. */
final class Verification {
  private static final int SHOWN = 3;

  private Verification() {}

  /** Why the plan is not what the kernel shows now; nothing when it is. */
  static Optional<String> unfinished(Plan rest) {
    if (!rest.isChanged() && !rest.isRefused()) {
      return Optional.empty();
    }
    List<String> addresses = new ArrayList<>();
    for (Plan.Located change : rest.changes()) {
      if (addresses.size() < SHOWN) {
        addresses.add(Words.display(change.address().toString()));
      }
    }
    return Optional.of(
        "the kernel shows something else than was asked for: a second plan would still do "
            + rest.changes().size()
            + " things: "
            + String.join(", ", addresses));
  }

  /**
   * Rules of others that are not what they were: token for token. Other programs may have changed
   * them in the meantime, so this alone takes nothing back.
   */
  static Optional<String> othersChanged(Plan plan, Snapshot before, Snapshot after) {
    for (LiveRuleset had : before.live()) {
      List<TablePlan> tables = new ArrayList<>();
      for (TablePlan table : plan.tables()) {
        if (table.family() == had.family()) {
          tables.add(table);
        }
      }
      Optional<LiveRuleset> has = after.of(had.family());
      boolean same =
          has.isPresent()
              && Others.of(had.ruleset(), tables).equals(Others.of(has.get().ruleset(), tables));
      if (!same) {
        return Optional.of(
            "rules of others in "
                + had.family().label()
                + " are not what they were before: another program has changed them meanwhile");
      }
    }
    return Optional.empty();
  }

  /** Counters of rules that were not touched, and yet are smaller than before. */
  static List<String> fallen(Plan plan, Snapshot before, Snapshot after) {
    List<String> fallen = new ArrayList<>();
    for (TablePlan table : plan.tables()) {
      Optional<LiveRuleset> had = before.of(table.family());
      Optional<LiveRuleset> has = after.of(table.family());
      if (had.isPresent() && has.isPresent() && table.renames().isEmpty()) {
        LiveTable from = had.get().ruleset().table(table.table());
        LiveTable to = has.get().ruleset().table(table.table());
        for (ChainPlan chain : table.chains()) {
          compare(table, chain, kept(chain, from, true), kept(chain, to, false), fallen);
        }
      }
    }
    return fallen;
  }

  private static void compare(
      TablePlan table,
      ChainPlan chain,
      List<LiveRule> had,
      List<LiveRule> has,
      List<String> fallen) {
    for (int i = 0; i < had.size() && had.size() == has.size(); i++) {
      Counters was = had.get(i).counters();
      Counters is = has.get(i).counters();
      boolean fell =
          was.known() && is.known() && Long.compareUnsigned(is.packets(), was.packets()) < 0;
      if (fell) {
        fallen.add(
            table.family().label()
                + "/"
                + table.table()
                + "/"
                + Words.display(chain.name().value())
                + " rule "
                + (i + 1)
                + " of those kept: from "
                + was.bracketed()
                + " to "
                + is.bracketed());
      }
    }
  }

  /** The rules that a plan leaves alone: those not taken of what was, not written of what is. */
  private static List<LiveRule> kept(ChainPlan chain, LiveTable table, boolean before) {
    Set<Integer> touched = new HashSet<>();
    for (Change change : chain.changes()) {
      if (before && change instanceof Change.Taken taken) {
        touched.add(taken.livePosition());
      } else if (!before && change instanceof Change.Written written) {
        touched.add(written.slot().position());
      }
    }
    Optional<LiveChain> live = table.chain(chain.name());
    List<LiveRule> kept = new ArrayList<>();
    if (live.isPresent() && chain.kind() != ChainPlan.Kind.REMOVED) {
      for (int i = 0; i < live.get().rules().size(); i++) {
        if (!touched.contains(i + 1)) {
          kept.add(live.get().rules().get(i));
        }
      }
    }
    return kept;
  }
}
