package acct.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What people write who know iptables, nft or another tool, and what it is called in a policy. */
final class OtherWords {
  private static final String PORTS = "write destinationPort, sourcePort, or port for either";
  private static final String INTERFACES =
      "write inInterface or outInterface: a rule says which way the packet goes";
  private static final String JUMPS =
      "a policy only counts: jump takes a chain of the policy, or RETURN";

  private static final Map<String, String> KEYS =
      Map.ofEntries(
          Map.entry("dport", "write destinationPort"),
          Map.entry("dports", "write destinationPort, with a list"),
          Map.entry("sport", "write sourcePort"),
          Map.entry("sports", "write sourcePort, with a list"),
          Map.entry("ports", PORTS),
          Map.entry("src", "write source"),
          Map.entry("saddr", "write source"),
          Map.entry("dst", "write destination"),
          Map.entry("daddr", "write destination"),
          Map.entry("ip", "write source or destination"),
          Map.entry("address", "write source or destination"),
          Map.entry("in", "write inInterface"),
          Map.entry("iif", "write inInterface"),
          Map.entry("iifname", "write inInterface"),
          Map.entry("out", "write outInterface"),
          Map.entry("oif", "write outInterface"),
          Map.entry("oifname", "write outInterface"),
          Map.entry("iface", INTERFACES),
          Map.entry("interface", INTERFACES),
          Map.entry("dev", INTERFACES),
          Map.entry("mac", "write macSource"),
          Map.entry("set", "write matchSet"),
          Map.entry("state", "write ctstate"),
          Map.entry("uid", "write uidOwner"),
          Map.entry("gid", "write gidOwner"),
          Map.entry("target", JUMPS),
          Map.entry("action", JUMPS),
          Map.entry("verdict", JUMPS),
          Map.entry("match", "its keys stand in the rule itself"));

  private OtherWords() {}

  /** What to write instead of a key. */
  static Optional<String> forKey(String key) {
    return Optional.ofNullable(KEYS.get(key.replaceFirst("^-+", "")));
  }

  /** What to write instead of a value that is none of its key, if that can be told. */
  static Optional<String> forValue(MatchKey key, String text) {
    String strict = text.strip();
    if (strict.startsWith("!")) {
      String value = strict.substring(1).strip();
      return Optional.of(
          "what must not match stands under not: {" + key.key() + ": " + value + "}");
    }
    if (strict.indexOf(',') > 0 && key.lists() != MatchKey.Lists.NONE) {
      return Optional.of(
          "a list is written [" + String.join(", ", List.of(strict.split("\\s*,\\s*"))) + "]");
    }
    if (key == MatchKey.PROTO) {
      return Optional.of("the protocol of a packet is protocol: " + strict);
    }
    return Optional.empty();
  }
}
