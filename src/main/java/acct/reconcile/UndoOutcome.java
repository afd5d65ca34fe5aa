package acct.reconcile;

import acct.host.HostException;

/** How an undo ended. */
public sealed interface UndoOutcome {
  /** Dispatches by how it ended. */
  <T> T match(Cases<T> cases);

  /** All is taken back, and the rules are what they were before the apply. */
  record Undone() implements UndoOutcome {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.undone(this);
    }
  }

  /** All is taken back, but the rules are not quite what they were before the apply. */
  record UndoneWithDifference(String message) implements UndoOutcome {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.undoneWithDifference(this);
    }
  }

  /** Something failed in the middle; the message says what stands. */
  record PartlyUndone(String message) implements UndoOutcome {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.partlyUndone(this);
    }
  }

  /**
   * Something failed before anything was changed.
   *
   * @param cause of what failed
   */
  record NothingDone(HostException.Kind cause, String message) implements UndoOutcome {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.nothingDone(this);
    }
  }

  /**
   * What to do for each end.
   *
   * @param <T> what comes out
   */
  interface Cases<T> {
    T undone(Undone outcome);

    T undoneWithDifference(UndoneWithDifference outcome);

    T partlyUndone(PartlyUndone outcome);

    T nothingDone(NothingDone outcome);
  }
}
