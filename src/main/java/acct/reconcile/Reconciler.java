package acct.reconcile;

import acct.compile.Desired;
import acct.counter.CounterReading;
import acct.counter.KnownNames;
import acct.dataplane.Dataplane;
import acct.dataplane.Snapshot;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.plan.Fingerprint;
import acct.plan.Intent;
import acct.plan.Plan;
import acct.state.SavedPlan;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Closes the difference between what the policies ask for and what the kernel has.
 *
 * <ol>
 *   <li>Resolve what an interrupted run has left ({@link Recovery}).
 *   <li>Read the live ruleset of each family, and plan ({@link Planner}). Nothing to do: done, and
 *       nothing is written.
 *   <li>Rehearse the plan where it touches nothing. What is refused there is told.
 *   <li>Carry it out, look again, and take back what can't stay ({@link Attempt}).
 *   <li>Where another program has changed the same rules meanwhile, plan again, a few times.
 * </ol>
 */
public final class Reconciler {
  /** How often to plan again while another program changes what was read. */
  private static final int MOST_AGAIN = 3;

  private final ReconcileContext context;
  private final Planner planner;

  /**
   * A loop for these policies on a machine.
   *
   * @param intent what is asked for beyond them
   * @param keeping where what is done is kept
   * @param rehearses whether a plan is tried before it is carried out
   * @param known names of live rules, where nothing is kept that would tell them
   * @param listener is told what happens on the way
   */
  public Reconciler(
      Desired desired,
      Intent intent,
      Dataplane dataplane,
      Keeping keeping,
      boolean rehearses,
      KnownNames known,
      ReconcileEvent.Listener listener) {
    this.context = new ReconcileContext(desired, dataplane, keeping, listener);
    this.planner = new Planner(context, intent, rehearses, known);
  }

  /** Reads and plans. */
  public Plan plan() throws HostException {
    return planner.complete(planner.read());
  }

  /**
   * The plan against dumps.
   *
   * @param live what the dumps show
   */
  public Plan plan(List<LiveRuleset> live) throws HostException {
    return planner.rehearsed(new Snapshot(live, Map.of()));
  }

  /** Is given a plan before anything is written. */
  public interface Shown {
    /**
     * Shows it.
     *
     * @throws HostException where it is not to be carried out
     */
    void show(Plan plan) throws HostException;
  }

  /**
   * Applies.
   *
   * @param shown is given the plan before anything is written, and each that is made later
   * @throws HostException where something failed before anything was written, or it can't be told
   *     or written down what stands; the message says which
   */
  public ApplyOutcome apply(Shown shown) throws HostException {
    Snapshot before = begin(context.desired().required());
    Optional<CounterReading> reading = checkTotals(before);
    Plan plan = planner.complete(before);
    shown.show(plan);
    for (int more = MOST_AGAIN; ; more--) {
      if (plan.isRefused()) {
        return new ApplyOutcome.Refused(plan);
      }
      if (!plan.isChanged()) {
        notice(plan, reading);
        return new ApplyOutcome.NothingToDo(plan, before);
      }
      Attempt.Result result = new Attempt(context, planner, plan, before).run();
      if (result.again() == Attempt.Again.NO || more == 0) {
        return result.outcome();
      }
      before = readAgain(result);
      reading = checkTotals(before);
      Plan again = planner.rehearsed(before);
      boolean moved =
          result.again() == Attempt.Again.YES
              || !Fingerprint.of(again).equals(Fingerprint.of(plan));
      if (!moved || again.isRefused()) {
        return result.outcome();
      }
      context.notices().accept(result.message());
      context.notices().accept("the ruleset has changed since it was read; planning again");
      shown.show(again);
      plan = again;
    }
  }

  /** Reads after something failed; when that fails too, what failed first is not forgotten. */
  private Snapshot readAgain(Attempt.Result first) throws HostException {
    try {
      return planner.read();
    } catch (HostException e) {
      throw new HostException(
          e.kind(), first.message() + "\nand reading again failed: " + e.getMessage());
    }
  }

  /** Resolves what an interrupted run has left, and reads. */
  private Snapshot begin(Set<Family> required) throws HostException {
    Dataplane dataplane = context.dataplane();
    Recovery.run(dataplane, context.keeping(), context.notices());
    return Recovery.cleaned(dataplane, dataplane.read(required), context.notices());
  }

  /**
   * Whether the totals are of these counters: told before anything is changed.
   *
   * @return the counters, where totals are kept
   * @throws HostException where they are another backend's, or another namespace's
   */
  private Optional<CounterReading> checkTotals(Snapshot before) throws HostException {
    Optional<Totals> totals = context.keeping().totals();
    return totals.isPresent() ? Optional.of(totals.get().check(before)) : Optional.empty();
  }

  /**
   * Carries out a plan that was saved, where policies and host still give the same plan.
   *
   * @param shown is given the plan before anything is written
   * @throws HostException STALE where they give another; else as {@link #apply(Shown)} does
   */
  public ApplyOutcome apply(SavedPlan saved, Shown shown) throws HostException {
    Set<Family> families = EnumSet.noneOf(Family.class);
    families.addAll(saved.families());
    Snapshot before = begin(families).only(families);
    checkTotals(before);
    Plan plan = planner.difference(before);
    checkFresh(saved, plan);
    plan = planner.rehearsed(plan, before);
    shown.show(plan);
    if (plan.isRefused()) {
      return new ApplyOutcome.Refused(plan);
    }
    return plan.isChanged()
        ? new Attempt(context, planner, plan, before).run().outcome()
        : new ApplyOutcome.NothingToDo(plan, before);
  }

  private static void checkFresh(SavedPlan saved, Plan plan) throws HostException {
    Fingerprint now = Fingerprint.of(plan);
    if (!now.equals(saved.fingerprint())) {
      throw new HostException(
          Kind.STALE,
          "the saved plan is stale: "
              + (now.base().equals(saved.fingerprint().base())
                  ? "rules beside acct's jumps have changed since"
                  : "acct's rules, the backend or its version are not what it was made from (or it"
                      + " was applied already)")
              + "; nothing was done, plan again");
    }
  }

  /**
   * Nothing is to be done, but counters may have begun anew: the sooner known, the less is lost.
   */
  private void notice(Plan plan, Optional<CounterReading> reading) {
    context
        .keeping()
        .totals()
        .ifPresent(totals -> totals.notice(reading.orElseThrow(), plan.policyNames()));
  }
}
