package acct.view;

import acct.netfilter.Counters;

/** Packets and bytes as a person reads them; without Formatter, which takes long to start. */
public final class Amounts {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

  private Amounts() {}

  /** {@code 12,345 packets, 9.1 MB}. */
  public static String of(Counters counters) {
    if (!counters.known()) {
      return "an unknown count";
    }
    String noun = counters.packets() == 1 ? " packet, " : " packets, ";
    return packets(counters.packets()) + noun + bytes(counters.bytes());
  }

  /** With a comma between thousands. */
  public static String packets(long unsigned) {
    StringBuilder digits = new StringBuilder(Long.toUnsignedString(unsigned));
    for (int comma = digits.length() - 3; comma > 0; comma -= 3) {
      digits.insert(comma, ',');
    }
    return digits.toString();
  }

  /** In SI units, with two or three digits: {@code 99 kB}, {@code 9.1 MB}. */
  public static String bytes(long unsigned) {
    if (Long.compareUnsigned(unsigned, 1000) < 0) {
      return unsigned + " B";
    }
    double value = unsigned >= 0 ? unsigned : (unsigned >>> 1) * 2.0;
    int unit = 0;
    while (unit < UNITS.length - 1 && value >= 999.5) {
      value /= 1000;
      unit++;
    }
    long tenths = Math.round(value * 10);
    String digits =
        tenths < 100 ? tenths / 10 + "." + tenths % 10 : Long.toString(Math.round(value));
    return digits + " " + UNITS[unit];
  }
}
