/**
 * From policies to the ruleset they ask for: lists become rules, families part, and what can't be
 * or must not be is reported at its place. Pure.
 */
package acct.compile;
