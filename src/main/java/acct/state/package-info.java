/**
 * What acct keeps on disk: the state directory with its lock, the journal and the way back that
 * stands in it, saved plans, earlier ledgers. What a ledger is, {@link acct.counter} knows; when it
 * is written, {@link acct.reconcile}. Start with {@link acct.state.StateDirectory}.
 */
package acct.state;
