package acct.netfilter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The options and extensions whose meaning acct knows. Adding a match is a row and its tests.
 *
 * <p>The order of an extension's rows is that of iptables-save, read from the recorded forms in the
 * tests' canon.jsonl.
 */
final class MatchTable {
  static final Option SOURCE = Option.of("-s", MatchTable::prefix, "--source", "--src");
  static final Option DESTINATION = Option.of("-d", MatchTable::prefix, "--destination", "--dst");
  static final Option IN_INTERFACE =
      Option.of("-i", Readers.INTERFACE, "--in-interface").vanishingAt(InterfaceName.EVERY);
  static final Option OUT_INTERFACE =
      Option.of("-o", Readers.INTERFACE, "--out-interface").vanishingAt(InterfaceName.EVERY);
  static final Option PROTOCOL =
      Option.of("-p", Readers.PROTOCOL, "--protocol").vanishingAt(Protocol.EVERY);
  static final Option FRAGMENT = Option.flag("-f", "--fragment", "--fragments");

  /** The options that need no extension. */
  static final Extension CORE =
      Extension.of("core", SOURCE, DESTINATION, IN_INTERFACE, OUT_INTERFACE, PROTOCOL, FRAGMENT);

  // The extensions' tables are three, each read when its first name is looked for: nobody waits for
  // forty rows at the start of a run that needs one.
  private static final class Transport {
    private static final Map<String, Extension> BY_NAME = byName(TransportMatches.ALL);
    private static final Map<Protocol, Extension> IMPLIED = new HashMap<>();

    static {
      for (Extension extension : TransportMatches.ALL) {
        if (extension.protocol().isPresent()) {
          IMPLIED.put(extension.protocol().get(), extension);
        }
      }
    }
  }

  private static final class Connection {
    private static final Map<String, Extension> BY_NAME = byName(ConnectionMatches.ALL);
  }

  private static final class Packet {
    private static final Map<String, Extension> BY_NAME = byName(PacketMatches.ALL);
  }

  private static Map<String, Extension> byName(List<Extension> extensions) {
    Map<String, Extension> byName = new HashMap<>();
    for (Extension extension : extensions) {
      byName.put(extension.name(), extension);
    }
    return byName;
  }

  private MatchTable() {}

  /** Every extension that acct knows. */
  static List<Extension> all() {
    List<Extension> all = new ArrayList<>(TransportMatches.ALL);
    all.addAll(ConnectionMatches.ALL);
    all.addAll(PacketMatches.ALL);
    return all;
  }

  private static Value prefix(List<String> words, Family family) throws BadValueException {
    return Prefix.lenient(words.get(0), family);
  }

  /** The extension of that name behind {@code -m}, if its meaning is known. */
  static Optional<Extension> extension(String name) {
    String known =
        switch (name) {
          case "icmpv6" -> "icmp6";
          case "state" -> "conntrack";
          default -> name;
        };
    Extension found = Transport.BY_NAME.get(known);
    found = found != null ? found : Connection.BY_NAME.get(known);
    return Optional.ofNullable(found != null ? found : Packet.BY_NAME.get(known));
  }

  /** The one family an extension exists in; nothing for those of both. */
  static Optional<Family> familyOf(String extension) {
    return switch (extension) {
      case "icmp", "ttl", "realm", "osf" -> Optional.of(Family.IPV4);
      case "icmp6",
          "icmpv6",
          "hl",
          "frag",
          "ipv6header",
          "rt",
          "hbh",
          "dst",
          "eui64",
          "mh",
          "srh" ->
          Optional.of(Family.IPV6);
      default -> Optional.empty();
    };
  }

  /** The extension that iptables loads by itself for options behind {@code -p} of a protocol. */
  static Optional<Extension> implied(Protocol protocol) {
    return Optional.ofNullable(Transport.IMPLIED.get(protocol));
  }
}
