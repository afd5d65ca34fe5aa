package acct.kernel;

import acct.netfilter.Family;
import acct.policy.MatchForm;
import acct.policy.MatchKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A policy with every key, each alone and negated where that is allowed: the second plan is empty.
 */
class EveryKeyIT {
  private static final Set<MatchKey> OUTPUT_ONLY =
      Set.of(MatchKey.UID_OWNER, MatchKey.GID_OWNER, MatchKey.CGROUP, MatchKey.PATH);
  private static final Set<MatchKey> FORWARD_ONLY =
      Set.of(MatchKey.OUT_INTERFACE, MatchKey.PHYSDEV_OUT, MatchKey.DST_GROUP);

  /** What has no negation in iptables. */
  private static final Set<MatchKey> NEVER_NEGATED =
      Set.of(
          MatchKey.CONNBYTES_DIR,
          MatchKey.CONNBYTES_MODE,
          MatchKey.DIR,
          MatchKey.POL,
          MatchKey.STRICT,
          MatchKey.TUNNEL_DST,
          MatchKey.TUNNEL_SRC,
          MatchKey.NFACCT_NAME,
          MatchKey.LIMIT,
          MatchKey.LIMIT_BURST,
          MatchKey.TIMESTART,
          MatchKey.TIMESTOP,
          MatchKey.DATESTART,
          MatchKey.DATESTOP,
          MatchKey.KERNELTZ,
          MatchKey.ALGO,
          MatchKey.FROM,
          MatchKey.TO,
          MatchKey.ICASE,
          MatchKey.SOFT,
          MatchKey.FRAGFIRST,
          MatchKey.FRAGMORE,
          MatchKey.FRAGLAST,
          MatchKey.HELPER);

  private static final Map<MatchKey, String> COMPANIONS =
      Map.ofEntries(
          Map.entry(MatchKey.SOURCE_PORT, "protocol: tcp"),
          Map.entry(MatchKey.DESTINATION_PORT, "protocol: udp"),
          Map.entry(MatchKey.PORT, "protocol: udp"),
          Map.entry(MatchKey.TCP_FLAGS, "protocol: tcp, destinationPort: 443"),
          Map.entry(MatchKey.SYN, "protocol: tcp"),
          Map.entry(MatchKey.MSS, "protocol: tcp, syn: true"),
          Map.entry(MatchKey.CONNBYTES, "connbytesDir: both, connbytesMode: bytes"),
          Map.entry(MatchKey.CONNBYTES_DIR, "connbytes: '1000:', connbytesMode: bytes"),
          Map.entry(MatchKey.CONNBYTES_MODE, "connbytes: '2000:3000', connbytesDir: both"),
          Map.entry(MatchKey.POL, "dir: in"),
          Map.entry(MatchKey.STRICT, "dir: in, proto: ah, reqid: 5"),
          Map.entry(MatchKey.REQID, "dir: in"),
          Map.entry(MatchKey.SPI, "dir: in"),
          Map.entry(MatchKey.PROTO, "dir: in"),
          Map.entry(MatchKey.MODE, "dir: in, spi: 7"),
          Map.entry(MatchKey.TUNNEL_SRC, "dir: in, mode: tunnel, reqid: 1"),
          Map.entry(MatchKey.TUNNEL_DST, "dir: in, mode: tunnel, reqid: 2"),
          Map.entry(MatchKey.LIMIT_BURST, "limit: 7/minute"),
          Map.entry(MatchKey.KERNELTZ, "timestart: '07:00'"),
          Map.entry(MatchKey.STRING, "algo: bm"),
          Map.entry(MatchKey.HEX_STRING, "algo: kmp"),
          Map.entry(MatchKey.ALGO, "string: hello"),
          Map.entry(MatchKey.FROM, "string: from, algo: bm"),
          Map.entry(MatchKey.TO, "string: to, algo: bm"),
          Map.entry(MatchKey.ICASE, "string: icase, algo: bm"),
          Map.entry(MatchKey.SOFT, "header: ah"));

  @TempDir private Path directory;

  private static String value(MatchKey key, Family family) {
    if (key == MatchKey.PATH) {
      return "/";
    }
    String example = key.example();
    if (family == Family.IPV6) {
      example =
          example
              .replace("BROADCAST", "MULTICAST")
              .replaceAll("192\\.0\\.2\\.0/24", "2001:db8::/32")
              .replaceAll("(192\\.0\\.2|198\\.51\\.100)\\.(\\d+)", "2001:db8::$2");
    } else if (key == MatchKey.DESTINATION) {
      example = "192.0.2.80";
    }
    return key.shape().isFlag() || example.matches("\\d+") ? example : "\"" + example + "\"";
  }

  private static boolean existsIn(MatchKey key, Family family) {
    boolean ipv4 = key == MatchKey.ICMP_TYPE;
    boolean ipv6 = key == MatchKey.ICMPV6_TYPE;
    Family only = key.extension().flatMap(MatchForm.InExtension::family).orElse(family);
    return only == family && !(ipv4 && family == Family.IPV6) && !(ipv6 && family == Family.IPV4);
  }

  private static String spec(Family family) {
    List<String> in = new ArrayList<>();
    List<String> out = new ArrayList<>();
    List<String> forward = new ArrayList<>();
    for (MatchKey key : MatchKey.all()) {
      if (!existsIn(key, family)) {
        continue;
      }
      List<String> chain =
          OUTPUT_ONLY.contains(key) ? out : FORWARD_ONLY.contains(key) ? forward : in;
      String companions = COMPANIONS.getOrDefault(key, "");
      String more = companions.isEmpty() ? "" : ", " + companions;
      chain.add("{name: " + key.key() + ", " + key.key() + ": " + value(key, family) + more + "}");
      if (!NEVER_NEGATED.contains(key)) {
        chain.add(
            "{name: not-"
                + key.key()
                + ", not: {"
                + key.key()
                + ": "
                + value(key, family)
                + "}"
                + more
                + "}");
      }
    }
    in.add("{name: raw, options: '-m recent --rcheck --seconds 60 --name scanners'}");
    in.add("{name: socket, protocol: tcp, options: '-m socket --transparent'}");
    in.add("{name: states, ctstate: [NEW, ESTABLISHED]}");
    out.add("{name: root, uidOwner: root}");
    out.add("{name: not-root-group, not: {gidOwner: root}}");
    in.add("{name: days, weekdays: [Sat, Sun], monthdays: [1, 15]}");
    return "allow: [conntrack, bridge-netfilter]\nfamilies: ["
        + family.label()
        + "]\nchains:\n"
        + chain("IN", "INPUT", in)
        + chain("OUT", "OUTPUT", out)
        + chain("FWD", "FORWARD", forward);
  }

  private static String chain(String name, String hook, List<String> rules) {
    return "- name: "
        + name
        + "\n  attach: ["
        + hook
        + "]\n  rules:\n  - "
        + String.join("\n  - ", rules)
        + "\n";
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void isAppliedAndThePlanIsEmpty(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      String family = setup.family() == Family.IPV4 ? "inet" : "inet6";
      namespace.run("ipset", "create", "clients", "hash:ip", "family", family).ok();
      namespace.run("nfacct", "add", "http-traffic").ok();
      Path policy = acct.policy("every-key", spec(setup.family()));
      acct.apply(policy);
      acct.assertSettled(policy);
      int rules = acct.rules("IN").size() + acct.rules("OUT").size() + acct.rules("FWD").size();
      System.err.printf("%s: %d rules with every key, applied and settled%n", setup, rules);
    }
  }
}
