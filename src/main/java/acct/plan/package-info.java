/**
 * Desired against live: the smallest change that makes them agree, with the fate of every counter.
 * Pure: the same inputs give the same plan, byte for byte.
 */
package acct.plan;
