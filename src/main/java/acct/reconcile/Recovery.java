package acct.reconcile;

import acct.counter.CounterId;
import acct.counter.CounterReading;
import acct.counter.Entry;
import acct.counter.HelperChains;
import acct.counter.Ledger;
import acct.counter.LedgerUpdate;
import acct.counter.Pending;
import acct.counter.Transition;
import acct.dataplane.Snapshot;
import acct.dataplane.iptables.IptablesDataplane;
import acct.dataplane.iptables.ShadowCounters;
import acct.host.Epoch;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.netfilter.ChainName;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveTable;
import acct.plan.Fingerprint;
import acct.state.JournalText.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Goes on where a run of acct was interrupted. What is written down says what it was about to do;
 * the kernel says which of its transactions stand:
 *
 * <ul>
 *   <li>a shadow chain that something still jumps to: its transaction does not stand; one that
 *       nothing jumps to: it does, and the shadow says what the rule had at its end;
 *   <li>a marker chain that is there: the transaction that removes it does not stand;
 *   <li>else acct's part of the table is as it was before, or it is not.
 * </ul>
 */
public final class Recovery {
  private final IptablesDataplane host;
  private final Keeping keeping;
  private final Consumer<String> notices;

  private Recovery(IptablesDataplane host, Keeping keeping, Consumer<String> notices) {
    this.host = host;
    this.keeping = keeping;
    this.notices = notices;
  }

  /**
   * Resolves what an interrupted run has left, before anything else is done under the lock.
   *
   * @throws HostException where that can't be done; nothing else may be done then
   */
  public static void run(IptablesDataplane host, Keeping keeping, Consumer<String> notices)
      throws HostException {
    if (keeping.totals().isPresent()) {
      Totals totals = keeping.totals().get();
      Optional<Pending> pending = totals.pending();
      if (pending.isPresent()) {
        new Recovery(host, keeping, notices).resolve(pending.get(), totals);
      }
    }
  }

  /**
   * What was read, without helper chains: those of a run that has written nothing down, or whose
   * ledger is whole, are removed.
   */
  public static Snapshot cleaned(IptablesDataplane host, Snapshot read, Consumer<String> notices)
      throws HostException {
    if (read.live().stream().noneMatch(live -> HelperChains.anyIn(live.ruleset()))) {
      return read;
    }
    ShadowCounters.cleanUp(host, read);
    notices.accept("removed helper chains (acct-carry-…) of a run that was interrupted");
    return read.withoutHelpers();
  }

  private void resolve(Pending pending, Totals totals) throws HostException {
    Snapshot now = host.read(Set.of());
    String epoch = host.epoch();
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
      List<Pending.Part> standing = standing(pending, now);
      int all = pending.parts().size();
      if (standing.isEmpty()) {
        finish(pending, now, Outcome.UNDONE, "nothing was changed");
      } else {
        totals.settle(pending, standing, Execution.switches(pending, standing, now), now);
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
    ShadowCounters.cleanUp(host, now);
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

  /** The transactions that stand. */
  static List<Pending.Part> standing(Pending pending, Snapshot now) {
    List<Pending.Part> standing = new ArrayList<>();
    for (Pending.Part part : pending.parts()) {
      if (stands(pending, part, now)) {
        standing.add(part);
      }
    }
    return standing;
  }

  private static boolean stands(Pending pending, Pending.Part part, Snapshot now) {
    Optional<LiveTable> found =
        now.of(part.family()).map(live -> live.ruleset().table(part.table()));
    if (found.isEmpty()) {
      return false;
    }
    LiveTable table = found.get();
    Set<ChainName> helpers = HelperChains.of(table);
    if (!pending.prepared()) {
      return false;
    }
    if (part.isRename()) {
      return part.transitions().stream().allMatch(one -> isRenamed(one, table));
    }
    if (part.marker().isPresent()) {
      return !helpers.contains(part.marker().get());
    }
    List<ChainName> shadows = new ArrayList<>();
    for (Pending.Shadow shadow : pending.shadows()) {
      boolean here =
          shadow.from().family() == part.family() && shadow.from().table().equals(part.table());
      if (here && helpers.contains(shadow.chain())) {
        shadows.add(shadow.chain());
      }
    }
    if (!shadows.isEmpty()) {
      return shadows.stream().noneMatch(shadow -> isJumpedTo(shadow, table, helpers));
    }
    return !part.before().isEmpty()
        && !part.before().equals(name(pending, part, now))
        && fits(part, Job.counters(now).keySet());
  }

  private static boolean isRenamed(Transition transition, LiveTable table) {
    return transition instanceof Transition.ChainRenamed rename
        && table.chain(rename.to()).isPresent()
        && table.chain(rename.from()).isEmpty();
  }

  private static boolean isJumpedTo(ChainName shadow, LiveTable table, Set<ChainName> helpers) {
    for (LiveChain chain : table.chains().values()) {
      if (chain.rules().stream()
          .anyMatch(rule -> HelperChains.target(rule, helpers).equals(Optional.of(shadow)))) {
        return true;
      }
    }
    return false;
  }

  private static String name(Pending pending, Pending.Part part, Snapshot now) {
    return Fingerprint.ofOwned(
        Set.copyOf(pending.owners()), now.of(part.family()).orElseThrow(), part.table(), Map.of());
  }

  /** Whether the counters are there that the transaction writes, and those gone that it removes. */
  private static boolean fits(Pending.Part part, Set<CounterId> live) {
    Set<CounterId> written = new HashSet<>();
    Set<CounterId> gone = new HashSet<>();
    for (Transition one : part.transitions()) {
      if (one instanceof Transition.Begun begun) {
        written.add(begun.address());
      } else if (one instanceof Transition.Revived revived) {
        written.add(revived.address());
      } else if (one instanceof Transition.Carried carried) {
        written.add(carried.to());
        gone.add(carried.from());
      } else if (one instanceof Transition.Ended ended) {
        gone.add(ended.address());
      }
    }
    gone.removeAll(written);
    return live.containsAll(written) && gone.stream().noneMatch(live::contains);
  }

  /**
   * What a reader sees of a run that was interrupted.
   *
   * @param ledger as it is when the run is resolved
   * @param ended the totals that the run has ended, which the log does not have yet
   */
  public record Seen(Ledger ledger, Map<CounterId, Entry> ended) {}

  /**
   * A ledger as it is when what was interrupted is resolved, for a reader that writes nothing.
   *
   * @param pending what is written down
   * @param look what was read, at the same time as {@code now}
   */
  public static Seen seen(
      Ledger ledger, Optional<Pending> pending, Snapshot now, CounterReading look) {
    boolean open =
        pending.isPresent()
            && !ledger.settled().equals(pending.get().id())
            && pending.get().epoch().equals(look.epoch());
    if (open) {
      List<Pending.Part> standing = standing(pending.get(), now);
      if (!standing.isEmpty()) {
        LedgerUpdate.Result result =
            LedgerUpdate.of(
                ledger,
                pending.get().transitions(standing),
                Execution.switches(pending.get(), standing, now),
                look);
        return new Seen(result.ledger(), result.ended());
      }
    }
    return new Seen(ledger.observe(look, Ledger.Manner.COUNTED).ledger(), Map.of());
  }
}
