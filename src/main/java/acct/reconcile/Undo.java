package acct.reconcile;

import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.netfilter.Backend;
import acct.netfilter.Family;
import acct.plan.Fingerprint;
import acct.text.PrintableText;
import acct.view.JournalEntry;
import acct.view.JournalView.Outcome;
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
  private final Host host;
  private final Journal journal;
  private final Totals totals;
  private final Consumer<String> notices;

  /**
   * An undo on a machine.
   *
   * @param totals that go on from what they were
   */
  public Undo(Host host, Journal journal, Totals totals, Consumer<String> notices) {
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
    Set<Family> families = EnumSet.noneOf(Family.class);
    for (JournalEntry.Script script : entry.undo()) {
      families.add(script.family());
    }
    Snapshot before = host.read(families);
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
    warnOfLostCounters(families);
    totals.beforeUndo(before);
    String id = journal.beginUndo(entry, now);
    List<JournalEntry.Script> back = new ArrayList<>(entry.undo());
    Collections.reverse(back);
    int done = 0;
    try {
      for (JournalEntry.Script script : back) {
        host.iptables(script.family()).restore(script.text());
        done++;
      }
    } catch (HostException e) {
      String stands =
          done == 0 ? "nothing was changed" : done + " of " + back.size() + " steps are undone";
      String state = state(owners, families);
      journal.end(id, done == 0 ? Outcome.UNDONE : Outcome.FAILED, e.getMessage(), state);
      throw new HostException(done == 0 ? e.kind() : Kind.LEFT, e.getMessage() + "\n" + stands);
    }
    Snapshot read = host.read(families);
    Set<String> rewritten = new LinkedHashSet<>();
    entry.changes().forEach(change -> rewritten.add(change.address()));
    totals.putBack(read, rewritten);
    String after = Fingerprint.ofOwned(owners, read.live());
    boolean same = after.equals(entry.state());
    String message = same ? "" : "the rules are not quite what they were before that apply";
    journal.end(id, Outcome.APPLIED, message, after);
    if (!same) {
      throw new HostException(Kind.LEFT, message + ": see acct plan");
    }
  }

  private String state(Set<String> owners, Set<Family> families) throws HostException {
    return Fingerprint.ofOwned(owners, host.read(families).live());
  }

  private void warnOfLostCounters(Set<Family> families) throws HostException {
    for (Family family : families) {
      Backend backend = host.iptables(family).backend();
      if (!backend.writesCounters(family)) {
        notices.accept(
            host.iptables(family).restoreCommand()
                + " "
                + backend.version()
                + " can't write counters: rules that come back begin at zero there; their last"
                + " values stay in the journal");
      }
    }
  }
}
