package acct.reconcile;

import acct.counter.Counted;
import acct.counter.CounterReading;
import acct.counter.Ledger;
import acct.diagnostic.Code;
import acct.host.Epoch;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.netfilter.Backend;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes a reading of live rulesets that a ledger may observe: only one of its own counters. */
public final class Readings {
  private Readings() {}

  /**
   * The counters of live rulesets, to be observed by a ledger.
   *
   * @param chains of them, by {@link CounterReading#chains}
   * @throws HostException where the ledger is of the other backend: there nothing of acct's would
   *     be found, and everything be taken for gone
   */
  static CounterReading of(
      List<LiveRuleset> live, List<Counted.Chain> chains, Ledger ledger, Clock clock)
      throws HostException {
    Set<Family> families = EnumSet.noneOf(Family.class);
    live.forEach(one -> families.add(one.family()));
    Backend.Kind backend = Backend.Kind.NFT;
    for (LiveRuleset one : live) {
      backend = one.backend().map(Backend::kind).orElse(backend);
    }
    if (Epoch.isOfAnother(ledger.epoch(), backend)) {
      throw new HostException(
          Kind.FAILED,
          "the totals are those of the other backend's counters, and this is "
              + backend.label()
              + ": name the iptables command that the last apply had with --iptables, or in"
              + " ACCT_IPTABLES ["
              + Code.OTHER_BACKEND.label()
              + "]");
    }
    checkNamespace(ledger);
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return CounterReading.of(Epoch.now(backend), now, families, chains);
  }

  /**
   * Refuses totals of another network namespace that is still there, before anything is changed.
   *
   * @throws HostException with the way out
   */
  public static void checkNamespace(Ledger ledger) throws HostException {
    Optional<String> other = Epoch.otherNamespace(ledger.epoch());
    if (other.isPresent()) {
      throw new HostException(
          Kind.FAILED,
          "the totals are those of the network namespace "
              + other.get()
              + ", which is still there: each has counters of its own, so give each a state"
              + " directory of its own, or leave --state-dir out: then it goes by the name");
    }
  }
}
