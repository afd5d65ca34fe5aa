/**
 * What is counted and what it adds up to: the identity of counters, readings of the kernel, the
 * ledger that goes on where the kernel begins anew, rates and tables of use. How a counter changes
 * by what acct writes is a {@link acct.counter.Transition}, which plans make; plans themselves are
 * not known here. Start with {@link acct.counter.CounterId} and {@link acct.counter.Ledger}. Pure:
 * no files, no commands, no clock.
 */
package acct.counter;
