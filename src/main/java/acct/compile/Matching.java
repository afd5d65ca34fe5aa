package acct.compile;

import acct.compile.ReadClauses.Read;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.BadValueException;
import acct.netfilter.Family;
import acct.netfilter.InterfaceName;
import acct.netfilter.PortRange;
import acct.netfilter.Prefix;
import acct.netfilter.Protocol;
import acct.netfilter.Rule;
import acct.netfilter.Target;
import acct.netfilter.Text;
import acct.netfilter.Value;
import acct.policy.MatchKey;
import acct.policy.Policy;
import acct.policy.Policy.Clause;
import acct.policy.Policy.Written;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
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
public final class Matching {
  /** How many kernel rules one rule may become: each list is compared with itself, pair by pair. */
  static final int MOST_RULES = 4_096;

  private final OwnerNames owners;
  private final Position position;
  private final Diagnostics diagnostics;
  private final ReadClauses clauses = new ReadClauses();
  private Set<Family> families = Family.BOTH;
  private List<String> options = List.of();

  private Matching(OwnerNames owners, Position position, Diagnostics diagnostics) {
    this.owners = owners;
    this.position = position;
    this.diagnostics = diagnostics;
  }

  /**
   * Reads clauses.
   *
   * @param allow what the policy allows beyond counting
   * @return nothing where they can't stand together; the diagnostics say why
   */
  public static Optional<Matching> of(
      List<Clause> clauses,
      Optional<Written> options,
      Set<Policy.Allow> allow,
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
    ok = ClauseChecks.check(matching.clauses, position, diagnostics) & matching.checkFamilies();
    return ok && matching.readOptions(options, allow) ? Optional.of(matching) : Optional.empty();
  }

  /** The rule exists only in the families in which its options can be read beside the rest. */
  private boolean readOptions(Optional<Written> written, Set<Policy.Allow> allow) {
    if (written.isEmpty()) {
      return true;
    }
    try {
      options = RawOptions.words(written.get().text());
      Set<Family> readable = EnumSet.noneOf(Family.class);
      Optional<BadValueException> refusal = Optional.empty();
      for (Family family : families) {
        try {
          for (RuleWords.Words typed : new RuleWords(clauses).alternatives()) {
            RawOptions.check(typed.rule(options, Target.none(), family), allow);
          }
          readable.add(family);
        } catch (BadValueException e) {
          refusal = refusal.isEmpty() ? Optional.of(e) : refusal;
        }
      }
      if (readable.isEmpty()) {
        throw refusal.orElseThrow();
      }
      families = readable.size() == 2 ? families : readable.iterator().next().alone();
      return true;
    } catch (BadValueException e) {
      diagnostics.error(Code.BAD_VALUE, written.get().position(), "options: " + e.getMessage());
      return false;
    }
  }

  private boolean read(Clause clause) {
    List<Value> values = new ArrayList<>(clause.values().size());
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
    clauses.add(new Read(clause, values));
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

  /** Each address, ICMP type and ICMP protocol says which family the rule is in. */
  private boolean checkFamilies() {
    for (Read read : clauses.all()) {
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
    return true;
  }

  private boolean restrict(Family family) {
    if (!families.contains(family)) {
      return false;
    }
    families = family.alone();
    return true;
  }

  private static Optional<Family> familyOf(Read read, Value value) {
    boolean onlyProtocol = read.values().size() == 1 && !read.clause().negated();
    if (onlyProtocol && value instanceof Protocol protocol) {
      return protocol.family();
    }
    return read.clause().key().familyOf(value);
  }

  /** The families the match can exist in. */
  public Set<Family> families() {
    return families;
  }

  boolean has(MatchKey key) {
    return clauses.has(key);
  }

  Position positionOf(MatchKey key) {
    return clauses.positionOf(key).orElse(position);
  }

  /** The kernel rules that say it, in a family it exists in. */
  public List<Rule> rules(Family family, Target target) {
    List<RuleWords.Words> alternatives = new RuleWords(clauses).alternatives();
    List<Rule> rules = new ArrayList<>(alternatives.size());
    for (RuleWords.Words words : alternatives) {
      try {
        rules.add(words.rule(options, target, family));
      } catch (BadValueException e) {
        throw new IllegalStateException("acct's own words: " + words + options, e);
      }
    }
    return rules;
  }
}
