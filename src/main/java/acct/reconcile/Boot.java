package acct.reconcile;

import acct.host.HostException;
import acct.netfilter.Family;
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
   * @param restored families whose chains were gone and are back
   * @param present families that had acct's chains already
   * @param observed the totals now
   */
  public record Done(List<Family> restored, List<Family> present, Ledger.Observed observed) {
    public Done {
      restored = List.copyOf(restored);
      present = List.copyOf(present);
    }
  }

  /** From what the last snapshot has kept; where chains of acct's are there, they stay. */
  public Done run() throws HostException {
    List<Family> restored = new ArrayList<>();
    List<Family> present = new ArrayList<>();
    // Before anything is written: what counters have now, the firewall's own restore gave them.
    Snapshot found = host.read(Set.of());
    Ledger.Observed observed = totals.observeOnly(found, Ledger.Manner.BOOTED);
    for (Differ.Live live : found.live()) {
      Optional<String> script = totals.forBoot(live.family());
      if (!Counted.owned(live).isEmpty()) {
        present.add(live.family());
      } else if (script.isPresent()) {
        host.iptables(live.family()).restore(script.get());
        restored.add(live.family());
      }
    }
    if (!restored.isEmpty()) {
      observed = totals.observe(host.read(Set.of()), Ledger.Manner.COUNTED);
    }
    return new Done(restored, present, observed);
  }
}
