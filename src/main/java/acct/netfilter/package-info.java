/**
 * The language of iptables: dumps, rules, their canonical form, and the words they are written in.
 *
 * <p>Pure: no I/O, no clock, no logging. Text from and for the kernel is <em>bytes</em>, one {@code
 * char} (0–255) each, as ISO-8859-1 reads them: iptables cuts a comment at 255 bytes, in the middle
 * of a UTF-8 character if it falls so, and what was cut must be written back as it was read.
 */
package acct.netfilter;
