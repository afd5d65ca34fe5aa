package acct.render;

import acct.counter.Amount;
import acct.netfilter.Counters;
import java.math.BigInteger;

/** Packets and bytes as a person reads them; without Formatter, which takes long to start. */
public final class Amounts {
  private static final String[] SI = {" B", " kB", " MB", " GB", " TB", " PB", " EB", " ZB"};
  private static final String[] IEC = {
    " B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB", " ZiB"
  };
  private static final double SI_STEP = 1000;
  private static final double IEC_STEP = 1024;

  /** As iptables -L scales them: whole numbers, and the next unit above five digits. */
  private static final String[] IPTABLES = {"", "K", "M", "G", "T"};

  private Amounts() {}

  /** {@code 12,345 packets, 9.1 MB}. */
  public static String of(Counters counters) {
    return counters.known() ? of(Amount.of(counters)) : "an unknown count";
  }

  /** The same of a sum. */
  public static String of(Amount amount) {
    String noun = amount.packets().equals(BigInteger.ONE) ? " packet, " : " packets, ";
    return packets(amount.packets()) + noun + bytes(amount.bytes());
  }

  /** With a comma between thousands. */
  public static String packets(long unsigned) {
    return commas(Long.toUnsignedString(unsigned));
  }

  /** The same of a sum. */
  public static String packets(BigInteger packets) {
    return commas(packets.toString());
  }

  private static String commas(String number) {
    StringBuilder digits = new StringBuilder(number);
    int first = number.startsWith("-") ? 1 : 0;
    for (int comma = digits.length() - 3; comma > first; comma -= 3) {
      digits.insert(comma, ',');
    }
    return digits.toString();
  }

  /** In SI units, with two or three digits: {@code 99 kB}, {@code 9.1 MB}. */
  public static String bytes(BigInteger bytes) {
    return scaled(bytes, SI_STEP, SI, 10);
  }

  /** In SI units, with a decimal below a hundred: {@code 12.3 MB}. */
  public static String si(BigInteger bytes) {
    return scaled(bytes, SI_STEP, SI, 100);
  }

  /** In units of 1024: {@code 8.7 MiB}. */
  public static String iec(BigInteger bytes) {
    return scaled(bytes, IEC_STEP, IEC, 100);
  }

  private static String scaled(BigInteger number, double step, String[] units, int decimalsBelow) {
    if (number.abs().compareTo(BigInteger.valueOf((long) step)) < 0) {
      return number + units[0];
    }
    double value = number.doubleValue();
    int unit = 0;
    while (unit < units.length - 1 && Math.abs(value) >= step - 0.5) {
      value /= step;
      unit++;
    }
    long tenths = Math.round(value * 10);
    String digits =
        Math.abs(tenths) < 10L * decimalsBelow
            ? tenths / 10 + "." + Math.abs(tenths % 10)
            : Long.toString(Math.round(value));
    return digits + units[unit];
  }

  /** {@code 99999}, {@code 100K}, {@code 9999K}, {@code 10M}: steps of 1000, rounded. */
  public static String asIptables(BigInteger number) {
    BigInteger value = number;
    BigInteger thousand = BigInteger.valueOf(1000);
    if (value.compareTo(BigInteger.valueOf(99_999)) <= 0) {
      return value.toString();
    }
    int unit = 0;
    do {
      value = value.add(BigInteger.valueOf(500)).divide(thousand);
      unit++;
    } while (unit < IPTABLES.length - 1 && value.compareTo(BigInteger.valueOf(9_999)) > 0);
    return value + IPTABLES[unit];
  }
}
