package acct.policy;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.diagnostic.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The keys of one block: finds them, and reports those that are unknown or missing. */
final class Keys {
  /** More than these nobody reads in a message. */
  private static final int MOST_LISTED = 12;

  private final Yaml.Mapping mapping;
  private final Position parent;
  private final Diagnostics diagnostics;

  private Keys(Yaml.Mapping mapping, Position parent, Diagnostics diagnostics) {
    this.mapping = mapping;
    this.parent = parent;
    this.diagnostics = diagnostics;
  }

  /**
   * The keys of a block, unknown ones reported at their place.
   *
   * @param parent where to report what is missing: the key the block belongs to
   * @param where the block's name, for messages: "a rule"
   */
  static Optional<Keys> of(
      Yaml yaml, Position parent, String where, Set<String> known, Diagnostics diagnostics) {
    if (!(yaml instanceof Yaml.Mapping mapping)) {
      diagnostics.error(
          Code.BAD_VALUE,
          yaml.position(),
          where + " is a block of keys, and this is " + yaml.kind());
      return Optional.empty();
    }
    for (Yaml.Entry entry : mapping.entries()) {
      if (!known.contains(entry.key())) {
        diagnostics.error(Code.UNKNOWN_KEY, entry.position(), unknown(entry.key(), where, known));
      }
    }
    return Optional.of(new Keys(mapping, parent, diagnostics));
  }

  private static String unknown(String key, String where, Set<String> known) {
    String message = "\"" + key + "\" is not a key of " + where;
    Optional<String> other = known.size() > MOST_LISTED ? OtherWords.forKey(key) : Optional.empty();
    if (other.isPresent()) {
      return message + "; " + other.get();
    }
    return Spelling.nearest(key, List.copyOf(known))
        .map(near -> message + "; did you mean \"" + near + "\"?")
        .orElse(
            message
                + (known.size() > MOST_LISTED
                    ? "; acct schema has them all, and what has no key stands in options"
                    : "; it has " + String.join(", ", known)));
  }

  Optional<Yaml.Entry> find(String key) {
    return mapping.entry(key);
  }

  Optional<Yaml.Entry> require(String key, String why) {
    Optional<Yaml.Entry> entry = mapping.entry(key);
    if (entry.isEmpty()) {
      diagnostics.error(Code.MISSING_KEY, parent, "\"" + key + "\" is missing: " + why);
    }
    return entry;
  }

  /**
   * The value of a key that takes one of a few words: the names of an enum, in small letters.
   *
   * @param values the first is meant when the key is missing
   */
  <T extends Enum<T>> T choice(String key, List<T> values) {
    Optional<Yaml.Entry> entry = find(key);
    if (entry.isEmpty()) {
      return values.get(0);
    }
    List<String> words = new ArrayList<>();
    for (T value : values) {
      String word = value.name().toLowerCase(Locale.ROOT);
      if (isText(entry.get().value(), word)) {
        return value;
      }
      words.add(word);
    }
    Position position = entry.get().value().position();
    if (!diagnostics.hasErrorAt(position)) {
      diagnostics.error(Code.BAD_VALUE, position, key + " is " + String.join(" or ", words));
    }
    return values.get(0);
  }

  /** The value of a key that takes true or false; false when it is missing. */
  boolean isTrue(String key) {
    Optional<Yaml.Entry> entry = find(key);
    if (entry.isEmpty()) {
      return false;
    }
    boolean isBoolean =
        entry.get().value() instanceof Yaml.Scalar scalar
            && scalar.type() == Yaml.Scalar.Type.BOOLEAN;
    Position position = entry.get().value().position();
    if (!isBoolean && !diagnostics.hasErrorAt(position)) {
      diagnostics.error(Code.BAD_VALUE, position, key + " is true or false");
    }
    return isBoolean
        && entry.get().value() instanceof Yaml.Scalar scalar
        && scalar.text().equals("true");
  }

  private static boolean isText(Yaml yaml, String word) {
    return yaml instanceof Yaml.Scalar scalar
        && scalar.type() == Yaml.Scalar.Type.STRING
        && scalar.text().equals(word);
  }

  List<Yaml.Entry> entries() {
    return mapping.entries();
  }
}
