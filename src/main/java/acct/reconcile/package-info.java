/** The loop: read, plan, apply, look again. */
package acct.reconcile;
