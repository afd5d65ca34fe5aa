package acct.reconcile;

import acct.dataplane.iptables.BootScript;
import acct.host.HostException;
import acct.netfilter.Family;
import acct.netfilter.LiveTable;
import acct.netfilter.TableName;
import acct.plan.Counted;
import acct.plan.Differ;
import acct.totals.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Brings acct's chains back on a machine that has booted, and lets their totals go on. */
public final class Boot {
  private final Host host;
  private final Totals totals;

  public Boot(Host host, Totals totals) {
    this.host = host;
    this.totals = totals;
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
    // Before anything is written: what counters have now, the firewall's own restore gave them.
    Snapshot found = host.read(Set.of());
    Ledger.Observed observed = totals.observeOnly(found, Ledger.Manner.BOOTED);
    for (Differ.Live live : found.live()) {
      if (!Counted.owned(live).isEmpty()) {
        present.add(live.family());
      }
      Optional<String> script = totals.forBoot(live.family());
      if (script.isPresent()) {
        for (TableName table : emptyTables(script.get(), live)) {
          host.iptables(live.family()).restore(BootScript.block(script.get(), table));
          restored.add(live.family().label() + " " + table);
        }
      }
    }
    Snapshot now = found;
    if (!restored.isEmpty()) {
      now = host.read(Set.of());
      observed = totals.observe(now, Ledger.Manner.COUNTED);
    }
    for (Differ.Live live : now.live()) {
      totals.missing(live).forEach(chain -> missing.add(live.family().label() + "/" + chain));
    }
    return new Done(restored, missing, present, observed);
  }

  /** Tables in which none of a script's chains is live. */
  private static List<TableName> emptyTables(String script, Differ.Live live) {
    List<TableName> tables = new ArrayList<>();
    BootScript.chains(script)
        .forEach(
            (table, chains) -> {
              LiveTable there = live.ruleset().table(table);
              if (chains.stream().allMatch(chain -> there.chain(chain).isEmpty())) {
                tables.add(table);
              }
            });
    return tables;
  }
}
