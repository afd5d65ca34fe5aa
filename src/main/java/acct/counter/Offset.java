package acct.counter;

import acct.netfilter.Counters;

/**
 * What a rule's kernel counter lacks since it was carried: its total is the counter and this.
 *
 * @param counter of the rule as it is written now
 */
public record Offset(CounterId counter, Counters lacks) {}
