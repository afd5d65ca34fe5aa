package acct.reconcile;

import acct.counter.Amount;
import acct.counter.CounterId;
import acct.counter.CounterReading;
import acct.counter.Entry;
import acct.counter.Ledger;
import acct.counter.LedgerUpdate;
import acct.counter.Pending;
import acct.counter.PendingText;
import acct.counter.Reset;
import acct.counter.RestoredCounters;
import acct.dataplane.Dataplane;
import acct.dataplane.Recorder;
import acct.dataplane.Snapshot;
import acct.host.HostException;
import acct.netfilter.LiveRuleset;
import acct.plan.Plan;
import acct.state.Journal;
import acct.state.JournalNote;
import acct.state.LedgerFile;
import acct.state.LedgerFiles;
import acct.state.StateDirectory;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Keeps the ledger, and writes into the journal what it finds. */
public final class Totals implements Recorder {
  private final StateDirectory directory;
  private final LedgerFile file;
  private final Clock clock;
  private final Journal journal;
  private final Consumer<String> notices;
  private final BootFiles boot;

  /**
   * Totals in a state directory.
   *
   * @param dataplane tells what brings acct's chains back at the boot
   */
  public Totals(
      StateDirectory directory,
      Dataplane dataplane,
      Clock clock,
      Journal journal,
      Consumer<String> notices) {
    this.directory = directory;
    this.file = directory.ledger();
    this.clock = clock;
    this.journal = journal;
    this.notices = notices;
    this.boot = new BootFiles(directory, dataplane, notices);
  }

  /**
   * Checks that the totals are of these counters.
   *
   * @return what they show
   * @throws HostException where they are another backend's, or another namespace's
   */
  CounterReading check(Snapshot snapshot) throws HostException {
    return look(snapshot, ledger());
  }

  /** What is kept for the boot. */
  BootFiles bootFiles() {
    return boot;
  }

  /** The counters of a reading. */
  CounterReading look(Snapshot snapshot, Ledger ledger) throws HostException {
    List<LiveRuleset> live = snapshot.live();
    return Readings.of(live, CounterReading.chains(live, ledger), ledger, clock);
  }

  /**
   * Adds up what the kernel has now.
   *
   * @param manner how its values came there
   */
  public Ledger.Observed observe(Snapshot snapshot, Ledger.Manner manner) throws HostException {
    Ledger.Observed observed = observeOnly(snapshot, manner);
    if (boot.areWhole(snapshot)) {
      boot.keep(snapshot);
    }
    return observed;
  }

  /**
   * The same, and what was kept for the boot stays: acct's chains may not be there yet.
   *
   * <p>Where nothing of acct's is there (a firewall was flushed, this is another namespace, or the
   * wrong backend) nothing is said of its counters, and the ledger stays as it is.
   */
  Ledger.Observed observeOnly(Snapshot snapshot, Ledger.Manner manner) throws HostException {
    Ledger ledger = file.load();
    CounterReading look = look(snapshot, ledger);
    if (look.counters().isEmpty()) {
      return new Ledger.Observed(ledger, List.of());
    }
    Ledger.Observed observed = restored(ledger, look).observe(look, manner);
    keep(observed);
    return observed;
  }

  /**
   * Keeps the ledger where counters have begun anew, and else leaves it alone.
   *
   * @param names what policies call rules whose comments are others
   */
  void notice(CounterReading look, Map<CounterId, Optional<String>> names) {
    tryTo(
        () -> {
          Ledger ledger = file.load();
          Ledger set = restored(ledger, look);
          Ledger.Observed observed = set.observe(look, Ledger.Manner.COUNTED);
          Ledger named = observed.ledger().named(names);
          boolean found = !observed.resets().isEmpty() || !named.equals(observed.ledger());
          if (found || ledger.isOfEarlierVersion() || !set.equals(ledger)) {
            keep(new Ledger.Observed(named, observed.resets()));
          }
        });
  }

  /** Replaces the ledger by another, which counts on from there. */
  void keep(Ledger.Observed observed) throws HostException {
    write(observed.ledger());
    journal.note(JournalNote.Event.RESET, resets(observed.resets()));
  }

  /** Writes the ledger, and keeps the one before ({@link RestoredCounters}). */
  private void write(Ledger ledger) throws HostException {
    directory.earlierLedgers().keep(file.file(), clock.instant());
    file.write(ledger);
  }

  /** The ledger, with counters set back that another program has restored; that is told. */
  private Ledger restored(Ledger ledger, CounterReading look) {
    RestoredCounters restored =
        RestoredCounters.of(ledger, look, LedgerFiles.earlier(directory.earlierLedgers()));
    if (!restored.to().isEmpty()) {
      notices.accept(
          "another program has restored counters to what they had at "
              + restored.at().orElse(Instant.EPOCH)
              + " ("
              + restored.to().size()
              + " of acct's): what they had then is not added again");
    }
    return restored.ledger();
  }

  private static List<JournalNote.Line> resets(List<Reset> resets) {
    List<JournalNote.Line> lines = new ArrayList<>();
    for (Reset reset : resets) {
      lines.add(
          new JournalNote.Line(
              reset.address().toString(),
              Amount.of(reset.last()),
              "at "
                  + reset.seenAt()
                  + ", kept in its total ("
                  + reset.cause().label()
                  + "; what it counted after that is lost)"));
    }
    return lines;
  }

  /** What is written down of a run that is not in the ledger yet; nothing where there is none. */
  Optional<Pending> pending() throws HostException {
    return LedgerFiles.pending(directory.pending());
  }

  @Override
  public void begin(Pending pending) throws HostException {
    directory.pending().write(PendingText.write(pending));
  }

  @Override
  public void finish() {
    tryTo(() -> directory.pending().delete());
  }

  @Override
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /** The ledger as it is on the disk. */
  Ledger ledger() throws HostException {
    return file.load();
  }

  @Override
  public Map<CounterId, Entry> settle(
      Pending pending,
      List<Pending.Part> standing,
      LedgerUpdate.Switches switches,
      Snapshot snapshot)
      throws HostException {
    Ledger before = file.load();
    Snapshot after = snapshot.withoutHelpers();
    LedgerUpdate.Result result =
        LedgerUpdate.of(before, pending.transitions(standing), switches, look(after, before));
    boolean zero = pending.command().equals(Zeroing.COMMAND);
    Map<CounterId, Entry> revivable = zero ? before.closed() : result.ended();
    // The journal first, and under ids that a second try has too: nothing ends without its note,
    // and none is there twice.
    note(pending, JournalNote.Event.RESET, resets(result.resets()));
    note(pending, zero ? JournalNote.Event.ZEROED : JournalNote.Event.ENDED, lines(result.ended()));
    write(result.ledger().settled(pending.id(), revivable));
    tryTo(() -> boot.keep(after));
    return result.ended();
  }

  private void note(Pending pending, JournalNote.Event event, List<JournalNote.Line> lines)
      throws HostException {
    if (!lines.isEmpty()) {
      journal.note(pending.id() + "-" + event.label(), event, lines);
    }
  }

  /**
   * Closes what somebody has removed from chains of a plan, and the policies don't have either; and
   * keeps what the policies call rules whose comments are others.
   */
  void tidy(Plan plan, Snapshot after) {
    tryTo(
        () -> {
          Ledger ledger = file.load();
          Map<CounterId, Entry> forgotten = ledger.forgotten(plan.places(), look(after, ledger));
          Ledger open = ledger.without(forgotten).named(plan.policyNames());
          if (!open.equals(ledger)) {
            journal.note(JournalNote.Event.ENDED, lines(forgotten));
            write(open);
          }
        });
  }

  private static List<JournalNote.Line> lines(Map<CounterId, Entry> entries) {
    List<JournalNote.Line> lines = new ArrayList<>(entries.size());
    entries.forEach(
        (address, entry) -> {
          String since = (entry.begunThen() ? "since " : "since before ") + entry.since();
          lines.add(new JournalNote.Line(entry.shown(address).toString(), entry.total(), since));
        });
    return lines;
  }

  private interface Step {
    void run() throws HostException;
  }

  /** The rules are changed by now, so what fails here is only told. */
  private void tryTo(Step step) {
    try {
      step.run();
    } catch (HostException e) {
      notices.accept("the totals are not brought up to date: " + e.getMessage());
    }
  }
}
