package acct.netfilter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A match extension of iptables ({@code -m NAME}) and its options. There is one instance of each,
 * in {@link MatchTable}.
 */
public final class Extension {
  /** Brings the settings of a match into one form where that takes more than one of them. */
  @FunctionalInterface
  interface Finish {
    /**
     * Finishes a match.
     *
     * @param settings of one match, in its extension's order; may be changed
     * @throws BadValueException where iptables would refuse them together
     */
    void apply(List<Match.Setting> settings, Family family) throws BadValueException;
  }

  private final String name;
  private final Optional<Protocol> protocol;
  private final boolean stateful;
  private final Finish finish;
  private final List<Option> options;
  private final Map<String, Option> bySpelling = new HashMap<>();
  private final Map<Option, Integer> ranks = new HashMap<>();

  private Extension(
      String name,
      Optional<Protocol> protocol,
      boolean stateful,
      Finish finish,
      List<Option> options) {
    this.name = name;
    this.protocol = protocol;
    this.stateful = stateful;
    this.finish = finish;
    this.options = options;
    for (Option option : options) {
      ranks.put(option, ranks.size());
      bySpelling.put(option.name(), option);
      for (String alias : option.aliases()) {
        bySpelling.put(alias, option);
      }
    }
  }

  /**
   * An extension.
   *
   * @param options in the order iptables-save prints them
   */
  static Extension of(String name, Option... options) {
    return new Extension(name, Optional.empty(), false, (settings, family) -> {}, List.of(options));
  }

  /** An extension whose options may stand without {@code -m} behind {@code -p} of its protocol. */
  static Extension ofProtocol(Protocol protocol, String name, Option... options) {
    return new Extension(
        name, Optional.of(protocol), false, (settings, family) -> {}, List.of(options));
  }

  /** The same, as one that remembers packets. */
  Extension remembering() {
    return new Extension(name, protocol, true, finish, options);
  }

  /** The same, finished so. */
  Extension finishedBy(Finish how) {
    return new Extension(name, protocol, stateful, how, options);
  }

  void finish(List<Match.Setting> settings, Family family) throws BadValueException {
    finish.apply(settings, family);
  }

  /** The spellings of its options that begin so. */
  List<String> spellingsOf(String beginning) {
    return bySpelling.keySet().stream().filter(word -> word.startsWith(beginning)).toList();
  }

  /** As iptables-save prints it behind {@code -m}. */
  public String name() {
    return name;
  }

  /** The protocol under which its options may stand without {@code -m}. */
  public Optional<Protocol> protocol() {
    return protocol;
  }

  /**
   * Whether looking at a packet changes what it sees next. Such matches keep their order; all
   * others of a rule commute.
   */
  public boolean isStateful() {
    return stateful;
  }

  /** The option of that spelling, if this extension has it. */
  public Optional<Option> option(String spelling) {
    return Optional.ofNullable(bySpelling.get(spelling));
  }

  /** The option's place among those of this extension. */
  int rank(Option option) {
    return ranks.get(option);
  }

  @Override
  public String toString() {
    return name;
  }
}
