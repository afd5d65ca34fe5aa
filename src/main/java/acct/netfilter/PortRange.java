package acct.netfilter;

import java.util.List;

/**
 * Ports from first to last, both included.
 *
 * @param first 0 to 65535
 * @param last not below first, at most 65535
 */
public record PortRange(int first, int last) implements Value, Comparable<PortRange> {
  public static final int MAX_PORT = 65_535;

  /** Every port, which iptables-save leaves out for tcp and udp. */
  public static final PortRange EVERY = new PortRange(0, MAX_PORT);

  public PortRange {
    if (first < 0 || last < first || last > MAX_PORT) {
      throw new IllegalArgumentException("not a range of ports: " + first + ":" + last);
    }
  }

  /** Reads {@code 80}, {@code http} or {@code 1000:2000}, as a policy may write it. */
  public static PortRange strict(String text) throws BadValueException {
    int colon = text.indexOf(':');
    if (colon < 0) {
      if (text.matches("[0-9]+-[0-9]+")) {
        throw new BadValueException("write the range as \"" + text.replace('-', ':') + "\"");
      }
      int port = strictPort(text);
      return new PortRange(port, port);
    }
    int first = strictPort(text.substring(0, colon));
    int last = strictPort(text.substring(colon + 1));
    if (first > last) {
      throw new BadValueException(
          "the range "
              + text
              + " has its larger number first; write \""
              + last
              + ":"
              + first
              + "\"");
    }
    return new PortRange(first, last);
  }

  private static int strictPort(String text) throws BadValueException {
    if (!text.isEmpty() && !Character.isDigit(text.charAt(0))) {
      int port = ServiceNames.port(text);
      if (port >= 0) {
        return port;
      }
      throw new BadValueException(
          "\"" + text + "\" is not a port, nor a service that acct knows; write its number");
    }
    return Numbers.strict("port", text, MAX_PORT);
  }

  /** Reads {@code 80}, {@code 80:}, {@code :80} or {@code http:https} as iptables does. */
  public static PortRange lenient(String text) throws BadValueException {
    int colon = text.indexOf(':');
    String from = colon < 0 ? text : text.substring(0, colon);
    String to = colon < 0 ? text : text.substring(colon + 1);
    int first = colon >= 0 && from.isEmpty() ? 0 : lenientPort(from);
    int last = colon >= 0 && to.isEmpty() ? MAX_PORT : lenientPort(to);
    if (first > last) {
      throw new BadValueException("the range " + text + " has its larger number first");
    }
    return new PortRange(first, last);
  }

  private static int lenientPort(String text) throws BadValueException {
    String word = text.strip();
    int service = ServiceNames.port(word);
    return service >= 0 ? service : (int) Numbers.unsigned(word, MAX_PORT);
  }

  @Override
  public List<String> words() {
    return List.of(toString());
  }

  @Override
  public int compareTo(PortRange other) {
    return first != other.first
        ? Integer.compare(first, other.first)
        : Integer.compare(last, other.last);
  }

  // Written out for a fast start, as InterfaceName's is.
  @Override
  public boolean equals(Object other) {
    return other instanceof PortRange range && first == range.first && last == range.last;
  }

  @Override
  public int hashCode() {
    return 31 * first + last;
  }

  @Override
  public String toString() {
    return first == last ? Integer.toString(first) : first + ":" + last;
  }
}
