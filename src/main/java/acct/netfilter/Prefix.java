package acct.netfilter;

import java.util.ArrayList;
import java.util.List;

/**
 * Addresses of one family: those that agree with an address in the bits of a mask.
 *
 * <p>The mask is nearly always a prefix length, but the kernel takes any ("odd" masks, {@code
 * 10.0.0.1/255.0.0.255}), and so does this type when it reads a dump. IPv4 stands in the low 32
 * bits.
 *
 * @param high upper 64 bits of the address, masked
 * @param low lower 64 bits of the address, masked
 */
public record Prefix(Family family, long high, long low, long maskHigh, long maskLow)
    implements Value {
  private static final long IPV4_BITS = 0xffffffffL;

  public Prefix {
    if (family == Family.IPV4) {
      maskHigh = 0;
      maskLow &= IPV4_BITS;
    }
    high &= maskHigh;
    low &= maskLow;
  }

  /** The addresses that share their first {@code length} bits with this one. */
  public static Prefix of(Family family, long high, long low, int length) {
    if (family == Family.IPV4) {
      return new Prefix(family, 0, low, 0, length == 0 ? 0 : (-1L << (32 - length)) & IPV4_BITS);
    }
    long maskHigh = length >= 64 ? -1L : length == 0 ? 0 : -1L << (64 - length);
    long maskLow = length <= 64 ? 0 : length == 128 ? -1L : -1L << (128 - length);
    return new Prefix(family, high, low, maskHigh, maskLow);
  }

  /**
   * Reads an address as a policy may write it: {@code 192.0.2.1}, {@code 192.0.2.0/24}, {@code
   * 2001:db8::/32}; a mask only where no prefix length says it, as {@code ::1234/::ffff}. Nothing
   * that iptables would read otherwise than a person does.
   */
  public static Prefix strict(String text) throws BadValueException {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    Family family = address.indexOf(':') >= 0 ? Family.IPV6 : Family.IPV4;
    long[] bits = family == Family.IPV6 ? Addresses.ipv6(address) : Addresses.strictIpv4(address);
    if (slash < 0) {
      return of(family, bits[0], bits[1], family.addressBits());
    }
    String mask = text.substring(slash + 1);
    boolean isMask = mask.indexOf(family == Family.IPV4 ? '.' : ':') >= 0;
    Prefix prefix =
        isMask
            ? masked(mask, bits, family)
            : of(family, bits[0], bits[1], strictLength(text, mask, family));
    if (prefix.high != bits[0] || prefix.low != bits[1]) {
      throw new BadValueException(
          text
              + " has bits set beyond its /"
              + mask
              + ": for the network write "
              + prefix.text()
              + ", for the one address "
              + Addresses.print(family, bits[0], bits[1]));
    }
    return prefix;
  }

  private static Prefix masked(String mask, long[] bits, Family family) throws BadValueException {
    long[] ones = family == Family.IPV6 ? Addresses.ipv6(mask) : Addresses.strictIpv4(mask);
    Prefix prefix = new Prefix(family, bits[0], bits[1], ones[0], ones[1]);
    if (prefix.length() >= 0) {
      throw new BadValueException("write /" + prefix.length() + " for the mask " + mask);
    }
    return prefix;
  }

  private static int strictLength(String text, String length, Family family)
      throws BadValueException {
    String allowed = "0 to " + family.addressBits();
    if (!length.matches("[0-9]{1,3}")) {
      throw new BadValueException(
          "\"" + length + "\" is not a prefix length (" + allowed + ") in " + text);
    }
    if (length.length() > 1 && length.charAt(0) == '0') {
      throw new BadValueException(
          "the prefix length /"
              + length
              + " looks octal, and iptables reads it so; write /"
              + Integer.parseInt(length));
    }
    int value = Integer.parseInt(length);
    if (value > family.addressBits()) {
      throw new BadValueException("/" + length + " is not a prefix length: " + allowed);
    }
    return value;
  }

  /**
   * Reads an address as iptables does: octal and hexadecimal parts, {@code 10.1} for {@code
   * 10.1.0.0}, dotted masks, host bits masked away.
   */
  public static Prefix lenient(String text, Family family) throws BadValueException {
    String trimmed = text.strip();
    int slash = trimmed.indexOf('/');
    String address = slash < 0 ? trimmed : trimmed.substring(0, slash);
    long[] bits = family == Family.IPV6 ? Addresses.ipv6(address) : Addresses.lenientIpv4(address);
    if (slash < 0) {
      return of(family, bits[0], bits[1], family.addressBits());
    }
    String mask = trimmed.substring(slash + 1);
    if (family == Family.IPV4 && mask.indexOf('.') >= 0) {
      return new Prefix(family, 0, bits[1], 0, Addresses.dottedQuad(mask));
    }
    if (family == Family.IPV6 && mask.indexOf(':') >= 0) {
      long[] maskBits = Addresses.ipv6(mask);
      return new Prefix(family, bits[0], bits[1], maskBits[0], maskBits[1]);
    }
    long length = Numbers.unsigned(mask, family.addressBits());
    return of(family, bits[0], bits[1], (int) length);
  }

  /** The prefix length, or -1 when the mask has holes. */
  public int length() {
    int ones = Long.bitCount(maskHigh) + Long.bitCount(maskLow);
    Prefix straight = of(family, 0, 0, ones);
    return straight.maskHigh == maskHigh && straight.maskLow == maskLow ? ones : -1;
  }

  /** Whether every address of the family is in it. */
  public boolean isEverything() {
    return maskHigh == 0 && maskLow == 0;
  }

  /** Whether some address is in both. */
  public boolean overlaps(Prefix other) {
    long commonHigh = maskHigh & other.maskHigh;
    long commonLow = maskLow & other.maskLow;
    return family == other.family
        && (high & commonHigh) == (other.high & commonHigh)
        && (low & commonLow) == (other.low & commonLow);
  }

  /** Whether every address of the other is in this one. */
  public boolean contains(Prefix other) {
    return overlaps(other)
        && (maskHigh & other.maskHigh) == maskHigh
        && (maskLow & other.maskLow) == maskLow;
  }

  /**
   * The addresses of its hosts, in their order: all but the network's own and, in IPv4, its
   * broadcast; of a network of one or two addresses all.
   *
   * @param most how many there may be
   * @throws BadValueException when there are more
   */
  public List<String> hosts(int most) throws BadValueException {
    int hostBits = family.addressBits() - length();
    if (length() < 0 || hostBits > 30 || 1L << hostBits > most) {
      throw new BadValueException(text() + " has more than " + most + " addresses");
    }
    long count = 1L << hostBits;
    long first = hostBits > 1 ? 1 : 0;
    long end = hostBits > 1 && family == Family.IPV4 ? count - 1 : count;
    List<String> hosts = new ArrayList<>((int) (end - first));
    for (long i = first; i < end; i++) {
      hosts.add(Addresses.print(family, high, low + i));
    }
    return hosts;
  }

  /** As iptables-save prints it: {@code 192.0.2.1/32}, an odd mask in full. */
  public String text() {
    int length = length();
    String mask =
        length < 0 ? Addresses.print(family, maskHigh, maskLow) : Integer.toString(length);
    return Addresses.print(family, high, low) + "/" + mask;
  }

  @Override
  public List<String> words() {
    return List.of(text());
  }

  @Override
  public String toString() {
    return text();
  }
}
