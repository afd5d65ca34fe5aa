package acct.netfilter;

import static acct.netfilter.Readers.decimal;
import static acct.netfilter.Readers.range;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Matches of what stands behind the IP header: ports, flags, types. */
final class TransportMatches {
  private static final List<String> TCP_FLAG_NAMES =
      List.of("FIN", "SYN", "RST", "PSH", "ACK", "URG");

  private static final List<String> DCCP_TYPES =
      List.of(
          "REQUEST",
          "RESPONSE",
          "DATA",
          "ACK",
          "DATAACK",
          "CLOSEREQ",
          "CLOSE",
          "RESET",
          "SYNC",
          "SYNCACK",
          "INVALID");

  private static final Map<String, String> MH_TYPES =
      Map.ofEntries(
          Map.entry("brr", "0"),
          Map.entry("binding-refresh-request", "0"),
          Map.entry("hoti", "1"),
          Map.entry("home-test-init", "1"),
          Map.entry("coti", "2"),
          Map.entry("careof-test-init", "2"),
          Map.entry("hot", "3"),
          Map.entry("home-test", "3"),
          Map.entry("cot", "4"),
          Map.entry("careof-test", "4"),
          Map.entry("bu", "5"),
          Map.entry("binding-update", "5"),
          Map.entry("ba", "6"),
          Map.entry("binding-acknowledgement", "6"),
          Map.entry("be", "7"),
          Map.entry("binding-error", "7"));

  private static final long U32 = 0xffffffffL;

  private static final Option.Reader TCP_FLAGS =
      (words, family) ->
          new Readers.WordList(List.of(tcpFlags(words.get(0)), tcpFlags(words.get(1))));

  private static final Option TCP_FLAGS_OPTION = Option.ofWords("--tcp-flags", 2, TCP_FLAGS);

  private static final Option TCP_SYN =
      new Option(
          "--syn",
          List.of(),
          0,
          (words, family) -> new Readers.WordList(List.of("FIN,SYN,RST,ACK", "SYN")),
          Optional.empty(),
          Optional.of(TCP_FLAGS_OPTION),
          Option.Writes.NEVER);

  private static final Option.Reader PORT_SET = (words, family) -> PortSet.lenient(words.get(0));

  private static final Option.Reader ICMP =
      (words, family) -> IcmpType.lenient(words.get(0), family);

  static final List<Extension> ALL =
      List.of(
          Extension.ofProtocol(
                  Protocol.TCP,
                  "tcp",
                  port("--sport", "--source-port").vanishingAt(PortRange.EVERY),
                  port("--dport", "--destination-port").vanishingAt(PortRange.EVERY),
                  Option.of("--tcp-option", decimal(255)),
                  TCP_FLAGS_OPTION.vanishingAt(new Readers.WordList(List.of("NONE", "NONE"))),
                  TCP_SYN)
              .finishedBy(TransportMatches::dropPortsThatNeverMatch),
          Extension.ofProtocol(
                  Protocol.UDP,
                  "udp",
                  port("--sport", "--source-port").vanishingAt(PortRange.EVERY),
                  port("--dport", "--destination-port").vanishingAt(PortRange.EVERY))
              .finishedBy(TransportMatches::dropPortsThatNeverMatch),
          Extension.ofProtocol(
              Protocol.SCTP,
              "sctp",
              port("--sport", "--source-port"),
              port("--dport", "--destination-port"),
              Option.ofWords("--chunk-types", 2, TransportMatches::chunks)),
          Extension.ofProtocol(
              Protocol.DCCP,
              "dccp",
              port("--sport", "--source-port"),
              port("--dport", "--destination-port"),
              Option.of("--dccp-types", Readers.set(DCCP_TYPES, Map.of()), "--dccp-type"),
              Option.of("--dccp-option", decimal(255))),
          Extension.of(
              "multiport",
              Option.of("--sports", PORT_SET, "--source-ports", "--sport", "--source-port"),
              Option.of(
                  "--dports", PORT_SET, "--destination-ports", "--dport", "--destination-port"),
              Option.of("--ports", PORT_SET, "--port")),
          Extension.ofProtocol(Protocol.ICMP, "icmp", Option.of("--icmp-type", ICMP))
              .finishedBy(TransportMatches::needsType),
          Extension.ofProtocol(
                  Protocol.ICMPV6, "icmp6", Option.of("--icmpv6-type", ICMP, "--icmp6-type"))
              .finishedBy(TransportMatches::needsType),
          Extension.ofProtocol(
              new Protocol(51),
              "ah",
              Option.of("--ahspi", range(U32)),
              Option.of("--ahlen", decimal(U32)),
              Option.flag("--ahres")),
          Extension.ofProtocol(new Protocol(50), "esp", Option.of("--espspi", range(U32))),
          Extension.ofProtocol(
              new Protocol(135),
              "mh",
              Option.of(
                  "--mh-type",
                  (words, family) ->
                      range(255)
                          .read(
                              List.of(MH_TYPES.getOrDefault(words.get(0), words.get(0))),
                              family))));

  private TransportMatches() {}

  private static Option port(String name, String alias) {
    return Option.of(name, Readers.PORT_RANGE, alias);
  }

  private static String tcpFlags(String word) throws BadValueException {
    if (word.equals("ALL")) {
      return String.join(",", TCP_FLAG_NAMES);
    }
    if (word.equals("NONE")) {
      return word;
    }
    List<String> flags = Readers.members(word, TCP_FLAG_NAMES, Map.of());
    return flags.isEmpty() ? "NONE" : String.join(",", flags);
  }

  /** "No port at all": iptables-save leaves it out, though not every version. */
  private static void dropPortsThatNeverMatch(List<Match.Setting> settings, Family family) {
    settings.removeIf(setting -> setting.negated() && setting.value().equals(PortRange.EVERY));
  }

  /** Before 1.4.11, {@code -m icmp} alone was any; since, it is refused. */
  private static void needsType(List<Match.Setting> settings, Family family)
      throws BadValueException {
    if (settings.isEmpty()) {
      throw new BadValueException("-m icmp needs a type");
    }
  }

  /** {@code any|all|only} and chunk types, each with its flags in a fixed order. */
  private static Value chunks(List<String> words, Family family) {
    List<String> chunks = new ArrayList<>();
    for (String chunk : words.get(1).split(",", -1)) {
      int colon = chunk.indexOf(':');
      chunks.add(colon < 0 ? chunk : chunk.substring(0, colon + 1) + flags(chunk, colon));
    }
    String kind = words.get(0).toLowerCase(java.util.Locale.ROOT);
    return new Readers.WordList(List.of(kind, String.join(",", chunks)));
  }

  /**
   * The chunk flags that iptables prints: upper case for set, lower for clear, the last word on a
   * flag being the one that counts.
   */
  private static String flags(String chunk, int colon) {
    StringBuilder flags = new StringBuilder();
    for (char flag : "IUBET".toCharArray()) {
      int set = chunk.lastIndexOf(flag);
      int clear = chunk.lastIndexOf(Character.toLowerCase(flag));
      if (Math.max(set, clear) > colon) {
        flags.append(set > clear ? flag : Character.toLowerCase(flag));
      }
    }
    return flags.toString();
  }
}
