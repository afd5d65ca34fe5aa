package acct.netfilter;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How the words of options are read: one reader for each kind of value, shared by the rows. */
final class Readers {
  private Readers() {}

  static final Option.Reader TEXT = (words, family) -> new Text(words.get(0));

  static final Option.Reader PORT_RANGE = (words, family) -> PortRange.lenient(words.get(0));

  static final Option.Reader INTERFACE = (words, family) -> InterfaceName.lenient(words.get(0));

  /** A number in decimal, whatever base it was written in. */
  static Option.Reader decimal(long max) {
    return (words, family) -> new Text(Long.toString(Numbers.unsigned(words.get(0), max)));
  }

  /** A number in hexadecimal, with at least so many digits. */
  static Option.Reader hex(long max, int digits) {
    return (words, family) -> new Text(hexText(Numbers.unsigned(words.get(0), max), digits));
  }

  static String hexText(long number, int digits) {
    String text = Long.toHexString(number);
    return "0x" + "0".repeat(Math.max(0, digits - text.length())) + text;
  }

  /** {@code a:b}, {@code a:}, {@code :b} or {@code a}; equal ends are one number. */
  static Option.Reader range(long max) {
    return (words, family) -> {
      String word = words.get(0);
      int colon = word.indexOf(':');
      String from = colon < 0 ? word : word.substring(0, colon);
      String to = colon < 0 ? word : word.substring(colon + 1);
      long first = from.isEmpty() ? 0 : Numbers.unsigned(from, max);
      long last = to.isEmpty() ? max : Numbers.unsigned(to, max);
      if (first > last) {
        throw new BadValueException("the range " + word + " has its larger number first");
      }
      return new Text(first == last ? Long.toString(first) : first + ":" + last);
    };
  }

  /** {@code value/mask} in hexadecimal; the full mask is left out. */
  static final Option.Reader MARK =
      (words, family) -> {
        String word = words.get(0);
        int slash = word.indexOf('/');
        long full = 0xffffffffL;
        if (slash < 0) {
          return new Text(hexText(Numbers.unsigned(word, full), 1));
        }
        long value = Numbers.unsigned(word.substring(0, slash), full);
        long mask = Numbers.unsigned(word.substring(slash + 1), full);
        return new Text(hexText(value, 1) + (mask == full ? "" : "/" + hexText(mask, 1)));
      };

  /** A byte with its mask, both in hexadecimal; alone it has the full mask. */
  static final Option.Reader TOS_BYTE =
      (words, family) -> {
        String word = words.get(0);
        int slash = word.indexOf('/');
        long value = Numbers.unsigned(slash < 0 ? word : word.substring(0, slash), 255);
        long mask = slash < 0 ? 255 : Numbers.unsigned(word.substring(slash + 1), 255);
        return new Text(hexText(value, 2) + "/" + hexText(mask, 2));
      };

  /**
   * Names from a fixed list, in its order, each once.
   *
   * @param aliases other spellings, in lower case
   */
  static Option.Reader set(List<String> known, Map<String, String> aliases) {
    return (words, family) -> new Text(String.join(",", members(words.get(0), known, aliases)));
  }

  static List<String> members(String word, List<String> known, Map<String, String> aliases)
      throws BadValueException {
    List<String> given = new ArrayList<>();
    for (String part : word.split(",", -1)) {
      given.add(member(part, known, aliases));
    }
    return known.stream().filter(given::contains).toList();
  }

  private static String member(String part, List<String> known, Map<String, String> aliases)
      throws BadValueException {
    String alias = aliases.get(part.toLowerCase(Locale.ROOT));
    for (String name : known) {
      if (name.equals(alias) || name.equalsIgnoreCase(part)) {
        return name;
      }
    }
    throw new BadValueException("\"" + part + "\" is none of " + String.join(", ", known));
  }

  /** One name from a fixed list. */
  static Option.Reader name(List<String> known, Map<String, String> aliases) {
    return (words, family) -> new Text(member(words.get(0), known, aliases));
  }

  static final Option.Reader MAC =
      (words, family) -> {
        String[] parts = words.get(0).split("[:-]", -1);
        StringBuilder mac = new StringBuilder();
        for (String part : parts) {
          if (parts.length != 6 || !part.matches("[0-9A-Fa-f]{1,2}")) {
            throw new BadValueException(
                "\"" + words.get(0) + "\" is not a hardware address: write 00:11:22:aa:bb:cc");
          }
          mac.append(mac.length() == 0 ? "" : ":").append(part.length() == 1 ? "0" : "");
          mac.append(part.toLowerCase(Locale.ROOT));
        }
        return new Text(mac.toString());
      };

  /**
   * A user or group: its number, or a range of them. Names stay names: only the host knows them.
   */
  static final Option.Reader OWNER =
      (words, family) -> {
        String word = words.get(0);
        if (!word.isEmpty() && !Character.isDigit(word.charAt(0))) {
          return new Text(word);
        }
        int dash = word.indexOf('-');
        long max = 0xfffffffeL;
        if (dash < 0) {
          return new Text(Long.toString(Numbers.unsigned(word, max)));
        }
        long first = Numbers.unsigned(word.substring(0, dash), max);
        long last = Numbers.unsigned(word.substring(dash + 1), max);
        return new Text(first == last ? Long.toString(first) : first + "-" + last);
      };

  /** {@code first-last} of addresses; one address is a range of one. */
  static final Option.Reader ADDRESS_RANGE =
      (words, family) -> {
        String word = words.get(0);
        int dash = word.indexOf('-');
        String first = address(dash < 0 ? word : word.substring(0, dash), family);
        String last = address(dash < 0 ? word : word.substring(dash + 1), family);
        return new Text(first + "-" + last);
      };

  private static String address(String text, Family family) throws BadValueException {
    long[] bits = family == Family.IPV4 ? Addresses.lenientIpv4(text) : Addresses.ipv6(text);
    return Addresses.print(family, bits[0], bits[1]);
  }

  /** An address with a mask, its host bits kept, as conntrack and policy do. */
  static final Option.Reader ADDRESS_WITH_MASK =
      (words, family) -> {
        String word = words.get(0);
        int slash = word.indexOf('/');
        String address = address(slash < 0 ? word : word.substring(0, slash), family);
        Prefix prefix = Prefix.lenient(word, family);
        boolean one = prefix.length() == family.addressBits();
        String whole = prefix.text();
        return new Text(one ? address : address + whole.substring(whole.indexOf('/')));
      };

  /** A protocol by number, for the extensions that print it so. */
  static final Option.Reader PROTOCOL_NUMBER =
      (words, family) -> new Text(Integer.toString(Protocol.lenient(words.get(0)).number()));

  static final Option.Reader PROTOCOL = (words, family) -> Protocol.lenient(words.get(0));

  /** {@code 0.33}, rounded to the 31 bits that the kernel keeps. */
  static final Option.Reader PROBABILITY =
      (words, family) -> {
        try {
          BigDecimal given = new BigDecimal(words.get(0));
          // Compared first: setScale would write out all the digits of 1e999999999.
          if (given.signum() < 0 || given.compareTo(BigDecimal.ONE) > 0) {
            throw new BadValueException("\"" + words.get(0) + "\" is not from 0 to 1");
          }
          BigDecimal bits = given.multiply(BigDecimal.valueOf(1L << 31));
          long kept = bits.setScale(0, RoundingMode.HALF_UP).longValueExact();
          BigDecimal shown = BigDecimal.valueOf(kept).divide(BigDecimal.valueOf(1L << 31));
          return new Text(shown.setScale(11, RoundingMode.HALF_UP).toPlainString());
        } catch (NumberFormatException e) {
          throw new BadValueException("\"" + words.get(0) + "\" is not from 0 to 1");
        }
      };

  /** As many words as the option has, kept as they are. */
  static final Option.Reader WORDS =
      (words, family) -> {
        List<String> kept = List.copyOf(words);
        return new WordList(kept);
      };

  /** Several words that mean just themselves. */
  record WordList(List<String> words) implements Value {}
}
