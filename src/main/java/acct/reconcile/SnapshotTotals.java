package acct.reconcile;

import acct.counter.Ledger;
import acct.dataplane.Dataplane;
import acct.dataplane.Snapshot;
import acct.host.HostException;
import java.util.Set;
import java.util.function.Consumer;

/** Keeps the totals of all of acct's counters as they are now. */
public final class SnapshotTotals {
  private SnapshotTotals() {}

  /**
   * Keeps them.
   *
   * @param keeping which has totals
   * @return the totals, and the counters that began anew since the last reading
   */
  public static Ledger.Observed run(Dataplane dataplane, Keeping keeping, Consumer<String> notices)
      throws HostException {
    Recovery.run(dataplane, keeping, notices);
    Snapshot snapshot = Recovery.cleaned(dataplane, dataplane.read(Set.of()), notices);
    return keeping.totals().orElseThrow().observe(snapshot, Ledger.Manner.COUNTED);
  }
}
