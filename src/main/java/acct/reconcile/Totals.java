package acct.reconcile;

import acct.counter.Amount;
import acct.counter.Counted;
import acct.counter.CounterId;
import acct.counter.CounterReading;
import acct.counter.Entry;
import acct.counter.Ledger;
import acct.counter.LedgerText;
import acct.counter.LedgerText.BadLedgerException;
import acct.counter.LedgerUpdate;
import acct.counter.Pending;
import acct.counter.PendingText;
import acct.counter.Reset;
import acct.counter.RestoredCounters;
import acct.dataplane.Snapshot;
import acct.dataplane.iptables.Block;
import acct.dataplane.iptables.BootScript;
import acct.diagnostic.Code;
import acct.host.Epoch;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.WholeFile;
import acct.netfilter.Backend;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.plan.Plan;
import acct.state.EarlierFiles;
import acct.state.Journal;
import acct.state.JournalNote;
import acct.state.StateDirectory;
import acct.text.PrintableText;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Keeps the ledger, and writes into the journal what it finds. */
public final class Totals {
  private final StateDirectory directory;
  private final WholeFile file;
  private final Clock clock;
  private final Journal journal;
  private final Consumer<String> notices;

  /** Totals in a state directory. */
  public Totals(StateDirectory directory, Clock clock, Journal journal, Consumer<String> notices) {
    this.directory = directory;
    this.file = directory.ledger();
    this.clock = clock;
    this.journal = journal;
    this.notices = notices;
  }

  /**
   * The ledger that a file has; an empty one where there is none yet.
   *
   * @throws HostException where it is not whole: it is not begun anew without a word
   */
  public static Ledger load(WholeFile file) throws HostException {
    Optional<String> text = file.read();
    if (text.isEmpty()) {
      return Ledger.EMPTY;
    }
    try {
      return LedgerText.read(text.get());
    } catch (BadLedgerException e) {
      throw new HostException(
          Kind.FAILED,
          "the totals in "
              + PrintableText.of(file.path().toString())
              + " can't be trusted: "
              + PrintableText.of(e.getMessage())
              + ". Put a copy back, or move it away: then totals begin anew at what the kernel has");
    }
  }

  /** The counters of a reading. */
  CounterReading look(Snapshot snapshot, Ledger ledger) throws HostException {
    List<LiveRuleset> live = snapshot.live();
    return look(live, CounterReading.chains(live, ledger), ledger, clock);
  }

  /**
   * The counters of live rulesets, to be observed by a ledger.
   *
   * @param chains of them, by {@link CounterReading#chains}
   * @throws HostException where the ledger is of the other backend: there nothing of acct's would
   *     be found, and everything be taken for gone
   */
  public static CounterReading look(
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

  /**
   * Adds up what the kernel has now.
   *
   * @param manner how its values came there
   */
  public Ledger.Observed observe(Snapshot snapshot, Ledger.Manner manner) throws HostException {
    Ledger.Observed observed = observeOnly(snapshot, manner);
    if (isWholeForBoot(snapshot)) {
      keepForBoot(snapshot);
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
    Ledger ledger = load(file);
    CounterReading look = look(snapshot, ledger);
    if (look.counters().isEmpty()) {
      return new Ledger.Observed(ledger, List.of());
    }
    Ledger.Observed observed = restored(ledger, look).observe(look, manner);
    keep(observed);
    return observed;
  }

  /** Whether all is there that was kept for the boot: what is missing, others have taken away. */
  private boolean isWholeForBoot(Snapshot snapshot) throws HostException {
    for (LiveRuleset live : snapshot.live()) {
      List<String> missing = missing(live);
      if (!missing.isEmpty()) {
        notices.accept(
            live.family().label()
                + ": "
                + String.join(", ", missing)
                + " is not there any more; what was kept for the boot stays as it was");
        return false;
      }
    }
    return true;
  }

  /** The chains kept for the boot that are not live: {@code filter/INET_IN}. */
  List<String> missing(LiveRuleset live) throws HostException {
    List<String> missing = new ArrayList<>();
    for (Block block : forBoot(live.family())) {
      for (ChainName chain : BootScript.chains(block)) {
        if (live.ruleset().table(block.table()).chain(chain).isEmpty()) {
          missing.add(block.table() + "/" + chain);
        }
      }
    }
    return missing;
  }

  /** Writes what brings acct's chains back at the boot, where it has changed. */
  private void keepForBoot(Snapshot snapshot) throws HostException {
    for (LiveRuleset live : snapshot.live()) {
      BootScript.Made made = BootScript.of(live);
      String script = made.text();
      String restore = live.name().replaceFirst("-save$", "-restore");
      String text = script.isEmpty() ? "" : "# " + restore + "\n" + script;
      WholeFile boot = directory.boot(live.family());
      if (!boot.read().orElse("").equals(text)) {
        for (String what : made.omitted()) {
          notices.accept(live.family().label() + ": not kept for the boot: " + what);
        }
        boot.write(text);
      }
    }
  }

  /** What brings a family's chains back; nothing where the last snapshot found none of acct's. */
  List<Block> forBoot(Family family) throws HostException {
    WholeFile boot = directory.boot(family);
    try {
      return BootScript.read(boot.read().orElse(""), family);
    } catch (BootScript.BadScriptException e) {
      throw new HostException(
          Kind.FAILED, boot.path() + " can't be trusted: " + e.getMessage() + "; move it away");
    }
  }

  /** Keeps the ledger where counters have begun anew, and else leaves it alone. */
  void notice(Plan plan, Snapshot snapshot) {
    tryTo(
        () -> {
          Ledger ledger = load(file);
          CounterReading look = look(snapshot, ledger);
          Ledger set = restored(ledger, look);
          Ledger.Observed observed = set.observe(look, Ledger.Manner.COUNTED);
          Ledger named = observed.ledger().named(plan.policyNames());
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
    directory.earlierLedgers().keep(file, clock.instant());
    file.write(LedgerText.write(ledger));
  }

  /** The ledger, with counters set back that another program has restored; that is told. */
  private Ledger restored(Ledger ledger, CounterReading look) {
    RestoredCounters restored =
        RestoredCounters.of(ledger, look, earlier(directory.earlierLedgers()));
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

  /** Earlier ledgers; one that can't be read is left out, for none of them has to be there. */
  public static RestoredCounters.Earlier earlier(EarlierFiles files) {
    return () -> {
      List<Ledger> ledgers = new ArrayList<>();
      for (WholeFile file : files.all()) {
        try {
          ledgers.add(load(file));
        } catch (HostException e) {
          // It was damaged, or removed meanwhile.
        }
      }
      return ledgers;
    };
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
    return pending(directory.pending());
  }

  /**
   * What a file has of a run that is not in the ledger yet.
   *
   * @throws HostException where it is not whole: no total can be told then
   */
  public static Optional<Pending> pending(WholeFile file) throws HostException {
    Optional<String> text = file.read();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(PendingText.read(text.get()));
    } catch (BadLedgerException e) {
      throw new HostException(
          Kind.FAILED,
          file.path()
              + " can't be trusted: "
              + e.getMessage()
              + ". It says how far an interrupted run of acct came; move it away, and totals go on"
              + " from what the ledger has");
    }
  }

  /** Writes down what is about to be done, before the kernel is touched. */
  void begin(Pending pending) throws HostException {
    directory.pending().write(PendingText.write(pending));
  }

  /** It is in the ledger, or nothing was done. */
  void finish() {
    tryTo(() -> directory.pending().delete());
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /** The ledger as it is on the disk. */
  Ledger ledger() throws HostException {
    return load(file);
  }

  /**
   * Brings the ledger over transactions that stand, and writes it.
   *
   * @return counters that ended, with what they came to
   * @throws HostException where it can't be written
   */
  Map<CounterId, Entry> settle(
      Pending pending,
      List<Pending.Part> standing,
      LedgerUpdate.Switches switches,
      Snapshot snapshot)
      throws HostException {
    Ledger before = load(file);
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
    tryTo(() -> keepForBoot(after));
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
          Ledger ledger = load(file);
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
