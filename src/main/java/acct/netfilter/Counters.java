package acct.netfilter;

/**
 * What a rule or a built-in chain has counted: two unsigned 64-bit numbers that wrap silently.
 *
 * @param packets packets, unsigned
 * @param bytes bytes on the network layer (the IP header included), unsigned
 * @param known false only for {@link #UNKNOWN}
 */
public record Counters(long packets, long bytes, boolean known) {
  public static final Counters ZERO = new Counters(0, 0);

  /**
   * Of a dump that was saved without {@code -c}: the rule has counted, but nobody wrote it down.
   */
  public static final Counters UNKNOWN = new Counters(0, 0, false);

  public Counters(long packets, long bytes) {
    this(packets, bytes, true);
  }

  public boolean isZero() {
    return known && packets == 0 && bytes == 0;
  }

  /** As a rule carries them in a dump: {@code [packets:bytes]}. */
  public String bracketed() {
    return "[" + Long.toUnsignedString(packets) + ":" + Long.toUnsignedString(bytes) + "]";
  }
}
