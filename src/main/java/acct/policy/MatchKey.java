package acct.policy;

import acct.netfilter.BadValueException;
import acct.netfilter.Family;
import acct.netfilter.InterfaceName;
import acct.netfilter.Prefix;
import acct.netfilter.Protocol;
import acct.netfilter.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A key of a rule that narrows what it counts: iptables' long option in camelCase. The reader, the
 * schema and the compiler are driven by these rows.
 */
public enum MatchKey {
  IN_INTERFACE(
      "inInterface",
      Shape.INTERFACE,
      Lists.RULES,
      new MatchForm.Core("-i", text -> InterfaceName.strict(text)),
      "The interface a packet came in by (iptables -i). With + at the end, all that begin so. A list"
          + " counts them together, by one kernel rule each.",
      "eth1",
      "outInterface"),
  OUT_INTERFACE(
      "outInterface",
      Shape.INTERFACE,
      Lists.RULES,
      new MatchForm.Core("-o", text -> InterfaceName.strict(text)),
      "The interface a packet will leave by (iptables -o). With + at the end, all that begin so. A"
          + " list counts them together, by one kernel rule each.",
      "ppp0",
      "inInterface"),
  SOURCE(
      "source",
      Shape.ADDRESS,
      Lists.RULES,
      new MatchForm.Core("-s", text -> Prefix.strict(text)),
      "Where a packet comes from (iptables -s): an address or a network, IPv4 or IPv6. A list counts"
          + " them together, by one kernel rule each.",
      "192.0.2.0/24",
      "destination"),
  DESTINATION(
      "destination",
      Shape.ADDRESS,
      Lists.RULES,
      new MatchForm.Core("-d", text -> Prefix.strict(text)),
      "Where a packet goes to (iptables -d): an address or a network, IPv4 or IPv6. A list counts them"
          + " together, by one kernel rule each.",
      "2001:db8::80",
      "source"),
  PROTOCOL(
      "protocol",
      Shape.PROTOCOL,
      Lists.RULES,
      new MatchForm.Core("-p", text -> Protocol.strict(text)),
      "The protocol above IP (iptables -p), by name or number. icmp counts in IPv4 only, ipv6-icmp in"
          + " IPv6 only. A list counts them together, by one kernel rule each.",
      "tcp"),
  SOURCE_PORT(
      "sourcePort",
      Shape.PORT,
      Lists.JOINED,
      new MatchForm.Ports(Optional.of("--sport"), "--sports"),
      "The port a packet comes from (iptables --source-port; a list is --source-ports of multiport): a"
          + " number, a range \"1000:2000\", or a service's name. Needs protocol tcp, udp, sctp, dccp"
          + " or udplite.",
      "80",
      "destinationPort"),
  DESTINATION_PORT(
      "destinationPort",
      Shape.PORT,
      Lists.JOINED,
      new MatchForm.Ports(Optional.of("--dport"), "--dports"),
      "The port a packet goes to (iptables --destination-port; a list is --destination-ports of"
          + " multiport): a number, a range \"1000:2000\", or a service's name. Needs protocol tcp,"
          + " udp, sctp, dccp or udplite.",
      "443",
      "sourcePort"),
  PORT(
      "port",
      Shape.PORT,
      Lists.JOINED,
      new MatchForm.Ports(Optional.empty(), "--ports"),
      "The port a packet comes from or goes to, either (--ports of multiport). Needs protocol tcp, udp, sctp, dccp or udplite.",
      "53"),
  TCP_FLAGS(
      "tcpFlags",
      Shape.TCP_FLAGS,
      Lists.NONE,
      option("tcp", "--tcp-flags", Optional.empty(), List.of()),
      "Which TCP flags are looked at, and behind a blank which of them are set (--tcp-flags of tcp). Needs protocol tcp.",
      "SYN,ACK SYN"),
  SYN(
      "syn",
      Shape.FLAG,
      Lists.NONE,
      option("tcp", "--syn", Optional.empty(), List.of()),
      "The first packet of a TCP connection: SYN without RST, ACK and FIN (--syn of tcp). Needs protocol tcp.",
      "true"),
  ICMP_TYPE(
      "icmpType",
      Shape.ICMP,
      Lists.NONE,
      new MatchForm.Icmp(Protocol.ICMP, Family.IPV4, "icmp", "--icmp-type"),
      "The type of an ICMP message (iptables --icmp-type): a name, a number, or type/code. Implies"
          + " protocol icmp and IPv4.",
      "echo-request"),
  ICMPV6_TYPE(
      "icmpv6Type",
      Shape.ICMP,
      Lists.NONE,
      new MatchForm.Icmp(Protocol.ICMPV6, Family.IPV6, "icmp6", "--icmpv6-type"),
      "The type of an ICMPv6 message (ip6tables --icmpv6-type): a name, a number, or type/code. Implies"
          + " protocol ipv6-icmp and IPv6.",
      "echo-request"),
  SRC_RANGE(
      "srcRange",
      Shape.ADDRESS_RANGE,
      Lists.NONE,
      option("iprange", "--src-range", Optional.empty(), List.of()),
      "Where a packet comes from, as a range of addresses (--src-range of iprange).",
      "192.0.2.10-192.0.2.20",
      "dstRange"),
  DST_RANGE(
      "dstRange",
      Shape.ADDRESS_RANGE,
      Lists.NONE,
      option("iprange", "--dst-range", Optional.empty(), List.of()),
      "Where a packet goes to, as a range of addresses (--dst-range of iprange).",
      "192.0.2.10-192.0.2.20",
      "srcRange"),
  MAC_SOURCE(
      "macSource",
      Shape.MAC,
      Lists.RULES,
      option("mac", "--mac-source", Optional.empty(), List.of()),
      "The sender's hardware address (--mac-source of mac). Not known in OUTPUT and POSTROUTING.",
      "00:11:22:aa:bb:cc"),
  UID_OWNER(
      "uidOwner",
      Shape.OWNER,
      Lists.NONE,
      option("owner", "--uid-owner", Optional.empty(), List.of()),
      "The user whose program sent the packet: a number, a range 1000-1999, or on the host that applies a name (--uid-owner of owner). Only from OUTPUT and POSTROUTING.",
      "1000"),
  GID_OWNER(
      "gidOwner",
      Shape.OWNER,
      Lists.NONE,
      option("owner", "--gid-owner", Optional.empty(), List.of()),
      "The group whose program sent the packet: a number, a range 100-199, or on the host that applies a name (--gid-owner of owner). Only from OUTPUT and POSTROUTING.",
      "100"),
  MARK(
      "mark",
      Shape.MARK,
      Lists.NONE,
      option("mark", "--mark", Optional.empty(), List.of()),
      "The packet's firewall mark, perhaps with a mask (--mark of mark).",
      "0x1/0xff"),
  CONNMARK(
      "connmark",
      Shape.MARK,
      Lists.NONE,
      option("connmark", "--mark", Optional.empty(), List.of()),
      "The connection's mark, perhaps with a mask (--mark of connmark).",
      "0x1/0xff"),
  CTSTATE(
      "ctstate",
      Shape.CTSTATE,
      Lists.COMMA,
      option("conntrack", "--ctstate", Optional.empty(), List.of()),
      "The state of the packet's connection (--ctstate of conntrack): INVALID, NEW, ESTABLISHED, RELATED, UNTRACKED, SNAT, DNAT. A list is any of them.",
      "ESTABLISHED"),
  HELPER(
      "helper",
      Shape.WORD,
      Lists.RULES,
      option("helper", "--helper", Optional.empty(), List.of()),
      "The connection tracking helper of the packet's connection (--helper of helper).",
      "ftp"),
  CONNBYTES(
      "connbytes",
      Shape.NUMBER_RANGE,
      Lists.NONE,
      option(
          "connbytes", "--connbytes", Optional.empty(), List.of("connbytesDir", "connbytesMode")),
      "How much the connection has carried so far, from:to (--connbytes of connbytes).",
      "100000:"),
  CONNBYTES_DIR(
      "connbytesDir",
      Shape.CONNBYTES_DIR,
      Lists.NONE,
      option("connbytes", "--connbytes-dir", Optional.empty(), List.of("connbytes")),
      "Which way connbytes counts: original, reply or both.",
      "both"),
  CONNBYTES_MODE(
      "connbytesMode",
      Shape.CONNBYTES_MODE,
      Lists.NONE,
      option("connbytes", "--connbytes-mode", Optional.empty(), List.of("connbytes")),
      "What connbytes counts: packets, bytes or avgpkt.",
      "bytes"),
  DIR(
      "dir",
      Shape.IN_OUT,
      Lists.NONE,
      option("policy", "--dir", Optional.empty(), List.of()),
      "Whether the IPsec policy is the one for decapsulation (in) or encapsulation (out) (--dir of policy).",
      "in"),
  POL(
      "pol",
      Shape.POL,
      Lists.NONE,
      option("policy", "--pol", Optional.empty(), List.of("dir")),
      "Whether the packet is subject to IPsec: ipsec (the default) or none (--pol of policy).",
      "ipsec"),
  STRICT(
      "strict",
      Shape.FLAG,
      Lists.NONE,
      option("policy", "--strict", Optional.empty(), List.of("dir")),
      "Whether the IPsec policy must match exactly (--strict of policy).",
      "true"),
  REQID(
      "reqid",
      Shape.NUMBER,
      Lists.NONE,
      option("policy", "--reqid", Optional.empty(), List.of("dir")),
      "The reqid of the IPsec policy rule (--reqid of policy).",
      "1"),
  SPI(
      "spi",
      Shape.HEX_NUMBER,
      Lists.NONE,
      option("policy", "--spi", Optional.empty(), List.of("dir")),
      "The SPI of the IPsec association (--spi of policy).",
      "0x100"),
  PROTO(
      "proto",
      Shape.IPSEC_PROTO,
      Lists.NONE,
      option("policy", "--proto", Optional.empty(), List.of("dir")),
      "The IPsec encapsulation: ah, esp or ipcomp (--proto of policy).",
      "esp"),
  MODE(
      "mode",
      Shape.IPSEC_MODE,
      Lists.NONE,
      option("policy", "--mode", Optional.empty(), List.of("dir")),
      "The IPsec mode: tunnel or transport (--mode of policy).",
      "tunnel"),
  TUNNEL_SRC(
      "tunnelSrc",
      Shape.ADDRESS,
      Lists.NONE,
      option("policy", "--tunnel-src", Optional.empty(), List.of("dir", "mode")),
      "The near end of the IPsec tunnel (--tunnel-src of policy).",
      "192.0.2.1",
      "tunnelDst"),
  TUNNEL_DST(
      "tunnelDst",
      Shape.ADDRESS,
      Lists.NONE,
      option("policy", "--tunnel-dst", Optional.empty(), List.of("dir", "mode")),
      "The far end of the IPsec tunnel (--tunnel-dst of policy).",
      "198.51.100.1",
      "tunnelSrc"),
  PHYSDEV_IN(
      "physdevIn",
      Shape.INTERFACE,
      Lists.NONE,
      option("physdev", "--physdev-in", Optional.empty(), List.of()),
      "The bridge port a packet came in by (--physdev-in of physdev).",
      "vnet0",
      "physdevOut"),
  PHYSDEV_OUT(
      "physdevOut",
      Shape.INTERFACE,
      Lists.NONE,
      option("physdev", "--physdev-out", Optional.empty(), List.of()),
      "The bridge port a packet will leave by (--physdev-out of physdev). Only bridged packets have one, in FORWARD and POSTROUTING.",
      "vnet1",
      "physdevIn"),
  PHYSDEV_IS_BRIDGED(
      "physdevIsBridged",
      Shape.FLAG,
      Lists.NONE,
      option("physdev", "--physdev-is-bridged", Optional.empty(), List.of()),
      "Whether the packet is bridged and not routed (--physdev-is-bridged of physdev).",
      "true"),
  SRC_TYPE(
      "srcType",
      Shape.ADDRESS_TYPE,
      Lists.COMMA,
      option("addrtype", "--src-type", Optional.empty(), List.of()),
      "The kind of the source address by the routing table (--src-type of addrtype). A list is any of them.",
      "LOCAL",
      "dstType"),
  DST_TYPE(
      "dstType",
      Shape.ADDRESS_TYPE,
      Lists.COMMA,
      option("addrtype", "--dst-type", Optional.empty(), List.of()),
      "The kind of the destination address by the routing table (--dst-type of addrtype). A list is any of them.",
      "BROADCAST",
      "srcType"),
  PKT_TYPE(
      "pktType",
      Shape.PKT_TYPE,
      Lists.RULES,
      option("pkttype", "--pkt-type", Optional.empty(), List.of()),
      "How the link layer addressed the packet: unicast, broadcast or multicast (--pkt-type of pkttype).",
      "multicast"),
  LENGTH(
      "length",
      Shape.LENGTH,
      Lists.NONE,
      option("length", "--length", Optional.empty(), List.of()),
      "The packet's length in bytes, the IP header included, as a number or from:to (--length of length).",
      "1000:1500"),
  MSS(
      "mss",
      Shape.LENGTH,
      Lists.NONE,
      option("tcpmss", "--mss", Optional.empty(), List.of("protocol")),
      "The maximum segment size that a SYN packet of TCP says, as a number or from:to (--mss of tcpmss).",
      "536:1460"),
  CPU(
      "cpu",
      Shape.NUMBER,
      Lists.RULES,
      option("cpu", "--cpu", Optional.empty(), List.of()),
      "The number of the processor that handles the packet (--cpu of cpu).",
      "1"),
  REALM(
      "realm",
      Shape.MARK,
      Lists.NONE,
      option("realm", "--realm", Optional.of(Family.IPV4), List.of()),
      "The routing realm of the packet, perhaps with a mask (--realm of realm).",
      "10"),
  DSCP(
      "dscp",
      Shape.DSCP,
      Lists.NONE,
      option("dscp", "--dscp", Optional.empty(), List.of()),
      "The DSCP field: a number from 0 to 63 (--dscp of dscp) or a class, as EF, AF41, CS1 (--dscp-class).",
      "EF"),
  TOS(
      "tos",
      Shape.TOS,
      Lists.NONE,
      option("tos", "--tos", Optional.empty(), List.of()),
      "The type-of-service byte, perhaps with a mask, or a name (--tos of tos).",
      "0x10/0x3f"),
  TTL(
      "ttl",
      Shape.BYTE,
      Lists.RULES,
      option("ttl", "--ttl-eq", Optional.of(Family.IPV4), List.of()),
      "The time to live, in IPv4 (--ttl-eq of ttl).",
      "64"),
  HL(
      "hl",
      Shape.BYTE,
      Lists.RULES,
      option("hl", "--hl-eq", Optional.of(Family.IPV6), List.of()),
      "The hop limit, in IPv6 (--hl-eq of hl).",
      "64"),
  MATCH_SET(
      "matchSet",
      Shape.SET,
      Lists.NONE,
      option("set", "--match-set", Optional.empty(), List.of()),
      "An ipset that holds the packet, with the flags src and dst for each of its dimensions (--match-set of set). The set must exist on the host.",
      "clients src"),
  NFACCT_NAME(
      "nfacctName",
      Shape.OBJECT,
      Lists.NONE,
      option("nfacct", "--nfacct-name", Optional.empty(), List.of()),
      "An nfacct object that counts too (--nfacct-name of nfacct). It must exist on the host.",
      "http-traffic"),
  LIMIT(
      "limit",
      Shape.RATE,
      Lists.NONE,
      option("limit", "--limit", Optional.empty(), List.of()),
      "At most so many packets in a time (--limit of limit).",
      "10/second"),
  LIMIT_BURST(
      "limitBurst",
      Shape.BURST,
      Lists.NONE,
      option("limit", "--limit-burst", Optional.empty(), List.of("limit")),
      "How many packets may come at once before limit holds them (--limit-burst of limit); 5 by default.",
      "20"),
  TIMESTART(
      "timestart",
      Shape.TIME,
      Lists.NONE,
      option("time", "--timestart", Optional.empty(), List.of()),
      "From this time of the day, UTC (--timestart of time).",
      "08:00"),
  TIMESTOP(
      "timestop",
      Shape.TIME,
      Lists.NONE,
      option("time", "--timestop", Optional.empty(), List.of()),
      "Until this time of the day, UTC (--timestop of time).",
      "18:00"),
  WEEKDAYS(
      "weekdays",
      Shape.WEEKDAY,
      Lists.COMMA,
      option("time", "--weekdays", Optional.empty(), List.of()),
      "On these days of the week (--weekdays of time).",
      "Mon"),
  MONTHDAYS(
      "monthdays",
      Shape.MONTHDAY,
      Lists.COMMA,
      option("time", "--monthdays", Optional.empty(), List.of()),
      "On these days of the month (--monthdays of time).",
      "1"),
  DATESTART(
      "datestart",
      Shape.DATE,
      Lists.NONE,
      option("time", "--datestart", Optional.empty(), List.of()),
      "From this date on, UTC (--datestart of time).",
      "2026-01-01"),
  DATESTOP(
      "datestop",
      Shape.DATE,
      Lists.NONE,
      option("time", "--datestop", Optional.empty(), List.of()),
      "Until this date, UTC (--datestop of time).",
      "2026-12-31T23:59:59"),
  KERNELTZ(
      "kerneltz",
      Shape.FLAG,
      Lists.NONE,
      option("time", "--kerneltz", Optional.empty(), List.of()),
      "Times are in the kernel's time zone and not in UTC (--kerneltz of time).",
      "true"),
  STRING(
      "string",
      Shape.TEXT,
      Lists.NONE,
      option("string", "--string", Optional.empty(), List.of("algo")),
      "A text in the packet (--string of string).",
      "GET /"),
  HEX_STRING(
      "hexString",
      Shape.TEXT,
      Lists.NONE,
      option("string", "--hex-string", Optional.empty(), List.of("algo")),
      "Bytes in the packet, as |0a0b| (--hex-string of string).",
      "|0a0b|"),
  ALGO(
      "algo",
      Shape.ALGO,
      Lists.NONE,
      option("string", "--algo", Optional.empty(), List.of()),
      "How to search for string: bm or kmp (--algo of string).",
      "bm"),
  FROM(
      "from",
      Shape.PORT_NUMBER,
      Lists.NONE,
      option("string", "--from", Optional.empty(), List.of("algo")),
      "Where to begin to search, in bytes (--from of string).",
      "20"),
  TO(
      "to",
      Shape.PORT_NUMBER,
      Lists.NONE,
      option("string", "--to", Optional.empty(), List.of("algo")),
      "Where to end the search, in bytes (--to of string).",
      "200"),
  ICASE(
      "icase",
      Shape.FLAG,
      Lists.NONE,
      option("string", "--icase", Optional.empty(), List.of("algo")),
      "Search whatever the case of letters (--icase of string).",
      "true"),
  SRC_GROUP(
      "srcGroup",
      Shape.GROUP,
      Lists.NONE,
      option("devgroup", "--src-group", Optional.empty(), List.of()),
      "The group of the interface a packet came in by (--src-group of devgroup).",
      "1",
      "dstGroup"),
  DST_GROUP(
      "dstGroup",
      Shape.GROUP,
      Lists.NONE,
      option("devgroup", "--dst-group", Optional.empty(), List.of()),
      "The group of the interface a packet will leave by (--dst-group of devgroup).",
      "2",
      "srcGroup"),
  CGROUP(
      "cgroup",
      Shape.NUMBER,
      Lists.RULES,
      option("cgroup", "--cgroup", Optional.empty(), List.of()),
      "The class id of the sender's control group (--cgroup of cgroup). Only from OUTPUT and POSTROUTING.",
      "1048577"),
  PATH(
      "path",
      Shape.PATH,
      Lists.NONE,
      option("cgroup", "--path", Optional.empty(), List.of()),
      "The path of the sender's control group, v2 (--path of cgroup). It must exist on the host. Only from OUTPUT and POSTROUTING.",
      "/system.slice/nginx.service"),
  HEADER(
      "header",
      Shape.HEADER,
      Lists.COMMA,
      option("ipv6header", "--header", Optional.of(Family.IPV6), List.of()),
      "The IPv6 extension headers of the packet (--header of ipv6header): hop-by-hop, ipv6-opts, ipv6-route, ipv6-frag, ah, esp, ipv6-nonxt, protocol.",
      "ipv6-frag"),
  SOFT(
      "soft",
      Shape.FLAG,
      Lists.NONE,
      option("ipv6header", "--soft", Optional.of(Family.IPV6), List.of("header")),
      "The packet has at least those headers, and may have others (--soft of ipv6header).",
      "true"),
  FRAGID(
      "fragid",
      Shape.NUMBER_RANGE,
      Lists.NONE,
      option("frag", "--fragid", Optional.of(Family.IPV6), List.of()),
      "The id of an IPv6 fragment, as a number or from:to (--fragid of frag).",
      "1:100"),
  FRAGFIRST(
      "fragfirst",
      Shape.FLAG,
      Lists.NONE,
      option("frag", "--fragfirst", Optional.of(Family.IPV6), List.of()),
      "The first fragment, in IPv6 (--fragfirst of frag).",
      "true"),
  FRAGMORE(
      "fragmore",
      Shape.FLAG,
      Lists.NONE,
      option("frag", "--fragmore", Optional.of(Family.IPV6), List.of()),
      "A fragment with more behind it, in IPv6 (--fragmore of frag).",
      "true"),
  FRAGLAST(
      "fraglast",
      Shape.FLAG,
      Lists.NONE,
      option("frag", "--fraglast", Optional.of(Family.IPV6), List.of()),
      "The last fragment, in IPv6 (--fraglast of frag).",
      "true");

  /** What a list of values becomes. */
  public enum Lists {
    /** A list is refused. */
    NONE,
    /** One kernel rule for each value; so it can't stand under {@code not}. */
    RULES,
    /** One kernel rule that takes all of them, as ranges of ports. */
    JOINED,
    /** One kernel rule that takes all of them, joined by commas. */
    COMMA
  }

  private static final List<MatchKey> ALL = List.of(values());
  private static final Map<String, MatchKey> BY_KEY = new HashMap<>();

  static {
    for (MatchKey key : ALL) {
      BY_KEY.put(key.key, key);
    }
  }

  private final String key;
  private final Shape shape;
  private final Lists lists;
  private final MatchForm form;
  private final String description;
  private final String example;
  private final String mirror;

  MatchKey(
      String key, Shape shape, Lists lists, MatchForm form, String description, String example) {
    this(key, shape, lists, form, description, example, key);
  }

  MatchKey(
      String key,
      Shape shape,
      Lists lists,
      MatchForm form,
      String description,
      String example,
      String mirror) {
    this.key = key;
    this.shape = shape;
    this.lists = lists;
    this.form = form;
    this.description = description;
    this.example = example;
    this.mirror = mirror;
  }

  private static MatchForm option(
      String extension, String option, Optional<Family> family, List<String> needs) {
    return new MatchForm.InExtension(extension, option, family, needs);
  }

  /** As it stands in a policy. */
  public String key() {
    return key;
  }

  public Shape shape() {
    return shape;
  }

  public Lists lists() {
    return lists;
  }

  /** For the schema and the manual. */
  public String description() {
    return description;
  }

  /** A value to show. */
  public String example() {
    return example;
  }

  /**
   * The key that says the same of a packet on its way back; itself where direction says nothing.
   */
  public MatchKey mirror() {
    return BY_KEY.get(mirror);
  }

  /** What its words are in a kernel rule. */
  public MatchForm form() {
    return form;
  }

  /** The extension's option it stands for; nothing for those with a form of their own. */
  public Optional<MatchForm.InExtension> extension() {
    return form instanceof MatchForm.InExtension in ? Optional.of(in) : Optional.empty();
  }

  /** Reads one value, as strictly as a person reads it. */
  public Value read(String text) throws BadValueException {
    return form.read(shape, text);
  }

  /** The family that a value is of; nothing for one of both. */
  public Optional<Family> familyOf(Value value) {
    return form.family().or(() -> shape.familyOf(value.words().get(0)));
  }

  /** The row of that key. */
  public static Optional<MatchKey> of(String key) {
    return Optional.ofNullable(BY_KEY.get(key));
  }

  /** All keys, in the order in which their words stand in a rule. */
  public static List<MatchKey> all() {
    return ALL;
  }
}
