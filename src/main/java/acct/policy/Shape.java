package acct.policy;

import acct.netfilter.Family;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a single value of a key may look like, the same for the reader and the schema. A text with
 * {@code ${…}} in it is any shape until it is filled in.
 */
public enum Shape {
  ADDRESS("an address or network, as 192.0.2.0/24", "[0-9A-Fa-f.:]+(/[0-9A-Fa-f.:]+)?"),
  ADDRESS_RANGE("a range of addresses, as 192.0.2.10-192.0.2.20", "[0-9A-Fa-f.:]+-[0-9A-Fa-f.:]+"),
  INTERFACE("the name of an interface", "[A-Za-z0-9_.:@+][A-Za-z0-9_.:@+-]{0,14}"),
  PROTOCOL("a protocol: its name, or 1 to 255", "[A-Za-z0-9][A-Za-z0-9.-]{0,31}", 1, 255),
  PORT(
      "a port: 0 to 65535, a range \"1000:2000\", or a service's name",
      "[0-9]{1,5}(:[0-9]{1,5})?|[a-z][a-z0-9-]{0,31}",
      0,
      65535),
  PORT_NUMBER("a number from 0 to 65535", "0|[1-9][0-9]{0,4}", 0, 65535),
  ICMP("a type: its name, 0 to 255, or type/code", "[A-Za-z0-9][A-Za-z0-9/-]{0,63}", 0, 255),
  TCP_FLAGS(
      "flags that are looked at and flags that are set, as \"SYN,ACK SYN\"",
      "(ALL|[A-Z]{3}(,[A-Z]{3}){0,5}) (ALL|NONE|[A-Z]{3}(,[A-Z]{3}){0,5})"),
  FLAG("true", ""),
  MAC(
      "a hardware address, as 00:11:22:aa:bb:cc",
      "[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}"),
  OWNER(
      "a number, a range 1000-1999, or a name",
      "(0|[1-9][0-9]{0,9})(-[1-9][0-9]{0,9})?|[a-z_][a-z0-9_-]{0,31}",
      0,
      4294967294L),
  MARK(
      "a number, decimal or 0x…, perhaps with /mask",
      "(0x[0-9A-Fa-f]{1,8}|0|[1-9][0-9]{0,9})(/(0x[0-9A-Fa-f]{1,8}|0|[1-9][0-9]{0,9}))?",
      0,
      4294967295L),
  CTSTATE(
      "INVALID, NEW, ESTABLISHED, RELATED, UNTRACKED, SNAT or DNAT",
      "INVALID|NEW|ESTABLISHED|RELATED|UNTRACKED|SNAT|DNAT"),
  WORD("a word of letters, digits and _ . -", "[A-Za-z0-9_][A-Za-z0-9_.-]{0,28}"),
  OBJECT("a name of up to 31 letters, digits and _ . -", "[A-Za-z0-9_][A-Za-z0-9_.-]{0,30}"),
  SET(
      "a set and its flags, as \"clients src\" or \"pairs src,dst\"",
      "[A-Za-z0-9_][A-Za-z0-9_.:-]{0,30} (src|dst)(,(src|dst)){0,5}"),
  NUMBER("a number", "0|[1-9][0-9]{0,9}", 0, 4294967295L),
  HEX_NUMBER("a number, decimal or 0x…", "0x[0-9A-Fa-f]{1,8}|0|[1-9][0-9]{0,9}", 0, 4294967295L),
  BYTE("a number from 0 to 255", "0|[1-9][0-9]{0,2}", 0, 255),
  NUMBER_RANGE(
      "a number, or from:to", "(0|[1-9][0-9]{0,17})(:(0|[1-9][0-9]{0,17})?)?", 0, 4294967295L),
  LENGTH(
      "a length of 0 to 65535, or from:to",
      "(0|[1-9][0-9]{0,4})(:(0|[1-9][0-9]{0,4})?)?",
      0,
      65535),
  CONNBYTES_DIR("original, reply or both", "original|reply|both"),
  CONNBYTES_MODE("packets, bytes or avgpkt", "packets|bytes|avgpkt"),
  IN_OUT("in or out", "in|out"),
  POL("ipsec or none", "ipsec|none"),
  IPSEC_PROTO("ah, esp or ipcomp", "ah|esp|ipcomp"),
  IPSEC_MODE("tunnel or transport", "tunnel|transport"),
  ADDRESS_TYPE(
      "a type of address, as LOCAL, UNICAST, BROADCAST, MULTICAST",
      "UNSPEC|UNICAST|LOCAL|BROADCAST|ANYCAST|MULTICAST|BLACKHOLE|UNREACHABLE|PROHIBIT|THROW|NAT"
          + "|XRESOLVE"),
  PKT_TYPE("unicast, broadcast or multicast", "unicast|broadcast|multicast"),
  DSCP(
      "0 to 63, or a class: BE, EF, CS0 to CS7, AF11 to AF43", "BE|EF|CS[0-7]|AF[1-4][1-3]", 0, 63),
  TOS(
      "a number from 0 to 255, perhaps with /mask, or a name",
      "(0x[0-9A-Fa-f]{1,2}|0|[1-9][0-9]{0,2})(/(0x[0-9A-Fa-f]{1,2}|0|[1-9][0-9]{0,2}))?|Minimize-Delay"
          + "|Maximize-Throughput|Maximize-Reliability|Minimize-Cost|Normal-Service",
      0,
      255),
  RATE("a rate, as 10/second, 5/minute", "[1-9][0-9]{0,8}/(second|minute|hour|day)"),
  BURST("a number from 1 to 10000", "[1-9][0-9]{0,4}", 1, 10000),
  TIME("a time of the day, as 08:00 or 08:00:30", "[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?"),
  WEEKDAY("a day: Mon, Tue, Wed, Thu, Fri, Sat or Sun", "Mon|Tue|Wed|Thu|Fri|Sat|Sun"),
  MONTHDAY("a day of the month, 1 to 31", "[1-9]|[12][0-9]|3[01]", 1, 31),
  DATE(
      "a date, as 2026-12-31 or 2026-12-31T23:59:59",
      "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?"),
  TEXT("a text of 1 to 128 printable characters", "[ -~]{1,128}"),
  ALGO("bm or kmp", "bm|kmp"),
  GROUP("a number, decimal or 0x…", "0x[0-9A-Fa-f]{1,8}|0|[1-9][0-9]{0,9}", 0, 4294967295L),
  PATH("a path in the control group tree", "/[!-~]{0,200}"),
  HEADER(
      "an extension header, as hop-by-hop, ipv6-route, ipv6-frag",
      "hop-by-hop|ipv6-opts|ipv6-route|ipv6-frag|ah|esp|ipv6-nonxt|protocol");

  /** What is to be filled in from a parameter or a variable. */
  static final String PLACEHOLDER = "\\$\\{";

  /** xt_addrtype refuses these in IPv6 (EveryKeyIT). */
  private static final Set<String> IPV4_ADDRESS_TYPES =
      Set.of("BROADCAST", "PROHIBIT", "THROW", "NAT", "XRESOLVE");

  private final String what;
  private final String pattern;
  private final Pattern compiled;
  private final long min;
  private final long max;

  Shape(String what, String pattern) {
    this(what, pattern, 0, -1);
  }

  Shape(String what, String pattern, long min, long max) {
    this.what = what;
    this.pattern = "^(" + pattern + ")$|" + PLACEHOLDER;
    this.compiled = Pattern.compile(pattern);
    this.min = min;
    this.max = max;
  }

  /** The words of an option with a value of this shape: a switch has none, some have two. */
  public List<String> optionWords(String option, String text) {
    return switch (this) {
      case FLAG -> List.of(option);
      case DSCP -> List.of(isName(text) ? option + "-class" : option, text);
      case TCP_FLAGS, SET -> {
        int blank = text.indexOf(' ');
        yield List.of(option, text.substring(0, Math.max(0, blank)), text.substring(blank + 1));
      }
      default -> List.of(option, text);
    };
  }

  private static boolean isName(String text) {
    return !text.isEmpty() && !Character.isDigit(text.charAt(0));
  }

  /** The family that a value of this shape is of; nothing for one of both. */
  public Optional<Family> familyOf(String text) {
    return switch (this) {
      case ADDRESS, ADDRESS_RANGE ->
          Optional.of(text.indexOf(':') >= 0 ? Family.IPV6 : Family.IPV4);
      case ADDRESS_TYPE ->
          IPV4_ADDRESS_TYPES.contains(text) ? Optional.of(Family.IPV4) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** For messages: "a port: 0 to 65535". */
  public String what() {
    return what;
  }

  /** What a text must match somewhere, for the schema. */
  public String pattern() {
    return pattern;
  }

  /** Whether it is a switch, which is only ever true. */
  public boolean isFlag() {
    return this == FLAG;
  }

  /** Whether a number is allowed, from {@link #min} to {@link #max}. */
  public boolean takesNumbers() {
    return max >= 0;
  }

  public long min() {
    return min;
  }

  public long max() {
    return max;
  }

  /** Whether a scalar has this shape. */
  public boolean accepts(Yaml.Scalar scalar) {
    return switch (scalar.type()) {
      case STRING -> acceptsText(scalar.text());
      case INTEGER -> takesNumbers() && inRange(scalar.text());
      case BOOLEAN -> isFlag() && scalar.text().equalsIgnoreCase("true");
      case NULL -> false;
    };
  }

  private boolean acceptsText(String text) {
    return text.contains("${") || (!isFlag() && compiled.matcher(text).matches());
  }

  private boolean inRange(String text) {
    long number = Long.parseLong(text);
    return number >= min && number <= max;
  }
}
