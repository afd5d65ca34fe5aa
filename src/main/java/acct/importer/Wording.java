package acct.importer;

import acct.compile.Matching;
import acct.compile.OwnerNames;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.BadValueException;
import acct.netfilter.Family;
import acct.netfilter.Match;
import acct.netfilter.PortRange;
import acct.netfilter.PortSet;
import acct.netfilter.Protocol;
import acct.netfilter.RuleBody;
import acct.netfilter.Words;
import acct.policy.MatchForm;
import acct.policy.MatchKey;
import acct.policy.Policy;
import acct.policy.Policy.Clause;
import acct.policy.Policy.Written;
import acct.policy.PolicyPatterns;
import acct.policy.Yaml;
import acct.text.Utf8Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says the match of a live rule in the words of a policy: by keys where there is one that is easily
 * read, the rest by {@code options}. What it says has been read back and means the same.
 */
final class Wording {
  /**
   * A match in the words of a policy.
   *
   * @param families those that a policy's rule of these words is in
   */
  record Said(List<Clause> clauses, Optional<Written> options, Set<Family> families) {}

  /** How much is said by keys; what can't be said by many may be said by fewer. */
  private enum Typed {
    ALL,
    PORTS,
    CORE,
    NOTHING
  }

  /** By their options, from the rows. */
  private static final Map<String, MatchKey> CORE = new HashMap<>();

  private static final Map<String, MatchKey> PORTS = new HashMap<>();
  private static final Map<String, MatchKey> PORT_SETS = new HashMap<>();
  private static final Map<String, MatchKey> ICMP = new HashMap<>();

  static {
    for (MatchKey key : MatchKey.all()) {
      key.form().match(new Row(key));
    }
  }

  /** Puts a row where its form belongs; returns what stood there, which is none. */
  private record Row(MatchKey key) implements MatchForm.Cases<Optional<MatchKey>> {
    @Override
    public Optional<MatchKey> core(MatchForm.Core form) {
      return Optional.ofNullable(CORE.put(form.option(), key));
    }

    @Override
    public Optional<MatchKey> ports(MatchForm.Ports form) {
      form.single().ifPresent(option -> PORTS.put(option, key));
      return form.single().map(option -> PORT_SETS.put(form.several(), key));
    }

    @Override
    public Optional<MatchKey> icmp(MatchForm.Icmp form) {
      return Optional.ofNullable(ICMP.put(form.extension(), key));
    }

    @Override
    public Optional<MatchKey> inExtension(MatchForm.InExtension form) {
      return Optional.empty();
    }
  }

  private static final Set<String> WITH_PORTS = Set.of("tcp", "udp", "sctp", "dccp");

  private static final int HEX = 16;
  private static final String GUARD = "--update-counters";

  private final Position position;
  private final List<Clause> clauses = new ArrayList<>();
  private final List<String> rest = new ArrayList<>();

  private Wording(Position position) {
    this.position = position;
  }

  /**
   * Says a match.
   *
   * @throws BadValueException where a policy can't say it; the message tells why
   */
  static Said of(RuleBody body, Family family, Position position) throws BadValueException {
    Diagnostics why = new Diagnostics();
    for (Typed typed : Typed.values()) {
      Wording wording = new Wording(position);
      wording.say(body, typed);
      why = new Diagnostics();
      Optional<Said> said = wording.readBack(body, family, why);
      if (said.isPresent()) {
        return said.get();
      }
    }
    throw new BadValueException(
        why.sorted().stream()
            .map(Diagnostic::message)
            .findFirst()
            .orElse("a policy can't express this rule exactly"));
  }

  private void say(RuleBody body, Typed typed) {
    for (Match.Setting setting : body.core()) {
      boolean said = typed != Typed.NOTHING && core(setting);
      if (!said) {
        rest.addAll(words(setting));
      }
    }
    for (Match match : body.matches()) {
      boolean said =
          match instanceof Match.Known known
              && (typed == Typed.ALL || typed == Typed.PORTS)
              && (match(known, body.core()) || typed == Typed.ALL && byKeys(known));
      if (!said) {
        rest.add("-m");
        rest.add(match.name());
        rest.addAll(match.words());
      }
    }
  }

  private static List<String> words(Match.Setting setting) {
    List<String> words = new ArrayList<>();
    if (setting.negated()) {
      words.add("!");
    }
    words.add(setting.option().name());
    words.addAll(setting.value().words());
    return words;
  }

  private boolean core(Match.Setting setting) {
    MatchKey key = CORE.get(setting.option().name());
    return key != null
        && add(key, setting.negated(), List.of(shortened(setting.value().words().get(0))));
  }

  /** One address, as a person writes it. */
  private static String shortened(String text) {
    int slash = text.indexOf('/');
    boolean v6 = text.indexOf(':') >= 0;
    boolean host = slash > 0 && text.substring(slash).equals(v6 ? "/128" : "/32");
    return host ? text.substring(0, slash) : text;
  }

  /** A match goes by keys as a whole or not at all: a second one of its name is another rule. */
  private boolean match(Match.Known match, List<Match.Setting> core) {
    return switch (match.name()) {
      case "tcp", "udp", "sctp", "dccp" -> ports(match);
      case "multiport" -> portSet(match);
      default -> icmp(match, core);
    };
  }

  /** A match of which each option has a key; those with a key of another match are not. */
  private boolean byKeys(Match.Known match) {
    List<Clause> before = List.copyOf(clauses);
    boolean said = !match.settings().isEmpty();
    for (Match.Setting setting : match.settings()) {
      // acct writes it beside every set by itself.
      boolean isGuard = setting.negated() && setting.option().name().equals(GUARD);
      if (!isGuard) {
        Optional<MatchKey> key = key(match.name(), setting.option().name());
        said =
            said && key.isPresent() && add(key.get(), setting.negated(), texts(key.get(), setting));
      }
    }
    if (!said) {
      clauses.clear();
      clauses.addAll(before);
    }
    return said;
  }

  private static Optional<MatchKey> key(String match, String option) {
    if (WITH_PORTS.contains(match) && PORTS.containsKey(option)) {
      return Optional.of(PORTS.get(option));
    }
    for (MatchKey key : MatchKey.all()) {
      boolean is =
          key.extension().isPresent()
              && key.extension().get().extension().equals(match)
              && key.extension().get().option().equals(option);
      if (is) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  /** The values of a key that become the option's words again. */
  private static List<String> texts(MatchKey key, Match.Setting setting) {
    List<String> words = setting.value().words();
    if (key.shape().isFlag()) {
      return List.of("true");
    }
    String text = asWritten(key, Utf8Bytes.decode(String.join(" ", words)));
    return key.lists() == MatchKey.Lists.COMMA ? List.of(text.split(",")) : List.of(text);
  }

  /** A value in the form that people write and a policy takes. */
  private static String asWritten(MatchKey key, String text) {
    return switch (key.shape()) {
      case RATE -> text.replaceFirst("/min$", "/minute").replaceFirst("/sec$", "/second");
      case DSCP ->
          text.matches("0x[0-9a-f]{1,2}")
              ? Integer.toString(Integer.parseInt(text.substring(2), HEX))
              : text;
      default -> text;
    };
  }

  private boolean ports(Match.Known match) {
    boolean sayable = WITH_PORTS.contains(match.name()) && !match.settings().isEmpty();
    for (Match.Setting setting : match.settings()) {
      MatchKey key = PORTS.get(setting.option().name());
      sayable &= key != null && !has(key) && setting.value() instanceof PortRange;
    }
    if (sayable) {
      for (Match.Setting setting : match.settings()) {
        MatchKey key = PORTS.get(setting.option().name());
        add(key, setting.negated(), setting.value().words());
      }
    }
    return sayable;
  }

  private boolean portSet(Match.Known match) {
    if (match.settings().size() != 1) {
      return false;
    }
    Match.Setting setting = match.settings().get(0);
    MatchKey key = PORT_SETS.get(setting.option().name());
    if (key == null || !(setting.value() instanceof PortSet set) || set.ranges().size() < 2) {
      return false;
    }
    return add(key, setting.negated(), set.ranges().stream().map(PortRange::toString).toList());
  }

  /** A type brings its protocol along. */
  private boolean icmp(Match.Known match, List<Match.Setting> core) {
    MatchKey key = ICMP.get(match.name());
    if (key == null || !(key.form() instanceof MatchForm.Icmp form)) {
      return false;
    }
    Protocol protocol = form.protocol();
    boolean plain =
        core.stream().anyMatch(s -> !s.negated() && s.value().equals(protocol))
            && match.settings().size() == 1;
    if (!plain) {
      return false;
    }
    Match.Setting type = match.settings().get(0);
    if (!add(key, type.negated(), type.value().words())) {
      return false;
    }
    clauses.removeIf(clause -> clause.key() == MatchKey.PROTOCOL);
    return true;
  }

  private boolean has(MatchKey key) {
    return clauses.stream().anyMatch(clause -> clause.key() == key);
  }

  private boolean add(MatchKey key, boolean negated, List<String> texts) {
    List<Written> values = new ArrayList<>();
    for (String text : texts) {
      boolean number = key.shape().takesNumbers() && text.matches("0|[1-9][0-9]{0,9}");
      Yaml.Scalar.Type type = number ? Yaml.Scalar.Type.INTEGER : Yaml.Scalar.Type.STRING;
      type = key.shape().isFlag() ? Yaml.Scalar.Type.BOOLEAN : type;
      if (text.contains("${") || !key.shape().accepts(new Yaml.Scalar(position, type, text))) {
        return false;
      }
      values.add(new Written(position, type, text));
    }
    return !has(key) && clauses.add(new Clause(key, negated, position, values));
  }

  /** Whether the words mean the rule that they are to say, and nothing else. */
  private Optional<Said> readBack(RuleBody body, Family family, Diagnostics why) {
    String text = Utf8Bytes.decode(Words.join(rest));
    Optional<Written> options =
        rest.isEmpty()
            ? Optional.empty()
            : Optional.of(new Written(position, Yaml.Scalar.Type.STRING, text));
    boolean writable = rest.isEmpty() || text.matches(PolicyPatterns.OPTIONS);
    if (!writable || text.contains("${")) {
      why.error(
          Code.BAD_VALUE,
          position,
          "its options would have a control character, a ${, or over 1000 characters");
      return Optional.empty();
    }
    // A live rule does what it does already; the importer allows in the policy what it needs.
    Set<Policy.Allow> unknown = Set.of(Policy.Allow.UNKNOWN_MATCHES);
    Optional<Matching> matching =
        Matching.of(clauses, options, unknown, OwnerNames.REFUSED, position, why);
    if (matching.isEmpty()
        || !matching.get().families().contains(family)
        || !means(matching.get(), body, family)) {
      return Optional.empty();
    }
    return Optional.of(new Said(List.copyOf(clauses), options, matching.get().families()));
  }

  private static boolean means(Matching matching, RuleBody body, Family family) {
    return matching.rules(family, body.target()).stream()
        .map(rule -> rule.body())
        .toList()
        .equals(List.of(body));
  }
}
