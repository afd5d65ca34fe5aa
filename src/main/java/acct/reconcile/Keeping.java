package acct.reconcile;

import acct.dataplane.Recorder;
import acct.state.Journal;
import acct.state.StateDirectory;
import java.util.Optional;

/**
 * What acct keeps of what it does; each only where there is a state directory that can be written.
 *
 * @param journal where it is written down
 * @param totals what counters have come to
 * @param evidence where that of a failure is left
 */
public record Keeping(
    Optional<Journal> journal, Optional<Totals> totals, Optional<StateDirectory> evidence) {
  /** Keeps how far an execution has come. */
  Recorder recorder() {
    return totals.isPresent() ? totals.get() : Recorder.NONE;
  }

  /** Nothing is kept. */
  public static final Keeping NOTHING =
      new Keeping(Optional.empty(), Optional.empty(), Optional.empty());
}
