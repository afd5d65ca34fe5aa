/**
 * Where rules are read from and written to: {@link acct.dataplane.Dataplane}, which is the type to
 * read first. A {@link acct.dataplane.Snapshot} is what was read, a {@link
 * acct.dataplane.Transaction} of {@link acct.dataplane.Operation}s what is written, and {@link
 * acct.dataplane.Executed} what came of it. How that is done is no business of this package: the
 * only way so far is {@link acct.dataplane.iptables}.
 */
package acct.dataplane;
