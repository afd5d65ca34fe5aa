package acct.reconcile;

import acct.dataplane.Snapshot;
import acct.host.HostException;
import acct.plan.Plan;

/** How an apply ended. Each case has the last plan that was shown. */
public sealed interface ApplyOutcome {
  /** The last plan that was made. */
  Plan plan();

  /** Dispatches by how it ended. */
  <T> T match(Cases<T> cases);

  /**
   * The kernel is as the policies ask already; nothing was written.
   *
   * @param read what the plan was made of
   */
  record NothingToDo(Plan plan, Snapshot read) implements ApplyOutcome {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.nothingToDo(this);
    }
  }

  /** The plan has errors in its diagnostics; nothing was written. */
  record Refused(Plan plan) implements ApplyOutcome {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.refused(this);
    }
  }

  /** All is written, and was read back. */
  record Applied(Plan plan) implements ApplyOutcome {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.applied(this);
    }
  }

  /**
   * All is written, but the kernel is not as it should be then: counters that were not touched have
   * fallen, or another program goes on changing the same rules.
   */
  record AppliedWithDamage(Plan plan, String message) implements ApplyOutcome {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.appliedWithDamage(this);
    }
  }

  /**
   * Something failed, and the rules are what they were before.
   *
   * @param cause of what failed
   */
  record RolledBack(Plan plan, HostException.Kind cause, String message) implements ApplyOutcome {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.rolledBack(this);
    }
  }

  /** Something failed, and could not be taken back; the message says what stands. */
  record PartlyApplied(Plan plan, String message) implements ApplyOutcome {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.partlyApplied(this);
    }
  }

  /**
   * What to do for each end.
   *
   * @param <T> what comes out
   */
  interface Cases<T> {
    T nothingToDo(NothingToDo outcome);

    T refused(Refused outcome);

    T applied(Applied outcome);

    T appliedWithDamage(AppliedWithDamage outcome);

    T rolledBack(RolledBack outcome);

    T partlyApplied(PartlyApplied outcome);
  }
}
