package acct.reconcile;

import acct.host.HostException;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import acct.plan.Counted;
import acct.plan.Differ;
import acct.totals.Ledger;
import acct.view.BootScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
      Optional<String> script = totals.forBoot(live.family());
      boolean owned = !Counted.owned(live).isEmpty();
      if (owned) {
        present.add(live.family());
      }
      if (script.isPresent()) {
        List<String> gone = Totals.missing(script.get(), live);
        for (Map.Entry<TableName, List<ChainName>> table :
            BootScript.chains(script.get()).entrySet()) {
          boolean whole = true;
          for (ChainName chain : table.getValue()) {
            whole &= gone.remove(table.getKey() + "/" + chain);
          }
          if (whole) {
            host.iptables(live.family()).restore(BootScript.block(script.get(), table.getKey()));
            restored.add(live.family().label() + " " + table.getKey());
          }
        }
      }
      missing.addAll(absent(script, host.readOnly(Set.of(live.family()))));
    }
    if (!restored.isEmpty()) {
      observed = totals.observe(host.read(Set.of()), Ledger.Manner.COUNTED);
    }
    return new Done(restored, missing, present, observed);
  }

  private static List<String> absent(Optional<String> script, Snapshot now) {
    List<String> absent = new ArrayList<>();
    for (Differ.Live live : now.live()) {
      script.ifPresent(
          text ->
              Totals.missing(text, live)
                  .forEach(chain -> absent.add(live.family().label() + "/" + chain)));
    }
    return absent;
  }
}
