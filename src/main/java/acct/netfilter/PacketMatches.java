package acct.netfilter;

import static acct.netfilter.Readers.TEXT;
import static acct.netfilter.Readers.decimal;
import static acct.netfilter.Readers.hex;
import static acct.netfilter.Readers.range;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Matches of the packet itself, of where it came by, and of who sent it. */
final class PacketMatches {
  private static final List<String> ADDRESS_TYPES =
      List.of(
          "UNSPEC",
          "UNICAST",
          "LOCAL",
          "BROADCAST",
          "ANYCAST",
          "MULTICAST",
          "BLACKHOLE",
          "UNREACHABLE",
          "PROHIBIT",
          "THROW",
          "NAT",
          "XRESOLVE");

  private static final List<String> HEADERS =
      List.of(
          "hop-by-hop",
          "ipv6-opts",
          "ipv6-route",
          "ipv6-frag",
          "ah",
          "esp",
          "ipv6-nonxt",
          "protocol");

  private static final Map<String, String> HEADER_ALIASES =
      Map.of(
          "hop", "hop-by-hop",
          "dst", "ipv6-opts",
          "route", "ipv6-route",
          "frag", "ipv6-frag",
          "auth", "ah",
          "none", "ipv6-nonxt",
          "prot", "protocol");

  private static final Map<String, String> TOS_NAMES =
      Map.of(
          "minimize-delay", "0x10",
          "maximize-throughput", "0x08",
          "maximize-reliability", "0x04",
          "minimize-cost", "0x02",
          "normal-service", "0x00");

  private static final long U32 = 0xffffffffL;

  private static final Option DSCP = Option.of("--dscp", hex(63, 2));

  static final List<Extension> ALL =
      List.of(
          Extension.of("mark", Option.of("--mark", Readers.MARK)),
          Extension.of("mac", Option.of("--mac-source", Readers.MAC)),
          Extension.of(
              "owner",
              Option.flag("--socket-exists"),
              Option.of("--uid-owner", Readers.OWNER),
              Option.of("--gid-owner", Readers.OWNER),
              Option.flag("--suppl-groups")),
          Extension.of(
              "iprange",
              Option.of("--src-range", Readers.ADDRESS_RANGE),
              Option.of("--dst-range", Readers.ADDRESS_RANGE)),
          Extension.of(
                  "physdev",
                  Option.flag("--physdev-is-in"),
                  Option.of("--physdev-in", Readers.INTERFACE),
                  Option.flag("--physdev-is-out"),
                  Option.of("--physdev-out", Readers.INTERFACE),
                  Option.flag("--physdev-is-bridged"))
              .switchingOn(KernelFeature.BRIDGE_NETFILTER),
          Extension.of(
              "addrtype",
              Option.of("--src-type", Readers.set(ADDRESS_TYPES, Map.of())),
              Option.of("--dst-type", Readers.set(ADDRESS_TYPES, Map.of())),
              Option.flag("--limit-iface-in"),
              Option.flag("--limit-iface-out")),
          Extension.of(
              "pkttype",
              Option.of(
                  "--pkt-type",
                  Readers.name(
                      List.of("unicast", "broadcast", "multicast", "otherhost"),
                      Map.of("bcast", "broadcast", "mcast", "multicast", "host", "unicast")))),
          Extension.of("length", Option.of("--length", range(65_535))),
          Extension.of(
              "dscp",
              DSCP,
              new Option(
                  "--dscp-class",
                  List.of(),
                  1,
                  PacketMatches::dscpClass,
                  Optional.empty(),
                  Optional.of(DSCP),
                  Option.Writes.NEVER)),
          Extension.of("tos", Option.of("--tos", PacketMatches::tos)),
          Extension.of(
              "ttl",
              Option.of("--ttl-eq", decimal(255), "--ttl"),
              Option.of("--ttl-lt", decimal(255)),
              Option.of("--ttl-gt", decimal(255))),
          Extension.of(
              "hl",
              Option.of("--hl-eq", decimal(255), "--hl"),
              Option.of("--hl-lt", decimal(255)),
              Option.of("--hl-gt", decimal(255))),
          Extension.of(
              "devgroup",
              Option.of("--src-group", PacketMatches::group),
              Option.of("--dst-group", PacketMatches::group)),
          Extension.of("cgroup", Option.of("--path", TEXT), Option.of("--cgroup", decimal(U32))),
          Extension.of("realm", Option.of("--realm", Readers.MARK)),
          Extension.of("cpu", Option.of("--cpu", decimal(U32))),
          Extension.of(
              "ecn",
              Option.flag("--ecn-tcp-ece"),
              Option.flag("--ecn-tcp-cwr"),
              Option.of("--ecn-ip-ect", decimal(3))),
          Extension.of("tcpmss", Option.of("--mss", range(65_535))),
          Extension.of("u32", Option.of("--u32", PacketMatches::u32)),
          Extension.of(
              "bpf",
              Option.of("--bytecode", PacketMatches::bytecode),
              // A program of eBPF may write maps that others read.
              Option.of("--object-pinned", TEXT).writing(Option.Writes.ALWAYS)),
          Extension.of("eui64"),
          Extension.of(
              "ipv6header",
              Option.of("--header", Readers.set(HEADERS, HEADER_ALIASES)),
              Option.flag("--soft")),
          Extension.of(
              "frag",
              Option.of("--fragid", range(U32)),
              Option.of("--fraglen", decimal(U32)),
              Option.flag("--fragres"),
              Option.flag("--fragfirst"),
              Option.flag("--fragmore"),
              Option.flag("--fraglast")),
          Extension.of("hbh", Option.of("--hbh-len", decimal(U32)), Option.of("--hbh-opts", TEXT)),
          Extension.of("dst", Option.of("--dst-len", decimal(U32)), Option.of("--dst-opts", TEXT)),
          Extension.of(
              "rt",
              Option.of("--rt-type", decimal(U32)),
              Option.of("--rt-segsleft", range(U32)).vanishingAt("0:4294967295"),
              Option.of("--rt-len", decimal(U32)),
              Option.flag("--rt-0-res"),
              Option.of("--rt-0-addrs", TEXT),
              Option.flag("--rt-0-not-strict")),
          Extension.of(
              "srh",
              Option.of("--srh-next-hdr", TEXT),
              Option.of("--srh-hdr-len-eq", TEXT),
              Option.of("--srh-hdr-len-gt", TEXT),
              Option.of("--srh-hdr-len-lt", TEXT),
              Option.of("--srh-segs-left-eq", TEXT),
              Option.of("--srh-segs-left-gt", TEXT),
              Option.of("--srh-segs-left-lt", TEXT),
              Option.of("--srh-last-entry-eq", TEXT),
              Option.of("--srh-last-entry-gt", TEXT),
              Option.of("--srh-last-entry-lt", TEXT),
              Option.of("--srh-tag", TEXT),
              Option.of("--srh-psid", PacketMatches::network),
              Option.of("--srh-nsid", PacketMatches::network),
              Option.of("--srh-lsid", PacketMatches::network)),
          Extension.of(
                  "cluster",
                  Option.of("--cluster-total-nodes", decimal(32)),
                  Option.of("--cluster-local-nodemask", hex(U32, 8)),
                  new Option(
                      "--cluster-local-node",
                      List.of(),
                      1,
                      (words, family) ->
                          new Text(
                              Readers.hexText(1L << (Numbers.unsigned(words.get(0), 32) - 1), 8)),
                      Optional.empty(),
                      Optional.of(Option.of("--cluster-local-nodemask", hex(U32, 8))),
                      Option.Writes.NEVER),
                  Option.of("--cluster-hash-seed", hex(U32, 8)))
              // xt_cluster makes a packet that came by a multicast frame one for this host.
              .with(Effect.SHARED_STATE)
              .switchingOn(KernelFeature.CONNTRACK),
          Extension.of(
                  "socket",
                  Option.flag("--transparent"),
                  Option.flag("--nowildcard"),
                  // Sets the packet's mark to the socket's.
                  Option.flag("--restore-skmark").writing(Option.Writes.ALWAYS))
              .switchingOn(KernelFeature.DEFRAGMENTATION),
          Extension.of(
              "rpfilter",
              Option.flag("--loose"),
              Option.flag("--validmark"),
              Option.flag("--accept-local"),
              Option.flag("--invert")),
          Extension.of(
              "osf",
              Option.of("--genre", TEXT),
              Option.of("--ttl", decimal(2)),
              // Writes to the kernel's log as the target LOG does, which a policy can't have
              // either.
              Option.of("--log", decimal(2)).writing(Option.Writes.ALWAYS)),
          Extension.of("ipcomp", Option.of("--ipcompspi", range(U32)), Option.flag("--compres")),
          StringMatch.EXTENSION,
          TimeMatch.EXTENSION,
          PolicyMatch.EXTENSION);

  private PacketMatches() {}

  private static Value network(List<String> words, Family family) throws BadValueException {
    return Prefix.lenient(words.get(0), family);
  }

  private static Value dscpClass(List<String> words, Family family) throws BadValueException {
    String name = words.get(0).toUpperCase(Locale.ROOT);
    int value = -1;
    if (name.equals("EF")) {
      value = 46;
    } else if (name.equals("BE")) {
      value = 0;
    } else if (name.matches("CS[0-7]")) {
      value = 8 * (name.charAt(2) - '0');
    } else if (name.matches("AF[1-4][1-3]")) {
      value = 8 * (name.charAt(2) - '0') + 2 * (name.charAt(3) - '0');
    }
    if (value < 0) {
      throw new BadValueException(
          "\"" + words.get(0) + "\" is not a class of DSCP: BE, EF, CS0 to CS7, AF11 to AF43");
    }
    return new Text(Readers.hexText(value, 2));
  }

  /** A number alone has the mask 0xff, a name 0x3f. */
  private static Value tos(List<String> words, Family family) throws BadValueException {
    String word = words.get(0);
    String named = TOS_NAMES.get(word.toLowerCase(Locale.ROOT));
    if (named != null) {
      return new Text(named + "/0x3f");
    }
    return Readers.TOS_BYTE.read(words, family);
  }

  /** Group 0 is called default by some versions. */
  private static Value group(List<String> words, Family family) throws BadValueException {
    return words.get(0).equals("default") ? new Text("0x0") : Readers.MARK.read(words, family);
  }

  /** Blanks mean nothing, and every number is printed in hexadecimal. */
  private static Value u32(List<String> words, Family family) throws BadValueException {
    StringBuilder out = new StringBuilder();
    String text = words.get(0).replace(" ", "");
    int i = 0;
    while (i < text.length()) {
      if (Character.isDigit(text.charAt(i))) {
        int end = i;
        while (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
          end++;
        }
        out.append(Readers.hexText(Numbers.unsigned(text.substring(i, end), U32), 1));
        i = end;
      } else {
        out.append(text.charAt(i++));
      }
    }
    return new Text(out.toString());
  }

  private static Value bytecode(List<String> words, Family family) {
    String code = words.get(0);
    int end = code.length();
    while (end > 0 && code.charAt(end - 1) == ',') {
      end--;
    }
    return new Text(code.substring(0, end));
  }
}
