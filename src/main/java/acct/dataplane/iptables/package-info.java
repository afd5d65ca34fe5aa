/**
 * What acct writes into the kernel by iptables-restore: transactions made of typed commands, and
 * the one place where they become text ({@link acct.dataplane.iptables.Block}). A plan, its undo,
 * the script for the boot, shadow counters and zeroing are all made of these. No commands are run
 * here. Read {@link acct.dataplane.iptables.ScriptCommand} first.
 */
package acct.dataplane.iptables;
