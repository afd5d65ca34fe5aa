/**
 * The reconcile loop as a service: when to compare, when to wait, and what the status says. What is
 * compared and corrected is {@code acct.reconcile}'s; what wires both is a command's.
 */
package acct.agent;
