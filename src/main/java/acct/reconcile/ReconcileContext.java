package acct.reconcile;

import acct.compile.Desired;
import acct.dataplane.Dataplane;
import acct.dataplane.Run;
import acct.dataplane.Snapshot;
import acct.plan.Fingerprint;
import java.util.function.Consumer;

/**
 * What is reconciled with what, and who is told.
 *
 * @param desired what the policies ask for
 * @param keeping where what is done is kept
 * @param listener is told what happens on the way
 */
record ReconcileContext(
    Desired desired, Dataplane dataplane, Keeping keeping, ReconcileEvent.Listener listener) {
  /** For sentences. */
  Consumer<String> notices() {
    return message -> listener.on(new ReconcileEvent.Notice(message));
  }

  /** What an execution under an id is for. */
  Run run(String id) {
    return new Run(
        id, "apply", desired.owners(), desired.required(), keeping.recorder(), notices());
  }

  /** Names the rules that the policies have in a snapshot. */
  String state(Snapshot snapshot) {
    return Fingerprint.ofOwned(desired.owners(), snapshot.live());
  }
}
