package acct.reconcile;

import acct.counter.Counted;
import acct.counter.Ledger;
import acct.dataplane.Snapshot;
import acct.dataplane.iptables.Block;
import acct.dataplane.iptables.BootScript;
import acct.dataplane.iptables.IptablesDataplane;
import acct.host.HostException;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Brings acct's chains back on a machine that has booted, and lets their totals go on. */
public final class Boot {
  private final IptablesDataplane host;
  private final Keeping keeping;
  private final Totals totals;
  private final Consumer<String> notices;

  /**
   * Restores on a machine.
   *
   * @param keeping which has totals
   */
  public Boot(IptablesDataplane host, Keeping keeping, Consumer<String> notices) {
    this.host = host;
    this.keeping = keeping;
    this.totals = keeping.totals().orElseThrow();
    this.notices = notices;
  }

  /**
   * What was done.
   *
   * @param restored families and tables whose chains were gone and are back
   * @param missing chains that are gone from a table where others of acct's are
   * @param present families that had acct's chains already
   * @param observed the totals now
   */
  public record Done(
      List<String> restored, List<String> missing, List<Family> present, Ledger.Observed observed) {
    public Done {
      restored = List.copyOf(restored);
      missing = List.copyOf(missing);
      present = List.copyOf(present);
    }
  }

  /** From what the last snapshot has kept; where chains of acct's are there, they stay. */
  public Done run() throws HostException {
    List<String> restored = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<Family> present = new ArrayList<>();
    Recovery.run(host, keeping, notices);
    // Before anything is written: what counters have now, the firewall's own restore gave them.
    Snapshot found = Recovery.cleaned(host, host.read(Set.of()), notices);
    Ledger.Observed observed = totals.observeOnly(found, Ledger.Manner.BOOTED);
    for (LiveRuleset live : found.live()) {
      if (!Counted.owned(live).isEmpty()) {
        present.add(live.family());
      }
      for (Block block : totals.forBoot(live.family())) {
        if (isGone(block, live)) {
          host.write(block);
          restored.add(live.family().label() + " " + block.table());
        }
      }
    }
    Snapshot now = found;
    if (!restored.isEmpty()) {
      now = host.read(Set.of());
      observed = totals.observe(now, Ledger.Manner.COUNTED);
    }
    for (LiveRuleset live : now.live()) {
      totals.missing(live).forEach(chain -> missing.add(live.family().label() + "/" + chain));
    }
    return new Done(restored, missing, present, observed);
  }

  /** Whether none of the chains that a block makes is live. */
  private static boolean isGone(Block block, LiveRuleset live) {
    LiveTable there = live.ruleset().table(block.table());
    return BootScript.chains(block).stream().allMatch(chain -> there.chain(chain).isEmpty());
  }
}
