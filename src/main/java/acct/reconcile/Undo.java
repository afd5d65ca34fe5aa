package acct.reconcile;

import acct.counter.Transition;
import acct.dataplane.Capabilities;
import acct.dataplane.Snapshot;
import acct.dataplane.iptables.Block;
import acct.dataplane.iptables.IptablesDataplane;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.netfilter.Family;
import acct.plan.Fingerprint;
import acct.state.Journal;
import acct.state.JournalEntry;
import acct.state.JournalText.Outcome;
import acct.text.PrintableText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes the last apply back by the way that the journal keeps: rules that went come back with the
 * last values of their counters. It fits only while acct's rules are just what that apply left.
 */
public final class Undo {
  private final IptablesDataplane host;
  private final Journal journal;
  private final Totals totals;
  private final Consumer<String> notices;

  /**
   * An undo on a machine.
   *
   * @param totals that go on from what they were
   */
  public Undo(IptablesDataplane host, Journal journal, Totals totals, Consumer<String> notices) {
    this.host = host;
    this.journal = journal;
    this.totals = totals;
    this.notices = notices;
  }

  /** What there is to undo: the last entry of which something stands. */
  public static JournalEntry last(List<JournalEntry> entries) throws HostException {
    Set<String> undone = new LinkedHashSet<>();
    List<JournalEntry> newestFirst = new ArrayList<>(entries);
    Collections.reverse(newestFirst);
    for (JournalEntry entry : newestFirst) {
      if (!entry.stands()) {
        continue;
      }
      if (entry.end().isEmpty() || entry.end().get().outcome() == Outcome.FAILED) {
        throw new HostException(
            Kind.STALE,
            "the last "
                + PrintableText.of(entry.command())
                + " ("
                + PrintableText.of(entry.time())
                + ") was cut off or failed in the middle: run acct apply first");
      }
      if (entry.undoes().isPresent()) {
        undone.add(entry.undoes().get());
      } else if (!undone.contains(entry.id())) {
        if (!undone.isEmpty()) {
          throw new HostException(
              Kind.FAILED, "the last apply is undone already; only one can be undone");
        }
        return entry;
      }
    }
    throw new HostException(
        Kind.FAILED,
        undone.isEmpty() ? "the journal has no apply to undo" : "the last apply is undone already");
  }

  /**
   * Takes an entry back.
   *
   * @throws HostException STALE where the rules are not what it left; else what failed, and what
   *     stands
   */
  public void run(JournalEntry entry) throws HostException {
    Set<String> owners = new LinkedHashSet<>(entry.policies());
    List<JournalEntry.Way> ways = ways(entry);
    Set<Family> families = families(ways);
    Snapshot before = Recovery.cleaned(host, host.read(families), notices);
    String now = checkState(entry, before);
    warnOfLostCounters(families);
    List<Block> blocks = new ArrayList<>();
    List<List<Transition>> done = new ArrayList<>();
    for (JournalEntry.Way way : ways) {
      blocks.add(0, way.block());
      done.add(0, way.done());
    }
    Job job = Job.back(blocks, done, owners, before);
    String id = journal.beginUndo(entry, now);
    Execution.Outcome outcome =
        new Execution(host, Optional.of(totals), families, owners, notices).run(id, "undo", job);
    String after = Fingerprint.ofOwned(owners, outcome.after().live());
    if (outcome.failure().isPresent()) {
      HostException e = outcome.failure().get();
      boolean nothing = outcome.standing() == 0;
      journal.end(id, nothing ? Outcome.UNDONE : Outcome.FAILED, e.getMessage(), after);
      String stands =
          nothing
              ? "nothing was changed"
              : outcome.standing() + " of " + blocks.size() + " steps are undone";
      throw new HostException(nothing ? e.kind() : Kind.LEFT, e.getMessage() + "\n" + stands);
    }
    boolean same = after.equals(entry.state());
    String message = same ? "" : "the rules are not quite what they were before that apply";
    journal.end(id, Outcome.APPLIED, message, outcome.offsets(), after);
    if (!same) {
      throw new HostException(Kind.LEFT, message + ": see acct plan");
    }
  }

  /**
   * Whether an entry can be taken back.
   *
   * @throws HostException as {@link #run} does, before it changes anything
   */
  public static void check(JournalEntry entry, IptablesDataplane host) throws HostException {
    checkState(entry, host.read(families(ways(entry))).withoutHelpers());
  }

  private static List<JournalEntry.Way> ways(JournalEntry entry) throws HostException {
    return entry
        .undo()
        .orElseThrow(
            () ->
                new HostException(
                    Kind.FAILED,
                    "the journal does not say how to take the apply of "
                        + entry.time()
                        + " back: its line is damaged, or an earlier version of acct wrote it"));
  }

  private static Set<Family> families(List<JournalEntry.Way> ways) {
    Set<Family> families = EnumSet.noneOf(Family.class);
    ways.forEach(way -> families.add(way.block().family()));
    return families;
  }

  /** Names the rules as they are, which must be what the entry has left. */
  private static String checkState(JournalEntry entry, Snapshot before) throws HostException {
    Set<String> owners = new LinkedHashSet<>(entry.policies());
    String now = Fingerprint.ofOwned(owners, before.live());
    if (!now.equals(entry.end().orElseThrow().state())) {
      throw new HostException(
          Kind.STALE,
          "the rules of "
              + PrintableText.of(String.join(", ", entry.policies()))
              + " are not what the apply of "
              + PrintableText.of(entry.time())
              + " left: nothing was undone");
    }
    return now;
  }

  private void warnOfLostCounters(Set<Family> families) throws HostException {
    for (Family family : families) {
      Capabilities capabilities = host.capabilities(family);
      if (!capabilities.writesCounters()) {
        notices.accept(
            capabilities.name()
                + " can't write counters: rules that come back begin at zero there; their last"
                + " values stay in the journal");
      }
    }
  }
}
