package acct.netfilter;

/** Reads and prints single addresses, as pairs of longs: upper and lower 64 bits. */
final class Addresses {
  private Addresses() {}

  /** Four decimal numbers without leading zeros, which everybody reads alike; -1 for all else. */
  private static long plainQuad(String text, int from, int to) {
    long bits = 0;
    int part = -1;
    int dots = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == '.' && part >= 0) {
        bits = bits << 8 | part;
        part = -1;
        dots++;
      } else if (c >= '0' && c <= '9' && part != 0 && part <= 25) {
        part = part < 0 ? c - '0' : part * 10 + c - '0';
      } else {
        return -1;
      }
      if (part > 255) {
        return -1;
      }
    }
    return dots == 3 && part >= 0 ? bits << 8 | part : -1;
  }

  /** Four decimal numbers, each 0 to 255 without leading zeros, which C libraries read as octal. */
  static long[] strictIpv4(String text) throws BadValueException {
    long plain = plainQuad(text, 0, text.length());
    if (plain >= 0) {
      return new long[] {0, plain};
    }
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4 || !isDigitsAndDots(text)) {
      throw new BadValueException("\"" + text + "\" is not an address: write it as 192.0.2.1");
    }
    long bits = 0;
    for (String part : parts) {
      if (part.isEmpty() || part.length() > 3 || Integer.parseInt(part) > 255) {
        throw new BadValueException(
            "\"" + text + "\" is not an address: \"" + part + "\" is not 0 to 255");
      }
      if (part.length() > 1 && part.charAt(0) == '0') {
        throw new BadValueException(
            "\""
                + part
                + "\" in "
                + text
                + " looks octal, and iptables reads it so; write "
                + Integer.parseInt(part));
      }
      bits = bits << 8 | Integer.parseInt(part);
    }
    return new long[] {0, bits};
  }

  private static boolean isDigitsAndDots(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && c != '.') {
        return false;
      }
    }
    return true;
  }

  /**
   * As iptables reads an address: each part decimal, octal or hexadecimal; missing parts are zeros
   * at the end ({@code 10.1} is {@code 10.1.0.0}, unlike inet_aton); one number over 255 is all 32
   * bits.
   */
  static long[] lenientIpv4(String text) throws BadValueException {
    long plain = plainQuad(text, 0, text.length());
    if (plain >= 0) {
      return new long[] {0, plain};
    }
    String[] parts = text.split("\\.", -1);
    if (parts.length > 4) {
      throw notAnAddress(text);
    }
    if (parts.length == 1) {
      long number = number(text, 0xffffffffL);
      return new long[] {0, number <= 255 && !text.startsWith("0x") ? number << 24 : number};
    }
    long bits = 0;
    for (int i = 0; i < 4; i++) {
      bits = bits << 8 | (i < parts.length ? number(parts[i], 255) : 0);
    }
    return new long[] {0, bits};
  }

  private static long number(String text, long max) throws BadValueException {
    try {
      return Numbers.unsigned(text, max);
    } catch (BadValueException e) {
      throw new BadValueException("not an address: " + e.getMessage());
    }
  }

  static long dottedQuad(String text) throws BadValueException {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      throw new BadValueException("\"" + text + "\" is not a mask");
    }
    return lenientIpv4(text)[1];
  }

  static long[] ipv6(String text) throws BadValueException {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      throw notAnAddress(text);
    }
    int[] groups = new int[8];
    if (gap < 0) {
      if (groups(text, text, groups, 0) != 8) {
        throw notAnAddress(text);
      }
    } else {
      int[] tail = new int[8];
      int headCount = groups(text, text.substring(0, gap), groups, 0);
      int tailCount = groups(text, text.substring(gap + 2), tail, 0);
      if (headCount + tailCount > 7) {
        throw notAnAddress(text);
      }
      System.arraycopy(tail, 0, groups, 8 - tailCount, tailCount);
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < 4; i++) {
      high = high << 16 | groups[i];
      low = low << 16 | groups[i + 4];
    }
    return new long[] {high, low};
  }

  /**
   * Reads groups between colons, the last perhaps a dotted quad, and returns how many they fill.
   */
  private static int groups(String whole, String part, int[] into, int from)
      throws BadValueException {
    if (part.isEmpty()) {
      return from;
    }
    int count = from;
    String[] words = part.split(":", -1);
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      if (i == words.length - 1 && word.indexOf('.') >= 0 && count <= 6) {
        long bits = strictIpv4(word)[1];
        into[count++] = (int) (bits >>> 16);
        into[count++] = (int) (bits & 0xffff);
      } else if (count < 8 && word.matches("[0-9a-fA-F]{1,4}")) {
        into[count++] = Integer.parseInt(word, 16);
      } else {
        throw notAnAddress(whole);
      }
    }
    return count;
  }

  private static BadValueException notAnAddress(String text) {
    return new BadValueException("\"" + text + "\" is not an address");
  }

  static String print(Family family, long high, long low) {
    if (family == Family.IPV4) {
      return (low >>> 24 & 255)
          + "."
          + (low >>> 16 & 255)
          + "."
          + (low >>> 8 & 255)
          + "."
          + (low & 255);
    }
    return printIpv6(high, low);
  }

  /** RFC 5952, with the dotted tail that inet_ntop gives {@code ::a.b.c.d} and {@code ::ffff:…}. */
  private static String printIpv6(long high, long low) {
    int[] groups = new int[8];
    for (int i = 0; i < 4; i++) {
      groups[i] = (int) (high >>> (48 - 16 * i) & 0xffff);
      groups[i + 4] = (int) (low >>> (48 - 16 * i) & 0xffff);
    }
    int bestAt = -1;
    int bestLength = 1;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && groups[i + length] == 0) {
        length++;
      }
      if (length > bestLength) {
        bestAt = i;
        bestLength = length;
      }
    }
    boolean dotted = bestAt == 0 && (bestLength == 6 || (bestLength == 5 && groups[5] == 0xffff));
    StringBuilder out = new StringBuilder();
    int last = dotted ? 6 : 8;
    for (int i = 0; i < last; i++) {
      if (i == bestAt) {
        out.append("::");
        i += bestLength - 1;
      } else {
        if (out.length() > 0 && out.charAt(out.length() - 1) != ':') {
          out.append(':');
        }
        out.append(Integer.toHexString(groups[i]));
      }
    }
    if (dotted) {
      if (out.charAt(out.length() - 1) != ':') {
        out.append(':');
      }
      out.append(print(Family.IPV4, 0, low & 0xffffffffL));
    }
    return out.toString();
  }
}
