package acct.netfilter;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A type of ICMP or ICMPv6 messages, perhaps with one code.
 *
 * @param type 0 to 255; {@link #ANY} for ICMP's {@code any}, which is type 255 in the kernel
 * @param code 0 to 255, or {@link #EVERY_CODE}
 */
public record IcmpType(int type, int code) implements Value {
  /** {@code --icmp-type any}. */
  public static final int ANY = -1;

  /** All codes of the type. */
  public static final int EVERY_CODE = -1;

  /** Reads {@code echo-request}, {@code 8} or {@code 3/1}, as a policy may write it. */
  public static IcmpType strict(String text, Family family) throws BadValueException {
    if (text.isEmpty() || !Character.isDigit(text.charAt(0))) {
      Integer known = IcmpNames.of(family).get(text.toLowerCase(Locale.ROOT));
      if (known == null) {
        throw new BadValueException(
            "\""
                + text
                + "\" is not a type of "
                + (family == Family.IPV4 ? "ICMP" : "ICMPv6")
                + " that acct knows; write its number, as 3 or 3/1");
      }
      return unpack(known);
    }
    int slash = text.indexOf('/');
    if (slash < 0) {
      return of(Numbers.strict("type", text, 255), EVERY_CODE, family);
    }
    return of(
        Numbers.strict("type", text.substring(0, slash), 255),
        Numbers.strict("code", text.substring(slash + 1), 255),
        family);
  }

  /** Reads a type as iptables does: numbers in any base, names by any beginning that is unique. */
  public static IcmpType lenient(String text, Family family) throws BadValueException {
    if (!text.isEmpty() && Character.isDigit(text.charAt(0))) {
      int slash = text.indexOf('/');
      if (slash < 0) {
        return of((int) Numbers.unsigned(text, 255), EVERY_CODE, family);
      }
      return of(
          (int) Numbers.unsigned(text.substring(0, slash), 255),
          (int) Numbers.unsigned(text.substring(slash + 1), 255),
          family);
    }
    String word = text.toLowerCase(Locale.ROOT);
    Map<String, Integer> names = IcmpNames.of(family);
    Integer exact = names.get(word);
    if (exact != null) {
      return unpack(exact);
    }
    Integer found = null;
    for (Map.Entry<String, Integer> entry : names.entrySet()) {
      if (entry.getKey().startsWith(word)) {
        if (found != null && !found.equals(entry.getValue())) {
          throw new BadValueException("\"" + text + "\" could be several types");
        }
        found = entry.getValue();
      }
    }
    if (found == null || word.isEmpty()) {
      throw new BadValueException("\"" + text + "\" is not a type");
    }
    return unpack(found);
  }

  private static IcmpType of(int type, int code, Family family) {
    boolean any = family == Family.IPV4 && type == 255 && code == EVERY_CODE;
    return new IcmpType(any ? ANY : type, code);
  }

  private static IcmpType unpack(int packed) {
    if (packed == IcmpNames.ANY) {
      return new IcmpType(ANY, EVERY_CODE);
    }
    int code = packed & 0xfff;
    return new IcmpType(packed >> 12, code == IcmpNames.EVERY_CODE ? EVERY_CODE : code);
  }

  @Override
  public List<String> words() {
    return List.of(toString());
  }

  @Override
  public String toString() {
    if (type == ANY) {
      return "any";
    }
    return code == EVERY_CODE ? Integer.toString(type) : type + "/" + code;
  }
}
