package acct.reconcile;

import acct.counter.CounterId;
import acct.counter.CounterReading;
import acct.counter.Entry;
import acct.counter.HelperChains;
import acct.counter.Ledger;
import acct.counter.LedgerUpdate;
import acct.counter.Pending;
import acct.dataplane.Dataplane;
import acct.dataplane.Snapshot;
import acct.host.Epoch;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.plan.Fingerprint;
import acct.state.JournalText.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Goes on where a run of acct was interrupted. What is written down says what it was about to do;
 * the dataplane tells which of its transactions stand.
 */
public final class Recovery {
  private final Dataplane dataplane;
  private final Keeping keeping;
  private final Consumer<String> notices;

  private Recovery(Dataplane dataplane, Keeping keeping, Consumer<String> notices) {
    this.dataplane = dataplane;
    this.keeping = keeping;
    this.notices = notices;
  }

  /**
   * Resolves what an interrupted run has left, before anything else is done under the lock.
   *
   * @throws HostException where that can't be done; nothing else may be done then
   */
  public static void run(Dataplane dataplane, Keeping keeping, Consumer<String> notices)
      throws HostException {
    if (keeping.totals().isPresent()) {
      Totals totals = keeping.totals().get();
      Optional<Pending> pending = totals.pending();
      if (pending.isPresent()) {
        new Recovery(dataplane, keeping, notices).resolve(pending.get(), totals);
      }
    }
  }

  /**
   * What was read, without helper chains: those of a run that has written nothing down, or whose
   * ledger is whole, are removed.
   */
  public static Snapshot cleaned(Dataplane dataplane, Snapshot read, Consumer<String> notices)
      throws HostException {
    if (read.live().stream().noneMatch(live -> HelperChains.anyIn(live.ruleset()))) {
      return read;
    }
    dataplane.cleanUp(read);
    notices.accept("removed helper chains (acct-carry-…) of a run that was interrupted");
    return read.withoutHelpers();
  }

  private void resolve(Pending pending, Totals totals) throws HostException {
    Snapshot now = dataplane.read(Set.of());
    String epoch = dataplane.epoch();
    if (totals.ledger().settled().equals(pending.id())) {
      finish(pending, now, Outcome.APPLIED, "it was carried out; acct was interrupted afterwards");
    } else if (!pending.epoch().equals(epoch)) {
      refuseElsewhere(pending, epoch);
      finish(
          pending,
          now,
          Outcome.FAILED,
          "the machine has booted since; which of its changes were carried out is unknown");
    } else {
      List<Pending.Part> standing = dataplane.standing(pending, now);
      int all = pending.parts().size();
      if (standing.isEmpty()) {
        finish(pending, now, Outcome.UNDONE, "nothing was changed");
      } else {
        totals.settle(pending, standing, dataplane.switches(pending, standing, now), now);
        boolean whole = standing.size() == all;
        finish(
            pending,
            now,
            whole ? Outcome.APPLIED : Outcome.FAILED,
            whole
                ? "it was carried out"
                : standing.size() + " of its " + all + " transactions were carried out");
      }
    }
    totals.finish();
  }

  private void finish(Pending pending, Snapshot now, Outcome outcome, String message)
      throws HostException {
    dataplane.cleanUp(now);
    if (keeping.journal().isPresent() && !pending.command().equals(Zeroing.COMMAND)) {
      Snapshot rest = now.withoutHelpers();
      String state = Fingerprint.ofOwned(Set.copyOf(pending.owners()), rest.live());
      keeping
          .journal()
          .get()
          .end(
              TakeBack.entry(pending.id()),
              TakeBack.outcome(pending.id(), outcome),
              "interrupted; " + message,
              state);
    }
    notices.accept("an acct " + pending.command() + " was interrupted: " + message);
  }

  /** Another namespace or backend of this boot has other counters, and the run may stand there. */
  private static void refuseElsewhere(Pending pending, String epoch) throws HostException {
    if (Epoch.isOfThisBoot(pending.epoch())) {
      throw new HostException(
          Kind.FAILED,
          "an acct "
              + pending.command()
              + " was interrupted in another network namespace or with the other backend ("
              + pending.epoch()
              + ", here is "
              + epoch
              + "): run acct there once, with the same --iptables, before anything else is done with"
              + " this state directory; nothing was done");
    }
  }

  /**
   * What a reader sees of a run that was interrupted.
   *
   * @param ledger as it is when the run is resolved
   * @param ended the totals that the run has ended, which the log does not have yet
   */
  record Seen(Ledger ledger, Map<CounterId, Entry> ended) {}

  /**
   * A ledger as it is when what was interrupted is resolved, for a reader that writes nothing.
   *
   * @param pending what is written down
   * @param look what was read, at the same time as {@code now}
   */
  static Seen seen(
      Dataplane dataplane,
      Ledger ledger,
      Optional<Pending> pending,
      Snapshot now,
      CounterReading look) {
    boolean open =
        pending.isPresent()
            && !ledger.settled().equals(pending.get().id())
            && pending.get().epoch().equals(look.epoch());
    if (open) {
      List<Pending.Part> standing = dataplane.standing(pending.get(), now);
      if (!standing.isEmpty()) {
        LedgerUpdate.Result result =
            LedgerUpdate.of(
                ledger,
                pending.get().transitions(standing),
                dataplane.switches(pending.get(), standing, now),
                look);
        return new Seen(result.ledger(), result.ended());
      }
    }
    return new Seen(ledger.observe(look, Ledger.Manner.COUNTED).ledger(), Map.of());
  }
}
