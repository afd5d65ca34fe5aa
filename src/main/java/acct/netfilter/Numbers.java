package acct.netfilter;

/** Reads numbers as iptables does (strtoul with base 0), and as a policy may write them. */
public final class Numbers {
  private Numbers() {}

  /**
   * Decimal, octal ({@code 010} is 8) or hexadecimal ({@code 0x10}), as xtables_strtoul reads them.
   *
   * @param max largest value allowed, inclusive
   */
  public static long unsigned(String text, long max) throws BadValueException {
    long value = -1;
    try {
      if (text.startsWith("0x") || text.startsWith("0X")) {
        value = Long.parseLong(text.substring(2), 16);
      } else if (text.length() > 1 && text.charAt(0) == '0') {
        value = Long.parseLong(text, 8);
      } else if (!text.isEmpty() && Character.isDigit(text.charAt(0))) {
        value = Long.parseLong(text);
      }
    } catch (NumberFormatException e) {
      value = -1;
    }
    if (value < 0 || value > max) {
      throw new BadValueException("\"" + text + "\" is not a number from 0 to " + max);
    }
    return value;
  }

  /**
   * A decimal number without leading zeros.
   *
   * @param what the kind of number, for the message: {@code "port"}
   */
  public static int strict(String what, String text, int max) throws BadValueException {
    if (!text.matches("[0-9]{1,18}")) {
      throw new BadValueException("\"" + text + "\" is not a " + what + ": 0 to " + max);
    }
    long value = Long.parseLong(text);
    if (text.length() > 1 && text.charAt(0) == '0') {
      throw new BadValueException(
          "the " + what + " " + text + " looks octal, and iptables reads it so; write " + value);
    }
    if (value > max) {
      throw new BadValueException(text + " is not a " + what + ": 0 to " + max);
    }
    return (int) value;
  }
}
