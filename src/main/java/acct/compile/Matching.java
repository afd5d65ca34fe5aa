package acct.compile;

import acct.netfilter.BadValueException;
import acct.netfilter.Family;
import acct.netfilter.InterfaceName;
import acct.netfilter.PortRange;
import acct.netfilter.PortSet;
import acct.netfilter.Prefix;
import acct.netfilter.Protocol;
import acct.netfilter.Rule;
import acct.netfilter.RuleParser;
import acct.netfilter.Target;
import acct.netfilter.Text;
import acct.netfilter.Value;
import acct.policy.Code;
import acct.policy.Diagnostics;
import acct.policy.MatchKey;
import acct.policy.Policy.Clause;
import acct.policy.Policy.Written;
import acct.policy.Position;
import acct.policy.Shape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The match of one rule of a policy: its clauses read, checked against each other, and turned into
 * the words of the kernel rules that say it.
 *
 * <p>A list that iptables takes whole (ports) stays one rule; every other list becomes one rule for
 * each element, and several lists their product. The elements must not overlap: a packet that two
 * of them take would be counted twice in the sum.
 */
final class Matching {
  /** A clause whose values could be read. */
  private record Read(Clause clause, List<Value> values) {
    Value first() {
      return values.get(0);
    }
  }

  /** How many kernel rules one rule may become: each list is compared with itself, pair by pair. */
  private static final int MOST_RULES = 4_096;

  private static final Set<String> IPV4_ADDRESS_TYPES =
      Set.of("BROADCAST", "PROHIBIT", "THROW", "NAT", "XRESOLVE");

  private final OwnerNames owners;
  private final Position position;
  private final Diagnostics diagnostics;
  private final Map<MatchKey, Read> positive = new EnumMap<>(MatchKey.class);
  private final Map<MatchKey, Read> negative = new EnumMap<>(MatchKey.class);
  private final Set<Family> families = EnumSet.allOf(Family.class);
  private List<String> options = List.of();

  private Matching(OwnerNames owners, Position position, Diagnostics diagnostics) {
    this.owners = owners;
    this.position = position;
    this.diagnostics = diagnostics;
  }

  /**
   * Reads clauses.
   *
   * @return nothing where they can't stand together; the diagnostics say why
   */
  static Optional<Matching> of(
      List<Clause> clauses,
      Optional<Written> options,
      OwnerNames owners,
      Position position,
      Diagnostics diagnostics) {
    Matching matching = new Matching(owners, position, diagnostics);
    boolean ok = true;
    for (Clause clause : clauses) {
      ok &= matching.read(clause);
    }
    if (!ok) {
      return Optional.empty();
    }
    ok =
        matching.checkOncePerRule()
            & matching.checkProtocol()
            & matching.checkCompanions()
            & matching.checkProduct()
            & matching.checkFamilies();
    return ok && matching.readOptions(options) ? Optional.of(matching) : Optional.empty();
  }

  /** The rule exists only in the families in which its options can be read beside the rest. */
  private boolean readOptions(Optional<Written> written) {
    if (written.isEmpty()) {
      return true;
    }
    try {
      options = RawOptions.words(written.get().text());
      Set<Family> readable = EnumSet.noneOf(Family.class);
      Optional<BadValueException> refusal = Optional.empty();
      for (Family family : families) {
        try {
          for (List<String> typed : alternatives()) {
            RawOptions.checkMatchOnly(RuleParser.parse(words(typed), family));
          }
          readable.add(family);
        } catch (BadValueException e) {
          refusal = refusal.isEmpty() ? Optional.of(e) : refusal;
        }
      }
      if (readable.isEmpty()) {
        throw refusal.orElseThrow();
      }
      families.retainAll(readable);
      return true;
    } catch (BadValueException e) {
      diagnostics.error(Code.BAD_VALUE, written.get().position(), "options: " + e.getMessage());
      return false;
    }
  }

  private List<String> words(List<String> typed) {
    List<String> words = new ArrayList<>(typed);
    words.addAll(options);
    return words;
  }

  private boolean read(Clause clause) {
    List<Value> values = new ArrayList<>();
    if (clause.values().size() > MOST_RULES) {
      diagnostics.error(
          Code.LIMIT,
          clause.position(),
          clause.key().key() + " has more than " + MOST_RULES + " values; use forEach or an ipset");
      return false;
    }
    boolean ok = true;
    for (Written written : clause.values()) {
      try {
        Value value = numbered(clause.key(), clause.key().read(written.text()));
        ok &= checkSensible(clause, value, written) && checkOverlap(clause, values, value, written);
        values.add(value);
      } catch (BadValueException e) {
        if (!diagnostics.hasErrorAt(written.position())) {
          diagnostics.error(Code.BAD_VALUE, written.position(), e.getMessage());
        }
        ok = false;
      }
    }
    (clause.negated() ? negative : positive).put(clause.key(), new Read(clause, values));
    return ok;
  }

  /** The kernel knows users and groups by their numbers only. */
  private Value numbered(MatchKey key, Value value) throws BadValueException {
    boolean owner = key == MatchKey.UID_OWNER || key == MatchKey.GID_OWNER;
    String text = owner ? value.words().get(0) : "";
    boolean name = !text.isEmpty() && !Character.isDigit(text.charAt(0));
    return name ? new Text(owners.number(text, key == MatchKey.GID_OWNER)) : value;
  }

  /** "Not everything" never matches; iptables versions disagree what to do with it. */
  private boolean checkSensible(Clause clause, Value value, Written written) {
    if (clause.negated() && isEverything(value)) {
      diagnostics.error(
          Code.BAD_VALUE,
          written.position(),
          "not " + written.text() + " matches nothing: the rule would never count");
      return false;
    }
    return true;
  }

  private static boolean isEverything(Value value) {
    return value instanceof Prefix prefix && prefix.isEverything()
        || value.equals(InterfaceName.EVERY)
        || value.equals(PortRange.EVERY);
  }

  private boolean checkOverlap(Clause clause, List<Value> before, Value value, Written written) {
    if (clause.key().lists() != MatchKey.Lists.RULES) {
      return true;
    }
    for (int i = 0; i < before.size(); i++) {
      if (overlap(before.get(i), value)) {
        String earlier = clause.values().get(i).text();
        diagnostics.error(
            Code.OVERLAP,
            written.position(),
            written.text()
                + " overlaps "
                + earlier
                + " in the same list: what is in both would be counted twice; leave one out, or"
                + " make them rules of their own");
        return false;
      }
    }
    return true;
  }

  private static boolean overlap(Value one, Value other) {
    if (one instanceof Prefix a && other instanceof Prefix b) {
      return a.overlaps(b);
    }
    if (one instanceof InterfaceName a && other instanceof InterfaceName b) {
      return a.overlaps(b);
    }
    return one.equals(other);
  }

  /** iptables takes each core option once, negated or not. */
  private boolean checkOncePerRule() {
    boolean ok = true;
    for (Map.Entry<MatchKey, Read> entry : negative.entrySet()) {
      MatchKey key = entry.getKey();
      if (key.lists() != MatchKey.Lists.JOINED && positive.containsKey(key)) {
        diagnostics.error(
            Code.BAD_VALUE,
            entry.getValue().clause().position(),
            key.key()
                + " stands in the rule already, and iptables takes it once: either it or not");
        ok = false;
      }
    }
    return ok;
  }

  private boolean checkProtocol() {
    return checkPorts(MatchKey.PORT)
        & checkPorts(MatchKey.SOURCE_PORT)
        & checkPorts(MatchKey.DESTINATION_PORT)
        & checkIcmp(MatchKey.ICMP_TYPE, Protocol.ICMP)
        & checkIcmp(MatchKey.ICMPV6_TYPE, Protocol.ICMPV6);
  }

  /** The rules that lists make of one, multiplied. */
  private boolean checkProduct() {
    long product = 1;
    for (Read read : positive.values()) {
      if (read.clause().key().lists() == MatchKey.Lists.RULES) {
        product = Math.min(Integer.MAX_VALUE, product * Math.max(1, read.values().size()));
      }
    }
    if (product > MOST_RULES) {
      diagnostics.error(
          Code.LIMIT, position, "the lists make more than " + MOST_RULES + " kernel rules of one");
    }
    return product <= MOST_RULES;
  }

  /** Keys that iptables takes only together with others, and tcp's only with tcp. */
  private boolean checkCompanions() {
    boolean ok = true;
    for (Map<MatchKey, Read> side : List.of(positive, negative)) {
      for (Map.Entry<MatchKey, Read> entry : side.entrySet()) {
        MatchKey key = entry.getKey();
        if (key.extension().isPresent()) {
          ok &= checkCompanions(key, entry.getValue(), key.extension().get());
        }
      }
    }
    if (has(MatchKey.ALGO) && !has(MatchKey.STRING) && !has(MatchKey.HEX_STRING)) {
      missing(MatchKey.ALGO, positionOf(MatchKey.ALGO), "string or hexString");
      ok = false;
    }
    return ok;
  }

  private boolean checkCompanions(MatchKey key, Read read, MatchKey.InExtension in) {
    boolean ok = true;
    for (String needed : in.needs()) {
      if (!has(MatchKey.of(needed).orElseThrow())) {
        missing(key, read.clause().position(), needed);
        ok = false;
      }
    }
    Read protocol = positive.get(MatchKey.PROTOCOL);
    boolean tcp = protocol != null && protocol.values().equals(List.of(Protocol.TCP));
    if (in.extension().equals("tcp") && !tcp) {
      diagnostics.error(
          Code.PROTOCOL,
          read.clause().position(),
          key.key() + " needs protocol: tcp in the same rule");
      ok = false;
    }
    return ok;
  }

  private void missing(MatchKey key, Position at, String needed) {
    diagnostics.error(Code.MISSING_KEY, at, key.key() + " needs " + needed + " in the same rule");
  }

  private boolean checkPorts(MatchKey key) {
    boolean ok = true;
    for (Map<MatchKey, Read> side : List.of(positive, negative)) {
      Read ports = side.get(key);
      if (ports != null) {
        ok &= checkPortsHaveProtocol(ports) && checkSlots(ports);
      }
    }
    return ok;
  }

  private boolean checkPortsHaveProtocol(Read ports) {
    Read protocol = positive.get(MatchKey.PROTOCOL);
    String have = "; tcp, udp, sctp, dccp and udplite have ports";
    String key = ports.clause().key().key();
    if (protocol == null) {
      diagnostics.error(
          Code.PROTOCOL,
          ports.clause().position(),
          key + " needs a protocol in the same rule" + have);
      return false;
    }
    for (Value value : protocol.values()) {
      if (value instanceof Protocol p && !p.hasPorts()) {
        diagnostics.error(
            Code.PROTOCOL, ports.clause().position(), key + ": " + p + " has no ports" + have);
        return false;
      }
    }
    return true;
  }

  private boolean checkSlots(Read ports) {
    int slots = portSet(ports).slots();
    if (ports.values().size() > 1 && slots > PortSet.MAX_SLOTS) {
      diagnostics.error(
          Code.LIMIT,
          ports.clause().position(),
          "the ports fill "
              + slots
              + " of the kernel's "
              + PortSet.MAX_SLOTS
              + " slots (a range takes two): make them two rules");
      return false;
    }
    return true;
  }

  private static PortSet portSet(Read ports) {
    return new PortSet(ports.values().stream().map(PortRange.class::cast).toList());
  }

  private boolean checkIcmp(MatchKey key, Protocol needed) {
    Read type = positive.containsKey(key) ? positive.get(key) : negative.get(key);
    Read protocol = positive.get(MatchKey.PROTOCOL);
    boolean other = protocol != null && !protocol.values().equals(List.of(needed));
    if (type != null && (other || negative.containsKey(MatchKey.PROTOCOL))) {
      diagnostics.error(
          Code.PROTOCOL,
          type.clause().position(),
          key.key() + " is of protocol " + needed + ", and the rule has another");
      return false;
    }
    return true;
  }

  /** Each address, ICMP type and ICMP protocol says which family the rule is in. */
  private boolean checkFamilies() {
    for (Map<MatchKey, Read> side : List.of(positive, negative)) {
      for (Read read : side.values()) {
        for (int i = 0; i < read.values().size(); i++) {
          Optional<Family> family = familyOf(read, read.values().get(i));
          if (family.isPresent() && !restrict(family.get())) {
            Written written = read.clause().values().get(i);
            diagnostics.error(
                Code.FAMILY,
                written.position(),
                written.text()
                    + " is of "
                    + family.get().label()
                    + ", and the rule has something of the other family: make it two rules");
            return false;
          }
        }
      }
    }
    return true;
  }

  private boolean restrict(Family family) {
    if (!families.contains(family)) {
      return false;
    }
    families.retainAll(EnumSet.of(family));
    return true;
  }

  private static Optional<Family> familyOf(Read read, Value value) {
    if (value instanceof Prefix prefix) {
      return Optional.of(prefix.family());
    }
    Optional<MatchKey.InExtension> in = read.clause().key().extension();
    if (in.isPresent()) {
      return in.get().family().isPresent()
          ? in.get().family()
          : familyOfAddress(read.clause().key(), value);
    }
    boolean onlyProtocol = read.values().size() == 1 && !read.clause().negated();
    if (read.clause().key() == MatchKey.ICMP_TYPE || onlyProtocol && value.equals(Protocol.ICMP)) {
      return Optional.of(Family.IPV4);
    }
    if (read.clause().key() == MatchKey.ICMPV6_TYPE
        || onlyProtocol && value.equals(Protocol.ICMPV6)) {
      return Optional.of(Family.IPV6);
    }
    return Optional.empty();
  }

  private static Optional<Family> familyOfAddress(MatchKey key, Value value) {
    // xt_addrtype refuses these in IPv6 (EveryKeyIT).
    if (key.shape() == Shape.ADDRESS_TYPE && IPV4_ADDRESS_TYPES.contains(value.words().get(0))) {
      return Optional.of(Family.IPV4);
    }
    boolean address = key.shape() == Shape.ADDRESS || key.shape() == Shape.ADDRESS_RANGE;
    if (!address) {
      return Optional.empty();
    }
    boolean colon = value.words().get(0).indexOf(':') >= 0;
    return Optional.of(colon ? Family.IPV6 : Family.IPV4);
  }

  /** The families the match can exist in. */
  Set<Family> families() {
    return EnumSet.copyOf(families);
  }

  boolean has(MatchKey key) {
    return positive.containsKey(key) || negative.containsKey(key);
  }

  Position positionOf(MatchKey key) {
    Read read = positive.containsKey(key) ? positive.get(key) : negative.get(key);
    return read == null ? position : read.clause().position();
  }

  /** The kernel rules that say it, in a family it exists in. */
  List<Rule> rules(Family family, Target target) {
    List<List<String>> alternatives = alternatives();
    List<Rule> rules = new ArrayList<>(alternatives.size());
    for (List<String> typed : alternatives) {
      List<String> whole = words(typed);
      whole.addAll(target.words());
      try {
        rules.add(RuleParser.parse(whole, family));
      } catch (BadValueException e) {
        throw new IllegalStateException("acct's own words: " + whole, e);
      }
    }
    return rules;
  }

  /** The words of each kernel rule that the keys make. */
  private List<List<String>> alternatives() {
    List<List<String>> alternatives = List.of(List.of());
    for (MatchKey key : writtenKeys()) {
      alternatives = extend(alternatives, key);
    }
    return alternatives;
  }

  /** The keys that add words, in the order of the words; an ICMP type brings its protocol along. */
  private Set<MatchKey> writtenKeys() {
    Set<MatchKey> keys = EnumSet.noneOf(MatchKey.class);
    keys.addAll(positive.keySet());
    keys.addAll(negative.keySet());
    if (has(MatchKey.ICMP_TYPE) || has(MatchKey.ICMPV6_TYPE)) {
      keys.add(MatchKey.PROTOCOL);
    }
    return keys;
  }

  private List<List<String>> extend(List<List<String>> alternatives, MatchKey key) {
    List<List<String>> endings = endings(key);
    if (endings.isEmpty()) {
      return alternatives;
    }
    List<List<String>> product = new ArrayList<>(alternatives.size() * endings.size());
    for (List<String> beginning : alternatives) {
      for (List<String> ending : endings) {
        List<String> words = new ArrayList<>(beginning);
        List<String> more =
            ending.contains(PROTOCOL_MATCH) ? withProtocol(beginning, ending) : ending;
        boolean open = opens(more) && isOpen(beginning, more.get(1));
        words.addAll(open ? more.subList(2, more.size()) : more);
        product.add(words);
      }
    }
    return product;
  }

  private static boolean opens(List<String> words) {
    return words.size() > 2 && words.get(0).equals("-m");
  }

  /**
   * Whether the rule has a match of that extension already: its options belong together, and nft
   * would save two matches of tcp as one. Ports of multiport are each a match of their own.
   */
  private static boolean isOpen(List<String> beginning, String extension) {
    if (extension.equals("multiport")) {
      return false;
    }
    for (int i = 0; i + 1 < beginning.size(); i++) {
      if (beginning.get(i).equals("-m") && beginning.get(i + 1).equals(extension)) {
        return true;
      }
    }
    return false;
  }

  /** Stands for the match of the rule's protocol, which only the whole rule knows. */
  private static final String PROTOCOL_MATCH = "(protocol)";

  private static List<String> withProtocol(List<String> beginning, List<String> ending) {
    String protocol = beginning.get(beginning.indexOf("-p") + 1);
    List<String> words = new ArrayList<>(ending);
    words.replaceAll(word -> word.equals(PROTOCOL_MATCH) ? name(protocol) : word);
    return words;
  }

  private static String name(String protocol) {
    return protocol.equals(Protocol.DCCP.toString()) ? "dccp" : protocol;
  }

  /** What a key adds to a rule's words; several for a list that becomes several rules. */
  private List<List<String>> endings(MatchKey key) {
    List<List<String>> endings = new ArrayList<>();
    Read yes = positive.get(key);
    Read no = negative.get(key);
    switch (key) {
      case SOURCE -> core(endings, "-s", yes, no);
      case DESTINATION -> core(endings, "-d", yes, no);
      case IN_INTERFACE -> core(endings, "-i", yes, no);
      case OUT_INTERFACE -> core(endings, "-o", yes, no);
      case PROTOCOL -> protocol(endings, yes, no);
      case SOURCE_PORT -> ports(endings, "--sport", "--sports", yes, no);
      case DESTINATION_PORT -> ports(endings, "--dport", "--dports", yes, no);
      case PORT -> ports(endings, "--ports", "--ports", yes, no);
      case ICMP_TYPE -> icmp(endings, "icmp", "--icmp-type", yes, no);
      case ICMPV6_TYPE -> icmp(endings, "icmp6", "--icmpv6-type", yes, no);
      default -> inExtension(endings, key, yes, no);
    }
    return endings;
  }

  /** {@code -m EXTENSION --option value}; the extension is written once in a rule. */
  private static void inExtension(List<List<String>> endings, MatchKey key, Read yes, Read no) {
    String extension = key.extension().orElseThrow().extension();
    Read read = yes != null ? yes : no;
    List<String> texts = new ArrayList<>();
    read.values().forEach(value -> texts.add(value.words().get(0)));
    if (key.lists() == MatchKey.Lists.COMMA) {
      String joined = String.join(",", texts);
      texts.clear();
      texts.add(joined);
    }
    for (String text : texts) {
      List<String> words = new ArrayList<>(List.of("-m", extension));
      if (yes == null) {
        words.add("!");
      }
      words.addAll(key.optionWords(text));
      endings.add(words);
    }
  }

  private static void core(List<List<String>> endings, String option, Read yes, Read no) {
    if (yes != null) {
      for (Value value : yes.values()) {
        endings.add(List.of(option, value.words().get(0)));
      }
    }
    if (no != null) {
      endings.add(List.of("!", option, no.first().words().get(0)));
    }
  }

  private void protocol(List<List<String>> endings, Read yes, Read no) {
    core(endings, "-p", yes, no);
    if (endings.isEmpty() && has(MatchKey.ICMP_TYPE)) {
      endings.add(List.of("-p", "icmp"));
    }
    if (endings.isEmpty() && has(MatchKey.ICMPV6_TYPE)) {
      endings.add(List.of("-p", "ipv6-icmp"));
    }
  }

  /**
   * One range is the protocol's own match; several, a second one beside it, and any of udplite,
   * which has no match of its own, are multiport's.
   */
  private void ports(List<List<String>> endings, String single, String several, Read yes, Read no) {
    boolean udplite =
        positive.containsKey(MatchKey.PROTOCOL)
            && positive.get(MatchKey.PROTOCOL).values().contains(Protocol.UDPLITE);
    List<String> words = new ArrayList<>();
    for (Read read : new Read[] {yes, no}) {
      if (read == null) {
        continue;
      }
      boolean own =
          read.values().size() == 1 && !udplite && words.isEmpty() && !single.equals(several);
      words.addAll(List.of("-m", own ? PROTOCOL_MATCH : "multiport"));
      if (read.clause().negated()) {
        words.add("!");
      }
      words.add(own ? single : several);
      words.add(own ? read.first().words().get(0) : portSet(read).toString());
    }
    if (!words.isEmpty()) {
      endings.add(words);
    }
  }

  private static void icmp(
      List<List<String>> endings, String match, String option, Read yes, Read no) {
    Read read = yes != null ? yes : no;
    if (read == null) {
      return;
    }
    List<String> words = new ArrayList<>(List.of("-m", match));
    if (yes == null) {
      words.add("!");
    }
    words.add(option);
    words.addAll(read.first().words());
    endings.add(words);
  }
}
