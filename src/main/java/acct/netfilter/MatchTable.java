package acct.netfilter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The options and extensions whose meaning acct knows. Adding a match is a row here and its tests.
 *
 * <p>The order of an extension's rows is that of iptables-save, read from the recorded forms in the
 * tests' canon.jsonl.
 */
public final class MatchTable {
  private static final Option.Reader PREFIX =
      (words, family) -> Prefix.lenient(words.get(0), family);
  private static final Option.Reader INTERFACE =
      (words, family) -> InterfaceName.lenient(words.get(0));
  private static final Option.Reader PORT_RANGE =
      (words, family) -> PortRange.lenient(words.get(0));
  private static final Option.Reader PORT_SET = (words, family) -> PortSet.lenient(words.get(0));
  private static final Option.Reader ICMP =
      (words, family) -> IcmpType.lenient(words.get(0), family);
  private static final Option.Reader TEXT = (words, family) -> new Text(words.get(0));

  static final Option SOURCE =
      new Option("-s", List.of("--source", "--src"), 1, PREFIX, Optional.empty());
  static final Option DESTINATION =
      new Option("-d", List.of("--destination", "--dst"), 1, PREFIX, Optional.empty());
  static final Option IN_INTERFACE =
      Option.of("-i", INTERFACE, "--in-interface").vanishingAt(InterfaceName.EVERY);
  static final Option OUT_INTERFACE =
      Option.of("-o", INTERFACE, "--out-interface").vanishingAt(InterfaceName.EVERY);
  static final Option PROTOCOL =
      Option.of("-p", (words, family) -> Protocol.lenient(words.get(0)), "--protocol", "--proto")
          .vanishingAt(Protocol.EVERY);
  static final Option FRAGMENT = Option.flag("-f", "--fragment", "--fragments");

  /** The options that need no extension. */
  static final Extension CORE =
      Extension.of("core", SOURCE, DESTINATION, IN_INTERFACE, OUT_INTERFACE, PROTOCOL, FRAGMENT);

  static final Extension COMMENT = Extension.of("comment", Option.of("--comment", TEXT));

  private static final List<Extension> EXTENSIONS =
      List.of(
          COMMENT,
          Extension.ofProtocol(
              Protocol.TCP,
              "tcp",
              Option.of("--sport", PORT_RANGE, "--source-port").vanishingAt(PortRange.EVERY),
              Option.of("--dport", PORT_RANGE, "--destination-port").vanishingAt(PortRange.EVERY)),
          Extension.ofProtocol(
              Protocol.UDP,
              "udp",
              Option.of("--sport", PORT_RANGE, "--source-port").vanishingAt(PortRange.EVERY),
              Option.of("--dport", PORT_RANGE, "--destination-port").vanishingAt(PortRange.EVERY)),
          Extension.ofProtocol(
              Protocol.SCTP,
              "sctp",
              Option.of("--sport", PORT_RANGE, "--source-port"),
              Option.of("--dport", PORT_RANGE, "--destination-port")),
          Extension.ofProtocol(
              Protocol.DCCP,
              "dccp",
              Option.of("--sport", PORT_RANGE, "--source-port"),
              Option.of("--dport", PORT_RANGE, "--destination-port")),
          Extension.of(
              "multiport",
              Option.of("--sports", PORT_SET, "--source-ports", "--sport", "--source-port"),
              Option.of(
                  "--dports", PORT_SET, "--destination-ports", "--dport", "--destination-port"),
              Option.of("--ports", PORT_SET, "--port")),
          Extension.ofProtocol(Protocol.ICMP, "icmp", Option.of("--icmp-type", ICMP)),
          Extension.ofProtocol(Protocol.ICMPV6, "icmp6", Option.of("--icmpv6-type", ICMP)));

  private static final Map<String, Extension> BY_NAME = byName();

  private MatchTable() {}

  private static Map<String, Extension> byName() {
    Map<String, Extension> byName = new HashMap<>();
    for (Extension extension : EXTENSIONS) {
      byName.put(extension.name(), extension);
    }
    byName.put("icmpv6", byName.get("icmp6"));
    return byName;
  }

  /** The extension of that name behind {@code -m}, if its meaning is known. */
  static Optional<Extension> extension(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** The extension that iptables loads by itself for options behind {@code -p} of a protocol. */
  static Optional<Extension> implied(Protocol protocol) {
    for (Extension extension : EXTENSIONS) {
      if (extension.protocol().equals(Optional.of(protocol))) {
        return Optional.of(extension);
      }
    }
    return Optional.empty();
  }
}
