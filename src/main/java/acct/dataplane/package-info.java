/**
 * What reads the kernel's rules and writes them, whichever way: {@link acct.dataplane.Snapshot} is
 * what was read. The only way so far is {@link acct.dataplane.iptables}.
 */
package acct.dataplane;
