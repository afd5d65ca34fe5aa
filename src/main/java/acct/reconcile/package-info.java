/**
 * The use cases, as named steps with typed outcomes: plan and apply ({@link
 * acct.reconcile.Reconciler}, the type to read first), undo, zero, snapshot, restore, and reading
 * what was counted. They know a dataplane and what acct keeps on disk; not how rules are written,
 * and not how anything is shown: a listener is told what happens ({@link
 * acct.reconcile.ReconcileEvent}).
 */
package acct.reconcile;
