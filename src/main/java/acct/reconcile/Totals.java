package acct.reconcile;

import acct.host.Epoch;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.StateDirectory;
import acct.host.WholeFile;
import acct.netfilter.Backend;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.plan.Address;
import acct.plan.Counted;
import acct.plan.Differ;
import acct.plan.Plan;
import acct.text.PrintableText;
import acct.totals.Amount;
import acct.totals.Applied;
import acct.totals.Entry;
import acct.totals.Ledger;
import acct.totals.LedgerText;
import acct.totals.LedgerText.BadLedgerException;
import acct.totals.Look;
import acct.totals.Reset;
import acct.view.BootScript;
import acct.view.JournalEntry;
import acct.view.JournalNote;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
  Look look(Snapshot snapshot, Ledger ledger) throws HostException {
    List<Differ.Live> live = snapshot.live();
    return look(live, Look.chains(live, ledger), ledger, clock);
  }

  /**
   * The counters of live rulesets, to be observed by a ledger.
   *
   * @param chains of them, by {@link Look#chains}
   * @throws HostException where the ledger is of the other backend: there nothing of acct's would
   *     be found, and everything be taken for gone
   */
  public static Look look(
      List<Differ.Live> live, List<Counted.Chain> chains, Ledger ledger, Clock clock)
      throws HostException {
    Set<Family> families = EnumSet.noneOf(Family.class);
    live.forEach(one -> families.add(one.family()));
    Backend.Kind backend = Backend.Kind.NFT;
    for (Differ.Live one : live) {
      backend = one.backend().map(Backend::kind).orElse(backend);
    }
    if (Epoch.isOfAnother(ledger.epoch(), backend)) {
      throw new HostException(
          Kind.FAILED,
          "the totals are those of the other backend's counters, and this is "
              + backend.label()
              + ": name the iptables command that the last apply had with --iptables, or in"
              + " ACCT_IPTABLES");
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return Look.of(Epoch.now(backend), now, families, chains);
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
    Look look = look(snapshot, ledger);
    if (look.counters().isEmpty()) {
      return new Ledger.Observed(ledger, List.of());
    }
    Ledger.Observed observed = ledger.observe(look, manner);
    keep(observed);
    return observed;
  }

  /** Whether all is there that was kept for the boot: what is missing, others have taken away. */
  private boolean isWholeForBoot(Snapshot snapshot) throws HostException {
    for (Differ.Live live : snapshot.live()) {
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
  List<String> missing(Differ.Live live) throws HostException {
    List<String> missing = new ArrayList<>();
    BootScript.chains(forBoot(live.family()).orElse(""))
        .forEach(
            (table, chains) -> {
              for (ChainName chain : chains) {
                if (live.ruleset().table(table).chain(chain).isEmpty()) {
                  missing.add(table + "/" + chain);
                }
              }
            });
    return missing;
  }

  /** Writes what brings acct's chains back at the boot, where it has changed. */
  private void keepForBoot(Snapshot snapshot) throws HostException {
    for (Differ.Live live : snapshot.live()) {
      String script = BootScript.of(live);
      String restore = live.name().replaceFirst("-save$", "-restore");
      String text = script.isEmpty() ? "" : "# " + restore + "\n" + script;
      WholeFile boot = directory.boot(live.family());
      if (!boot.read().orElse("").equals(text)) {
        boot.write(text);
      }
    }
  }

  /** The script of a family, if the last snapshot found something of acct's there. */
  Optional<String> forBoot(Family family) throws HostException {
    return directory.boot(family).read().filter(text -> !text.isEmpty());
  }

  /** Keeps the ledger where counters have begun anew, and else leaves it alone. */
  void notice(Plan plan, Snapshot snapshot) {
    tryTo(
        () -> {
          Ledger.Observed observed = counted(snapshot);
          Ledger named = observed.ledger().named(plan);
          if (!observed.resets().isEmpty() || !named.equals(observed.ledger())) {
            keep(new Ledger.Observed(named, observed.resets()));
          }
        });
  }

  private Ledger.Observed counted(Snapshot snapshot) throws HostException {
    Ledger ledger = load(file);
    return ledger.observe(look(snapshot, ledger), Ledger.Manner.COUNTED);
  }

  /** Replaces the ledger by another, which counts on from there. */
  void keep(Ledger.Observed observed) throws HostException {
    file.write(LedgerText.write(observed.ledger()));
    journal.note(JournalNote.Event.RESET, resets(observed.resets()));
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

  /** Brings the ledger over an apply. */
  void applied(Plan plan, Snapshot before, Snapshot after, List<JournalEntry.Offset> offsets) {
    tryTo(
        () -> {
          Ledger.Observed first = counted(before);
          Ledger.Observed then =
              Applied.of(
                  first.ledger(), plan, byAddress(plan, offsets), look(after, first.ledger()));
          List<Reset> resets = new ArrayList<>(first.resets());
          resets.addAll(then.resets());
          keep(new Ledger.Observed(then.ledger(), resets));
          journal.note(JournalNote.Event.ENDED, lines(then.ledger().closed()));
          keepForBoot(after);
        });
  }

  private static Map<Address, Counters> byAddress(Plan plan, List<JournalEntry.Offset> offsets) {
    Map<String, Counters> named = new HashMap<>();
    for (JournalEntry.Offset offset : offsets) {
      named.put(offset.address(), offset.counters());
    }
    Map<Address, Counters> byAddress = new HashMap<>();
    for (Plan.Located located : plan.changes()) {
      Optional.ofNullable(named.get(located.address().toString()))
          .ifPresent(counters -> byAddress.put(located.address(), counters));
    }
    return byAddress;
  }

  private static List<JournalNote.Line> lines(Map<Address, Entry> entries) {
    List<JournalNote.Line> lines = new ArrayList<>(entries.size());
    entries.forEach(
        (address, entry) -> {
          String since = (entry.begunThen() ? "since " : "since before ") + entry.since();
          lines.add(new JournalNote.Line(address.toString(), entry.total(), since));
        });
    return lines;
  }

  /** Brings it over what acct has taken back: the ledger knows nothing of it yet. */
  void takenBack(Snapshot after) {
    tryTo(() -> observeOnly(after, Ledger.Manner.TAKEN_BACK));
  }

  /** Reads once more before an undo. */
  void beforeUndo(Snapshot before) {
    tryTo(() -> observeOnly(before, Ledger.Manner.COUNTED));
  }

  /**
   * Brings it over an undo.
   *
   * @param rewritten addresses of counters that it has written with a value
   */
  void putBack(Snapshot after, Set<String> rewritten) {
    tryTo(
        () -> {
          Ledger ledger = load(file);
          Ledger.PutBack done = ledger.putBack(look(after, ledger), rewritten);
          file.write(LedgerText.write(done.ledger()));
          journal.note(JournalNote.Event.ENDED, lines(done.ended()));
          keepForBoot(after);
        });
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

  /**
   * Writes down what counters have come to that are about to be set to zero: should acct not live
   * to say what they had exactly, this is what is known.
   *
   * @return the id of the note
   */
  String noteZeroing(Map<Address, Entry> had) throws HostException {
    return journal.note(JournalNote.Event.ZEROED, lines(had));
  }

  /** Writes down what they had exactly, in the place of that note, and counts on from there. */
  void keepZeroed(String note, Ledger ledger, List<Zeroing.Zeroed> zeroed) throws HostException {
    file.write(LedgerText.write(ledger));
    Map<Address, Entry> had = new LinkedHashMap<>();
    zeroed.forEach(one -> had.put(one.address(), one.before()));
    journal.note(note, JournalNote.Event.ZEROED, lines(had));
  }

  /** Writes in the place of a note that nothing was zeroed after all. */
  void noteFailure(String note) throws HostException {
    journal.note(note, JournalNote.Event.ZERO_FAILED, List.of());
  }
}
