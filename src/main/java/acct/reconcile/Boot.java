package acct.reconcile;

import acct.counter.Counted;
import acct.counter.Ledger;
import acct.dataplane.BootScript;
import acct.dataplane.Dataplane;
import acct.dataplane.Snapshot;
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
  private final Dataplane dataplane;
  private final Keeping keeping;
  private final Totals totals;
  private final BootFiles bootFiles;
  private final Consumer<String> notices;

  /**
   * Restores by a dataplane.
   *
   * @param keeping which has totals
   */
  public Boot(Dataplane dataplane, Keeping keeping, Consumer<String> notices) {
    this.dataplane = dataplane;
    this.keeping = keeping;
    this.totals = keeping.totals().orElseThrow();
    this.bootFiles = totals.bootFiles();
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
    Recovery.run(dataplane, keeping, notices);
    // Before anything is written: what counters have now, the firewall's own restore gave them.
    Snapshot found = Recovery.cleaned(dataplane, dataplane.read(Set.of()), notices);
    Ledger.Observed observed = totals.observeOnly(found, Ledger.Manner.BOOTED);
    for (LiveRuleset live : found.live()) {
      if (!Counted.owned(live).isEmpty()) {
        present.add(live.family());
      }
      for (BootScript.Table table : bootFiles.kept(live.family())) {
        if (isGone(table, live)) {
          dataplane.restore(live.family(), table);
          restored.add(live.family().label() + " " + table.table());
        }
      }
    }
    Snapshot now = found;
    if (!restored.isEmpty()) {
      now = dataplane.read(Set.of());
      observed = totals.observe(now, Ledger.Manner.COUNTED);
    }
    for (LiveRuleset live : now.live()) {
      bootFiles.missing(live).forEach(chain -> missing.add(live.family().label() + "/" + chain));
    }
    return new Done(restored, missing, present, observed);
  }

  /** Whether none of the chains that a table's script makes is live. */
  private static boolean isGone(BootScript.Table table, LiveRuleset live) {
    LiveTable there = live.ruleset().table(table.table());
    return table.chains().stream().allMatch(chain -> there.chain(chain).isEmpty());
  }
}
