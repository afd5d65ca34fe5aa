/**
 * The dataplane of iptables. {@link acct.dataplane.iptables.IptablesDataplane} is its front; behind
 * it are the transactions of a plan, of its undo, of a zero and for the boot, the one place where a
 * transaction becomes a script ({@link acct.dataplane.iptables.Script}), shadow counters, the
 * rehearsal, and the iptables, ipset and nfacct commands. {@link acct.dataplane.iptables.Kernel} is
 * the seam between what is pure and what runs commands: tests put a model of the kernel there.
 * Nothing outside knows this package but the commands, which wire it.
 */
package acct.dataplane.iptables;
