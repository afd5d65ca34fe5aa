package acct.policy;

import acct.netfilter.BadValueException;
import acct.netfilter.Family;
import acct.netfilter.IcmpType;
import acct.netfilter.InterfaceName;
import acct.netfilter.PortRange;
import acct.netfilter.Prefix;
import acct.netfilter.Protocol;
import acct.netfilter.Value;
import java.util.List;
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
      (text) -> InterfaceName.strict(text),
      "The interface a packet came in by (iptables -i). With + at the end, all that begin so. A list"
          + " counts them together, by one kernel rule each.",
      "eth1"),
  OUT_INTERFACE(
      "outInterface",
      Shape.INTERFACE,
      Lists.RULES,
      (text) -> InterfaceName.strict(text),
      "The interface a packet will leave by (iptables -o). With + at the end, all that begin so. A"
          + " list counts them together, by one kernel rule each.",
      "ppp0"),
  SOURCE(
      "source",
      Shape.ADDRESS,
      Lists.RULES,
      (text) -> Prefix.strict(text),
      "Where a packet comes from (iptables -s): an address or a network, IPv4 or IPv6. A list counts"
          + " them together, by one kernel rule each.",
      "192.0.2.0/24"),
  DESTINATION(
      "destination",
      Shape.ADDRESS,
      Lists.RULES,
      (text) -> Prefix.strict(text),
      "Where a packet goes to (iptables -d): an address or a network, IPv4 or IPv6. A list counts them"
          + " together, by one kernel rule each.",
      "2001:db8::80"),
  PROTOCOL(
      "protocol",
      Shape.PROTOCOL,
      Lists.RULES,
      (text) -> Protocol.strict(text),
      "The protocol above IP (iptables -p), by name or number. icmp counts in IPv4 only, ipv6-icmp in"
          + " IPv6 only. A list counts them together, by one kernel rule each.",
      "tcp"),
  SOURCE_PORT(
      "sourcePort",
      Shape.PORT,
      Lists.JOINED,
      (text) -> PortRange.strict(text),
      "The port a packet comes from (iptables --source-port; a list is --source-ports of multiport): a"
          + " number, a range \"1000:2000\", or a service's name. Needs protocol tcp, udp, sctp, dccp"
          + " or udplite.",
      "80"),
  DESTINATION_PORT(
      "destinationPort",
      Shape.PORT,
      Lists.JOINED,
      (text) -> PortRange.strict(text),
      "The port a packet goes to (iptables --destination-port; a list is --destination-ports of"
          + " multiport): a number, a range \"1000:2000\", or a service's name. Needs protocol tcp,"
          + " udp, sctp, dccp or udplite.",
      "443"),
  ICMP_TYPE(
      "icmpType",
      Shape.ICMP,
      Lists.NONE,
      (text) -> IcmpType.strict(text, Family.IPV4),
      "The type of an ICMP message (iptables --icmp-type): a name, a number, or type/code. Implies"
          + " protocol icmp and IPv4.",
      "echo-request"),
  ICMPV6_TYPE(
      "icmpv6Type",
      Shape.ICMP,
      Lists.NONE,
      (text) -> IcmpType.strict(text, Family.IPV6),
      "The type of an ICMPv6 message (ip6tables --icmpv6-type): a name, a number, or type/code. Implies"
          + " protocol ipv6-icmp and IPv6.",
      "echo-request");

  /** What a list of values becomes. */
  public enum Lists {
    /** A list is refused. */
    NONE,
    /** One kernel rule for each value; so it can't stand under {@code not}. */
    RULES,
    /** One kernel rule that takes all of them. */
    JOINED
  }

  /** What a single value may look like, the same for the reader and the schema. */
  public enum Shape {
    ADDRESS("an address or network, as 192.0.2.0/24", "^[0-9A-Fa-f.:]+(/[0-9.]+)?$", -1, -1),
    INTERFACE("the name of an interface", "^[A-Za-z0-9_.:@+][A-Za-z0-9_.:@+-]{0,14}$", -1, -1),
    PROTOCOL("a protocol: its name, or 1 to 255", "^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$", 1, 255),
    PORT(
        "a port: 0 to 65535, a range \"1000:2000\", or a service's name",
        "^([0-9]{1,5}(:[0-9]{1,5})?|[a-z][a-z0-9-]{0,31})$",
        0,
        65535),
    ICMP("a type: its name, 0 to 255, or type/code", "^[A-Za-z0-9][A-Za-z0-9/-]{0,63}$", 0, 255);

    private final String what;
    private final java.util.regex.Pattern pattern;
    private final int min;
    private final int max;

    Shape(String what, String pattern, int min, int max) {
      this.what = what;
      this.pattern = java.util.regex.Pattern.compile(pattern);
      this.min = min;
      this.max = max;
    }

    /** For messages: "a port: 0 to 65535". */
    public String what() {
      return what;
    }

    /** What a text must match. */
    public String pattern() {
      return pattern.pattern();
    }

    /** Whether a number is allowed, from {@link #min} to {@link #max}. */
    public boolean takesNumbers() {
      return max >= 0;
    }

    public int min() {
      return min;
    }

    public int max() {
      return max;
    }

    boolean accepts(Yaml.Scalar scalar) {
      return switch (scalar.type()) {
        case STRING -> pattern.matcher(scalar.text()).matches();
        case INTEGER -> takesNumbers() && inRange(scalar.text());
        case BOOLEAN, NULL -> false;
      };
    }

    private boolean inRange(String text) {
      long number = Long.parseLong(text);
      return number >= min && number <= max;
    }
  }

  /** Reads a value strictly. */
  @FunctionalInterface
  interface Strict {
    Value read(String text) throws BadValueException;
  }

  private static final List<MatchKey> ALL = List.of(values());
  private static final java.util.Map<String, MatchKey> BY_KEY = new java.util.HashMap<>();

  static {
    for (MatchKey key : values()) {
      BY_KEY.put(key.key, key);
    }
  }

  private final String key;
  private final Shape shape;
  private final Lists lists;
  private final Strict strict;
  private final String description;
  private final String example;

  MatchKey(
      String key, Shape shape, Lists lists, Strict strict, String description, String example) {
    this.key = key;
    this.shape = shape;
    this.lists = lists;
    this.strict = strict;
    this.description = description;
    this.example = example;
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

  /** Reads one value, as strictly as a person reads it. */
  public Value read(String text) throws BadValueException {
    return strict.read(text);
  }

  /** The row of that key. */
  public static Optional<MatchKey> of(String key) {
    return Optional.ofNullable(BY_KEY.get(key));
  }

  /** All keys, in the order of the documentation. */
  public static List<MatchKey> all() {
    return ALL;
  }
}
