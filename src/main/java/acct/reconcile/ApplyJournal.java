package acct.reconcile;

import acct.counter.Offset;
import acct.dataplane.Snapshot;
import acct.dataplane.WayBack;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.Tokens;
import acct.plan.Plan;
import acct.state.JournalText.Outcome;
import java.util.List;

/** What an apply writes into the journal, where there is one: before, and at its end. */
final class ApplyJournal {
  private final ReconcileContext context;

  ApplyJournal(ReconcileContext context) {
    this.context = context;
  }

  /** Writes what is about to be done; returns the id, also where there is no journal. */
  String begin(Plan plan, List<WayBack> ways, Snapshot before) throws HostException {
    if (context.keeping().journal().isEmpty()) {
      return Tokens.next();
    }
    try {
      return context.keeping().journal().get().begin(plan, ways, context.state(before));
    } catch (HostException e) {
      throw new HostException(
          Kind.LEFT,
          e.getMessage() + "; nothing was changed: make room there, or name another --state-dir");
    }
  }

  void end(String id, Outcome outcome, String message, Snapshot now) throws HostException {
    end(id, outcome, message, List.of(), now);
  }

  void end(String id, Outcome outcome, String message, List<Offset> offsets, Snapshot now)
      throws HostException {
    if (context.keeping().journal().isEmpty()) {
      return;
    }
    try {
      context.keeping().journal().get().end(id, outcome, message, offsets, context.state(now));
    } catch (HostException e) {
      throw new HostException(
          Kind.LEFT,
          (message.isEmpty() ? "" : message + "\n")
              + e.getMessage()
              + "; the rules are "
              + (outcome == Outcome.APPLIED ? "changed" : "as the last message says")
              + ", and only the journal lacks how it ended");
    }
  }
}
