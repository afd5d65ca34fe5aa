package acct.netfilter;

import java.util.ArrayList;
import java.util.List;

/** A match of a rule: {@code -m NAME} and what stands behind it. */
public sealed interface Match {
  /** Behind {@code -m}. */
  String name();

  /** The words behind the name, canonical. */
  List<String> words();

  /** Whether its place among the rule's matches means something. */
  boolean isStateful();

  /** The same, with the settings that keep it from writing what other rules see. */
  default Match guarded() {
    return this;
  }

  /** How many of those settings it has. */
  default int guards() {
    return 0;
  }

  /** Adds what it means to a text. */
  default void appendTo(StringBuilder text) {
    for (String word : words()) {
      Words.append(text, word);
    }
  }

  /** Behind those words, if they stand there; else -1. */
  default int endIn(List<String> said, int at) {
    int end = at;
    for (String word : words()) {
      end = RuleBody.endIn(said, end, word);
    }
    return end;
  }

  /**
   * An option as a rule has it.
   *
   * @param negated whether {@code !} stands before it
   */
  record Setting(Option option, boolean negated, Value value) {
    void appendTo(StringBuilder text) {
      if (negated) {
        Words.append(text, "!");
      }
      Words.append(text, option.name());
      for (String word : value.words()) {
        Words.append(text, word);
      }
    }

    int endIn(List<String> said, int at) {
      int end = negated ? RuleBody.endIn(said, at, "!") : at;
      end = RuleBody.endIn(said, end, option.name());
      if (end < 0) {
        return end;
      }
      if (value instanceof Prefix prefix) {
        return RuleBody.endIn(said, end, prefix.text());
      }
      for (String word : value.words()) {
        end = RuleBody.endIn(said, end, word);
      }
      return end;
    }

    void appendTo(List<String> words) {
      if (negated) {
        words.add("!");
      }
      words.add(option.name());
      words.addAll(value.words());
    }
  }

  /**
   * A match whose meaning is known.
   *
   * @param settings in the extension's own order
   */
  record Known(Extension extension, List<Setting> settings) implements Match {
    public Known {
      settings = List.copyOf(settings);
    }

    @Override
    public String name() {
      return extension.name();
    }

    @Override
    public boolean isStateful() {
      return extension.isStateful();
    }

    @Override
    public List<String> words() {
      List<String> words = new ArrayList<>();
      for (Setting setting : settings) {
        setting.appendTo(words);
      }
      return words;
    }

    @Override
    public int endIn(List<String> said, int at) {
      int end = at;
      for (Setting setting : settings) {
        end = setting.endIn(said, end);
      }
      return end;
    }

    /** A guard is no part of the meaning: it changes nothing that the rule matches or counts. */
    @Override
    public void appendTo(StringBuilder text) {
      for (Setting setting : settings) {
        if (!extension.guards().contains(setting)) {
          setting.appendTo(text);
        }
      }
    }

    @Override
    public int guards() {
      int guards = 0;
      for (Setting guard : extension.guards()) {
        guards += settings.contains(guard) ? 1 : 0;
      }
      return guards;
    }

    @Override
    public Match guarded() {
      List<Setting> guarded = new ArrayList<>(settings);
      for (Setting guard : extension.guards()) {
        if (settings.stream().noneMatch(setting -> setting.option().equals(guard.option()))) {
          guarded.add(guard);
        }
      }
      guarded.sort((a, b) -> extension.rank(a.option()) - extension.rank(b.option()));
      return new Known(extension, guarded);
    }
  }

  /** A match of an extension that acct doesn't know: equal only to itself, word for word. */
  record Opaque(String name, List<String> words) implements Match {
    public Opaque {
      words = List.copyOf(words);
    }

    @Override
    public boolean isStateful() {
      return true;
    }
  }
}
