/**
 * What counters add up to: a counter's total is what the kernel has now and what the ledger holds
 * from before. Pure: no files, no clock.
 */
package acct.totals;
