package acct.counter;

import java.math.BigInteger;

/** Kernel counters wrap at 2^64 without a word. */
final class Wrap {
  /**
   * A counter that falls from within this of 2^64 to below it has wrapped: 2^56 bytes take 66 days
   * at 100 Gbit/s.
   */
  private static final long NEAR = 1L << 56;

  private Wrap() {}

  private static boolean isWrap(long before, long now) {
    return Long.compareUnsigned(before, -NEAR) >= 0 && Long.compareUnsigned(now, NEAR) < 0;
  }

  static boolean hasFallen(long before, long now) {
    return Long.compareUnsigned(now, before) < 0 && !isWrap(before, now);
  }

  static BigInteger over(long before, long now) {
    return isWrap(before, now) ? BigInteger.ONE.shiftLeft(Long.SIZE) : BigInteger.ZERO;
  }
}
