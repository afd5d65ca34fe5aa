package acct.reconcile;

import acct.dataplane.Executed;
import acct.dataplane.Snapshot;
import acct.dataplane.WayBack;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.plan.Plan;
import acct.state.JournalText.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Carries one plan out: writes it into the journal, executes it, looks at the kernel again, and
 * takes back what can't stay.
 */
final class Attempt {
  private final ReconcileContext context;
  private final Planner planner;
  private final ApplyJournal journal;
  private final Plan plan;
  private final Snapshot before;
  private final List<WayBack> ways;

  Attempt(ReconcileContext context, Planner planner, Plan plan, Snapshot before) {
    this.context = context;
    this.planner = planner;
    this.journal = new ApplyJournal(context);
    this.plan = plan;
    this.before = before;
    this.ways = context.dataplane().waysBack(plan);
  }

  /** Whether to plan again. */
  enum Again {
    NO,
    /** Where another plan comes out: then the ruleset has moved, and that is why it failed. */
    IF_PLAN_DIFFERS,
    /** Another program has changed the same rules meanwhile. */
    YES
  }

  /**
   * How it ended.
   *
   * @param message of a failure
   */
  record Result(ApplyOutcome outcome, Again again, String message) {}

  /**
   * Runs it.
   *
   * @throws HostException where it can't be told what stands, or that can't be written down
   */
  Result run() throws HostException {
    String id = journal.begin(plan, ways, before);
    Executed executed = context.dataplane().execute(context.run(id), plan, before);
    return executed.match(
        new Executed.Cases<Result, HostException>() {
          @Override
          public Result whole(Executed.Whole whole) throws HostException {
            return verify(id, whole);
          }

          @Override
          public Result stopped(Executed.Stopped stopped) throws HostException {
            HostException failure = stopped.failure();
            return takeBack(id, stopped, failure.kind(), failure.getMessage(), "");
          }

          @Override
          public Result nothingDone(Executed.NothingDone nothing) throws HostException {
            String message = nothing.failure().getMessage() + "\nnothing was changed";
            journal.end(id, Outcome.UNDONE, message, nothing.after());
            return rolledBack(nothing.failure().kind(), message);
          }
        });
  }

  private Result rolledBack(Kind cause, String message) {
    Again again = cause == Kind.LEFT ? Again.NO : Again.IF_PLAN_DIFFERS;
    return new Result(new ApplyOutcome.RolledBack(plan, cause, message), again, message);
  }

  private Result damaged(String message, Again again) {
    return new Result(new ApplyOutcome.AppliedWithDamage(plan, message), again, message);
  }

  private Result verify(String id, Executed.Whole whole) throws HostException {
    Snapshot after = whole.after();
    context.keeping().totals().ifPresent(totals -> totals.tidy(plan, after));
    Optional<String> wrong = Verification.unfinished(planner.difference(after));
    Optional<String> others = Verification.othersChanged(plan, before, after);
    if (wrong.isPresent() && others.isPresent()) {
      String message = others.get() + ", and " + wrong.get();
      journal.end(id, Outcome.APPLIED, message, whole.offsets(), after);
      return damaged(message, Again.YES);
    }
    FailureFiles files = new FailureFiles(context, plan, before, after);
    if (wrong.isPresent()) {
      return takeBack(id, whole, Kind.LEFT, wrong.get(), files.leave(wrong.get()));
    }
    List<String> fallen = Verification.fallen(plan, before, after);
    if (!fallen.isEmpty()) {
      String message = fallen(fallen) + files.leave("counters fell");
      journal.end(id, Outcome.APPLIED, message, whole.offsets(), after);
      return damaged(message, Again.NO);
    }
    others.ifPresent(context.notices());
    journal.end(id, Outcome.APPLIED, "", whole.offsets(), after);
    boolean inJournal = context.keeping().journal().isPresent();
    context.listener().on(new ReconcileEvent.Carried(whole.offsets(), inJournal));
    return new Result(new ApplyOutcome.Applied(plan), Again.NO, "");
  }

  private static String fallen(List<String> fallen) {
    return "applied, but counters that were not touched are smaller than before (another program"
        + " zeroed them, or iptables lost them): "
        + String.join("; ", fallen);
  }

  /**
   * Takes back what stands.
   *
   * @param cause of the failure
   * @param why it is taken back
   * @param more what is said at the end
   */
  private Result takeBack(String id, Executed executed, Kind cause, String why, String more)
      throws HostException {
    List<WayBack> back = new ArrayList<>(ways.subList(0, executed.standing()));
    Collections.reverse(back);
    Executed undone =
        context.dataplane().takeBack(context.run(TakeBack.id(id)), back, executed.after());
    boolean whole = undone.standing() == back.size();
    String message = why + "\n" + report(back, undone) + more;
    journal.end(id, whole ? Outcome.UNDONE : Outcome.FAILED, message, undone.after());
    return whole
        ? rolledBack(cause, message)
        : new Result(new ApplyOutcome.PartlyApplied(plan, message), Again.NO, message);
  }

  private String report(List<WayBack> back, Executed undone) {
    return undone.match(
        new Executed.Cases<String, RuntimeException>() {
          @Override
          public String whole(Executed.Whole whole) {
            return "undone: " + names(back) + "; the rules are what they were before";
          }

          @Override
          public String stopped(Executed.Stopped stopped) {
            return stuck(back, stopped.standing(), stopped.failure());
          }

          @Override
          public String nothingDone(Executed.NothingDone nothing) {
            return stuck(back, 0, nothing.failure());
          }
        });
  }

  private static String stuck(List<WayBack> back, int undone, HostException failure) {
    List<WayBack> standing = new ArrayList<>(back.subList(undone, back.size()));
    Collections.reverse(standing);
    return "could not undo "
        + names(List.of(back.get(undone)))
        + " ("
        + failure.getMessage()
        + "); what stands of the change: "
        + names(standing);
  }

  private static String names(List<WayBack> ways) {
    List<String> names = new ArrayList<>();
    for (WayBack way : ways) {
      names.add(way.transaction().family().label() + " " + way.transaction().table());
    }
    return String.join(", ", names);
  }
}
