package acct.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The keys of one block: finds them, and reports those that are unknown or missing. */
final class Keys {
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
    return Spelling.nearest(key, List.copyOf(known))
        .map(near -> message + "; did you mean \"" + near + "\"?")
        .orElse(message + "; it has " + String.join(", ", known));
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

  List<Yaml.Entry> entries() {
    return mapping.entries();
  }
}
