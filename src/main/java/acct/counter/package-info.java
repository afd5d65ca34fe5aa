/**
 * What is counted, and what it is called. Start with {@link acct.counter.CounterId}. Pure: no
 * files, no commands, no clock.
 */
package acct.counter;
