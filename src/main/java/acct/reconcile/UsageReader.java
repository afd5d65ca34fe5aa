package acct.reconcile;

import acct.counter.Counted;
import acct.counter.CounterId;
import acct.counter.CounterReading;
import acct.counter.Entry;
import acct.counter.Ledger;
import acct.counter.Pending;
import acct.counter.RestoredCounters;
import acct.counter.Vanished;
import acct.dataplane.Dataplane;
import acct.dataplane.Snapshot;
import acct.host.HostException;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.state.LedgerFile;
import acct.state.LedgerFiles;
import acct.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Reads what was counted, again and again where that is wanted, and writes nothing: neither the
 * kernel nor a file is changed, and no lock is held.
 */
public final class UsageReader {
  private final Dataplane dataplane;
  private final Path state;
  private final Clock clock;
  private final LongSupplier ticker;
  private final LedgerFile file;

  /** What the file has. */
  private Ledger onDisk = Ledger.EMPTY;

  private int version;

  /** The same with what was read since. */
  private Ledger ledger = Ledger.EMPTY;

  /**
   * A reader.
   *
   * @param state the state directory, which need not be there
   * @param ticker nanoseconds that only go on, for rates
   */
  public UsageReader(Dataplane dataplane, Path state, Clock clock, LongSupplier ticker) {
    this.dataplane = dataplane;
    this.state = state;
    this.file = StateDirectory.ledgerIn(state);
    this.clock = clock;
    this.ticker = ticker;
  }

  /**
   * What was counted, as it was read at one time.
   *
   * @param nanos when, by the reader's ticker
   * @param live what the kernel has
   * @param present the chains of the kernel with their counters
   * @param chains the same, with what others have taken away
   * @param ledger with this reading in it
   * @param vanished what is not in the kernel any more
   * @param owed totals that an interrupted run has ended and that the log does not have yet
   */
  public record Usage(
      long nanos,
      List<LiveRuleset> live,
      List<Counted.Chain> present,
      List<Counted.Chain> chains,
      Ledger ledger,
      List<Vanished.Place> vanished,
      Map<CounterId, Entry> owed) {
    public Usage {
      live = List.copyOf(live);
      present = List.copyOf(present);
      chains = List.copyOf(chains);
      vanished = List.copyOf(vanished);
    }

    /** Of rulesets alone: the kernel's counters as they are. */
    public static Usage of(List<LiveRuleset> live) {
      List<Counted.Chain> chains = CounterReading.chains(live, Ledger.EMPTY);
      return new Usage(0, live, chains, chains, Ledger.EMPTY, List.of(), Map.of());
    }
  }

  /** Whether totals are kept; else the kernel's counters are all there is. */
  public boolean hasTotals() throws HostException {
    file.fetch();
    return file.isThere();
  }

  /** The kernel's counters as they are, without what was before. */
  public Usage kernel() throws HostException {
    return Usage.of(dataplane.read(Set.of()).live());
  }

  /** Counters and totals of all families. */
  public Usage read() throws HostException {
    return read(EnumSet.allOf(Family.class));
  }

  /**
   * Counters and totals.
   *
   * @param families that are read, where this machine has them
   * @throws HostException where the totals are those of other counters, or can't be trusted
   */
  public Usage read(Set<Family> families) throws HostException {
    // The ledger first: a snapshot between the two would have seen more than was read. It is parsed
    // while the commands are at work.
    file.fetch();
    Optional<Pending> pending = LedgerFiles.pending(StateDirectory.pendingIn(state));
    dataplane.readAhead(families);
    loadLedger();
    List<LiveRuleset> live = dataplane.readOnly(families).live();
    long nanos = ticker.getAsLong();
    List<Counted.Chain> chains = CounterReading.chains(live, ledger);
    CounterReading reading = Readings.of(live, chains, ledger, clock);
    RestoredCounters.Earlier earlier = LedgerFiles.earlier(StateDirectory.earlierLedgersIn(state));
    Ledger kept = RestoredCounters.of(ledger, reading, earlier).ledger();
    Recovery.Seen seen =
        Recovery.seen(dataplane, kept, pending, new Snapshot(live, Map.of()), reading);
    if (pending.isPresent()) {
      // What was interrupted is not in the file yet, so the next reading begins at it again.
      ledger = onDisk;
    } else {
      ledger = seen.ledger();
    }
    Vanished found = Vanished.of(chains, kept, seen.ledger(), reading.families());
    return new Usage(
        nanos, live, chains, found.chains(), seen.ledger(), found.places(), seen.ended());
  }

  private void loadLedger() throws HostException {
    Ledger kept = file.fetched();
    if (file.version() != version) {
      ledger = kept;
      onDisk = kept;
      version = file.version();
    }
  }
}
