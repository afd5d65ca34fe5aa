package acct.policy;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.netfilter.BadValueException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the match keys of a rule, or of a jump. */
public final class ClauseReader {
  private static final Set<String> MATCH_KEYS = matchKeys();

  /** The match keys, and what they are negated by. */
  static final Set<String> KEYS = NodeReader.with(MATCH_KEYS, "not");

  private final Diagnostics diagnostics;
  private final NodeReader nodes;

  ClauseReader(Diagnostics diagnostics, NodeReader nodes) {
    this.diagnostics = diagnostics;
    this.nodes = nodes;
  }

  private static Set<String> matchKeys() {
    Set<String> keys = new LinkedHashSet<>();
    for (MatchKey key : MatchKey.all()) {
      keys.add(key.key());
    }
    return keys;
  }

  /** Whether a value that was filled in has the shape of its key; reports it when not. */
  public static boolean checkShape(MatchKey key, Policy.Written value, Diagnostics diagnostics) {
    Yaml.Scalar scalar = new Yaml.Scalar(value.position(), value.type(), value.text());
    boolean off = key.shape().isFlag() && value.text().equalsIgnoreCase("false");
    boolean fits = off || !value.isTemplate() && key.shape().accepts(scalar);
    if (!fits) {
      diagnostics.error(Code.BAD_VALUE, value.position(), whatIsWrong(key, scalar));
    }
    return fits;
  }

  /** Whether a key takes so many values; reports it when not. */
  public static boolean checkCount(Policy.Clause clause, int values, Diagnostics diagnostics) {
    boolean fits = values == 1 || values > 1 && takesList(clause.key(), clause.negated());
    if (values > 1 && !fits) {
      diagnostics.error(
          Code.BAD_VALUE,
          clause.position(),
          clause.key().key() + " takes one value here, not a list");
    }
    return fits;
  }

  static boolean takesList(MatchKey key, boolean negated) {
    return key.lists() == MatchKey.Lists.JOINED
        || key.lists() == MatchKey.Lists.COMMA
        || key.lists() == MatchKey.Lists.RULES && !negated;
  }

  /** The match keys of a block, and those of its {@code not}. */
  void clauses(Keys block, List<Policy.Clause> into) {
    clauses(block, false, into);
    Optional<Yaml.Entry> not = block.find("not");
    if (not.isPresent()) {
      Optional<Keys> negated =
          nodes.keys(not.get().value(), not.get().position(), "not", MATCH_KEYS);
      if (negated.isPresent()) {
        clauses(negated.get(), true, into);
      }
    }
  }

  void clauses(Keys block, boolean negated, List<Policy.Clause> into) {
    for (Yaml.Entry entry : block.entries()) {
      Optional<MatchKey> key = MatchKey.of(entry.key());
      Optional<Policy.Clause> clause =
          key.isPresent() ? clause(key.get(), entry, negated) : Optional.empty();
      if (clause.isPresent()) {
        into.add(clause.get());
      }
    }
  }

  Optional<Policy.Clause> clause(MatchKey key, Yaml.Entry entry, boolean negated) {
    boolean listAllowed = takesList(key, negated);
    List<Policy.Written> values = new ArrayList<>();
    if (!(entry.value() instanceof Yaml.Sequence)) {
      Optional<Policy.Written> value = scalar(key, entry.value());
      if (value.isPresent()) {
        values.add(value.get());
      }
    } else if (!listAllowed) {
      diagnostics.error(
          Code.BAD_VALUE,
          entry.value().position(),
          key.key()
              + (negated ? " under not" : "")
              + " takes one value: "
              + (negated
                  ? "iptables has no way to say \"none of these\". Let a rule before it take them"
                      + " out of the chain ({"
                      + key.key()
                      + ": […], jump: RETURN}), or put them into an ipset (not: {matchSet: …})"
                  : key.shape().what()));
    } else {
      for (Yaml item : nodes.items(entry, key.key())) {
        scalar(key, item).ifPresent(values::add);
      }
    }
    return values.isEmpty()
        ? Optional.empty()
        : Optional.of(new Policy.Clause(key, negated, entry.position(), values));
  }

  Optional<Policy.Written> scalar(MatchKey key, Yaml yaml) {
    if (!(yaml instanceof Yaml.Scalar scalar)) {
      nodes.bad(yaml, key.key() + " is " + key.shape().what() + ", and this is " + yaml.kind());
      return Optional.empty();
    }
    if (!key.shape().accepts(scalar)) {
      nodes.bad(scalar, whatIsWrong(key, scalar));
      return Optional.empty();
    }
    return Optional.of(new Policy.Written(scalar.position(), scalar.type(), scalar.text()));
  }

  /** The value's own reader knows best what is wrong with it: an octal number, a wrong range. */
  static String whatIsWrong(MatchKey key, Yaml.Scalar scalar) {
    boolean read =
        scalar.type() == Yaml.Scalar.Type.STRING || scalar.type() == Yaml.Scalar.Type.INTEGER;
    Optional<String> meant = read ? OtherWords.forValue(key, scalar.text()) : Optional.empty();
    if (meant.isPresent()) {
      return "\"" + scalar.text() + "\" is no value of " + key.key() + "; " + meant.get();
    }
    if (read) {
      try {
        key.read(scalar.text());
      } catch (BadValueException e) {
        return e.getMessage();
      }
    }
    String found = read ? "\"" + scalar.text() + "\"" : scalar.kind();
    return key.key() + " is " + key.shape().what() + ", and this is " + found;
  }
}
