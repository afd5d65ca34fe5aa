package acct.counter;

import acct.netfilter.Counters;
import java.time.Instant;
import java.util.Optional;

/**
 * What the ledger knows of one counter. Its total is {@code base} and what the kernel has now.
 *
 * @param base what it counted before the kernel's counter began
 * @param seen the kernel's counter when it was last read
 * @param since when the count began
 * @param begunThen whether the count began at zero then; else the rule was found, with what it had
 * @param resets how often the kernel's counter began anew, and what it had is in the base
 * @param lastReset when that was last noticed
 * @param policyName what the policy calls its rule, where the kernel's comment is another or none
 */
public record Entry(
    Amount base,
    Counters seen,
    Instant since,
    boolean begunThen,
    int resets,
    Optional<Instant> lastReset,
    Optional<String> policyName) {
  Entry(Amount base, Counters seen, Instant since, boolean begunThen) {
    this(base, seen, since, begunThen, 0, Optional.empty(), Optional.empty());
  }

  /** A rule that acct has written, whose counter begins at zero. */
  static Entry begun(Instant at) {
    return new Entry(Amount.ZERO, Counters.ZERO, at, true);
  }

  /** A rule that was there already. */
  static Entry found(Counters counters, Instant at) {
    return new Entry(Amount.ZERO, counters, at, counters.isZero());
  }

  /** Its address by the name that acct shows, where the kernel's comment is another. */
  public CounterId shown(CounterId address) {
    return policyName.isEmpty()
        ? address
        : new CounterId.Rule(address.family(), address.table(), address.chain(), policyName.get());
  }

  public Amount total() {
    return base.plus(Amount.of(seen));
  }

  Entry with(Amount otherBase, Counters nowSeen) {
    return new Entry(otherBase, nowSeen, since, begunThen, resets, lastReset, policyName);
  }

  Entry called(Optional<String> name) {
    return new Entry(base, seen, since, begunThen, resets, lastReset, name);
  }

  /** The kernel's counter went on; one that wrapped at 2^64 is carried over. */
  public Entry wentOn(Counters now) {
    Amount wrapped =
        new Amount(Wrap.over(seen.packets(), now.packets()), Wrap.over(seen.bytes(), now.bytes()));
    return with(base.plus(wrapped), now);
  }

  /** It began anew, and has come to {@code now}. */
  Entry beganAnew(Counters now, Instant at) {
    return new Entry(total(), now, since, begunThen, resets + 1, Optional.of(at), policyName);
  }

  /** It was written with another value, and the total goes on from what it was. */
  Entry rewritten(Counters now) {
    return with(total().minus(Amount.of(now)), now);
  }

  boolean hasFallen(Counters now) {
    return Wrap.hasFallen(seen.packets(), now.packets())
        || Wrap.hasFallen(seen.bytes(), now.bytes());
  }
}
