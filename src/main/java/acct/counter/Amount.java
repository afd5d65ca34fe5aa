package acct.counter;

import acct.netfilter.Counters;
import java.math.BigInteger;

/**
 * A sum of packets and bytes. It has no upper bound, as the kernel's counters have; below zero it
 * is only as what a ledger adds to a kernel counter that was larger when its count began.
 */
public record Amount(BigInteger packets, BigInteger bytes) {
  public static final Amount ZERO = new Amount(BigInteger.ZERO, BigInteger.ZERO);

  /** What a kernel counter says, unsigned. */
  public static Amount of(Counters counters) {
    return new Amount(unsigned(counters.packets()), unsigned(counters.bytes()));
  }

  private static BigInteger unsigned(long value) {
    BigInteger number = BigInteger.valueOf(value);
    return value >= 0 ? number : number.add(BigInteger.ONE.shiftLeft(Long.SIZE));
  }

  public Amount plus(Amount other) {
    return new Amount(packets.add(other.packets), bytes.add(other.bytes));
  }

  public Amount minus(Amount other) {
    return new Amount(packets.subtract(other.packets), bytes.subtract(other.bytes));
  }

  public boolean isZero() {
    return packets.signum() == 0 && bytes.signum() == 0;
  }
}
