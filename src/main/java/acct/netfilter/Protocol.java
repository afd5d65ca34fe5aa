package acct.netfilter;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A protocol above IP, by number: names differ between hosts (/etc/protocols) and versions (1.8.11
 * prints most as numbers).
 *
 * @param number 1 to 255
 */
public record Protocol(int number) implements Value {
  public static final Protocol ICMP = new Protocol(1);
  public static final Protocol TCP = new Protocol(6);
  public static final Protocol UDP = new Protocol(17);
  public static final Protocol DCCP = new Protocol(33);
  public static final Protocol ICMPV6 = new Protocol(58);
  public static final Protocol SCTP = new Protocol(132);
  public static final Protocol UDPLITE = new Protocol(136);

  /** Every protocol: {@code all} or 0, which iptables-save leaves out. */
  public static final Protocol EVERY = new Protocol(0);

  public Protocol {
    if (number < 0 || number > 255) {
      throw new IllegalArgumentException("not a protocol's number: " + number);
    }
  }

  /** The only family it exists in. */
  public Optional<Family> family() {
    if (equals(ICMP)) {
      return Optional.of(Family.IPV4);
    }
    return equals(ICMPV6) ? Optional.of(Family.IPV6) : Optional.empty();
  }

  /** Reads a name or a number from 1 to 255, as a policy may write it. */
  public static Protocol strict(String text) throws BadValueException {
    if (text.matches("[0-9]+")) {
      Protocol protocol = new Protocol(Numbers.strict("protocol", text, 255));
      if (protocol.equals(EVERY)) {
        throw new BadValueException("protocol 0 means every protocol: leave the key out");
      }
      return protocol;
    }
    if (text.equalsIgnoreCase("all") || text.equalsIgnoreCase("any")) {
      throw new BadValueException("\"" + text + "\" means every protocol: leave the key out");
    }
    int number = ProtocolNames.number(text.toLowerCase(Locale.ROOT));
    if (number <= 0) {
      throw new BadValueException(
          "\"" + text + "\" is not a protocol that acct knows; write its number, 1 to 255");
    }
    return new Protocol(number);
  }

  /** Reads a protocol as iptables does, but by acct's own table in place of /etc/protocols. */
  public static Protocol lenient(String text) throws BadValueException {
    int number = ProtocolNames.number(text.toLowerCase(Locale.ROOT));
    return number >= 0 ? new Protocol(number) : new Protocol((int) Numbers.unsigned(text, 255));
  }

  /** Whether its packets carry source and destination ports. */
  public boolean hasPorts() {
    return equals(TCP) || equals(UDP) || equals(SCTP) || equals(DCCP) || equals(UDPLITE);
  }

  /** The name that every iptables version reads, else the number. */
  @Override
  public List<String> words() {
    return List.of(toString());
  }

  // Not the record's own: those are linked at run time, which costs ten milliseconds of a start.
  @Override
  public boolean equals(Object other) {
    return other instanceof Protocol protocol && number == protocol.number;
  }

  @Override
  public int hashCode() {
    return number;
  }

  @Override
  public String toString() {
    return ProtocolNames.portable(number);
  }
}
