package acct.policy;

import acct.diagnostic.Position;
import java.util.List;
import java.util.Optional;

/** A piece of a YAML document, with the place where it stands. */
public sealed interface Yaml {
  /** Where it begins. */
  Position position();

  /** The kind of thing it is, for messages: "a list". */
  String kind();

  /**
   * Something without parts.
   *
   * @param text as written, without quotes
   */
  record Scalar(Position position, Type type, String text) implements Yaml {
    /** What YAML 1.2's core schema makes of a scalar. */
    public enum Type {
      STRING("a text"),
      INTEGER("a number"),
      BOOLEAN("true or false"),
      NULL("nothing");

      private final String kind;

      Type(String kind) {
        this.kind = kind;
      }
    }

    @Override
    public String kind() {
      return type.kind;
    }
  }

  /** A list. */
  record Sequence(Position position, List<Yaml> items) implements Yaml {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** Keys with values, in the order written; no key twice. */
  record Mapping(Position position, List<Entry> entries) implements Yaml {
    public Mapping {
      entries = List.copyOf(entries);
    }

    @Override
    public String kind() {
      return "a block of keys";
    }

    /** The entry of that key. */
    public Optional<Entry> entry(String key) {
      for (Entry entry : entries) {
        if (entry.key().equals(key)) {
          return Optional.of(entry);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * A key with its value.
   *
   * @param position of the key
   */
  record Entry(Position position, String key, Yaml value) {}
}
