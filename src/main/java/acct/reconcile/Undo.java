package acct.reconcile;

import acct.dataplane.Capabilities;
import acct.dataplane.Dataplane;
import acct.dataplane.Executed;
import acct.dataplane.Run;
import acct.dataplane.Snapshot;
import acct.dataplane.WayBack;
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
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes the last apply back by the way that the journal keeps: rules that went come back with the
 * last values of their counters. It fits only while acct's rules are just what that apply left.
 */
public final class Undo {
  private final Dataplane dataplane;
  private final Journal journal;
  private final Totals totals;
  private final Consumer<String> notices;

  /**
   * An undo.
   *
   * @param totals that go on from what they were
   */
  public Undo(Dataplane dataplane, Journal journal, Totals totals, Consumer<String> notices) {
    this.dataplane = dataplane;
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
   * @throws HostException STALE where the rules are not what it left; else where it can't be told
   *     what stands, or that can't be written down
   */
  public UndoOutcome run(JournalEntry entry) throws HostException {
    Set<String> owners = new LinkedHashSet<>(entry.policies());
    List<WayBack> newestFirst = new ArrayList<>(ways(entry));
    Collections.reverse(newestFirst);
    Set<Family> families = families(newestFirst);
    Snapshot before = Recovery.cleaned(dataplane, dataplane.read(families), notices);
    String now = checkState(entry, before);
    warnOfLostCounters(families);
    String id = journal.beginUndo(entry, now);
    Run run = new Run(id, "undo", owners, families, totals, notices);
    return dataplane
        .takeBack(run, newestFirst, before)
        .match(
            new Executed.Cases<UndoOutcome, HostException>() {
              @Override
              public UndoOutcome whole(Executed.Whole whole) throws HostException {
                return end(id, entry, whole);
              }

              @Override
              public UndoOutcome stopped(Executed.Stopped stopped) throws HostException {
                String message = stopped.failure().getMessage();
                journal.end(id, Outcome.FAILED, message, state(entry, stopped.after()));
                int all = newestFirst.size();
                return new UndoOutcome.PartlyUndone(
                    message + "\n" + stopped.standing() + " of " + all + " steps are undone");
              }

              @Override
              public UndoOutcome nothingDone(Executed.NothingDone nothing) throws HostException {
                String message = nothing.failure().getMessage();
                journal.end(id, Outcome.UNDONE, message, state(entry, nothing.after()));
                return new UndoOutcome.NothingDone(
                    nothing.failure().kind(), message + "\nnothing was changed");
              }
            });
  }

  private UndoOutcome end(String id, JournalEntry entry, Executed.Whole whole)
      throws HostException {
    String after = state(entry, whole.after());
    boolean same = after.equals(entry.state());
    String message = same ? "" : "the rules are not quite what they were before that apply";
    journal.end(id, Outcome.APPLIED, message, whole.offsets(), after);
    return same
        ? new UndoOutcome.Undone()
        : new UndoOutcome.UndoneWithDifference(message + ": see acct plan");
  }

  /** Names the rules of an entry's policies. */
  private static String state(JournalEntry entry, Snapshot snapshot) {
    return Fingerprint.ofOwned(new LinkedHashSet<>(entry.policies()), snapshot.live());
  }

  /**
   * Whether an entry can be taken back.
   *
   * @throws HostException as {@link #run} does, before it changes anything
   */
  public static void check(JournalEntry entry, Dataplane dataplane) throws HostException {
    checkState(entry, dataplane.read(families(ways(entry))).withoutHelpers());
  }

  private static List<WayBack> ways(JournalEntry entry) throws HostException {
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

  private static Set<Family> families(List<WayBack> ways) {
    Set<Family> families = EnumSet.noneOf(Family.class);
    ways.forEach(way -> families.add(way.transaction().family()));
    return families;
  }

  /** Names the rules as they are, which must be what the entry has left. */
  private static String checkState(JournalEntry entry, Snapshot before) throws HostException {
    String now = state(entry, before);
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
      Capabilities capabilities = dataplane.capabilities(family);
      if (!capabilities.writesCounters()) {
        notices.accept(
            capabilities.name()
                + " can't write counters: rules that come back begin at zero there; their last"
                + " values stay in the journal");
      }
    }
  }
}
