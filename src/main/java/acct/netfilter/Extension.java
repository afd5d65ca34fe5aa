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
  private final Effect effect;
  private final Optional<KernelFeature> feature;
  private final List<Match.Setting> guards;
  private final Finish finish;
  private final List<Option> options;
  private final Map<String, Option> bySpelling = new HashMap<>();
  private final Map<Option, Integer> ranks = new HashMap<>();

  private Extension(
      String name,
      Optional<Protocol> protocol,
      boolean stateful,
      Effect effect,
      Optional<KernelFeature> feature,
      List<Match.Setting> guards,
      Finish finish,
      List<Option> options) {
    this.name = name;
    this.protocol = protocol;
    this.stateful = stateful;
    this.effect = effect;
    this.feature = feature;
    this.guards = guards;
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

  /** Every extension that acct knows. */
  public static List<Extension> all() {
    return MatchTable.all();
  }

  /**
   * An extension.
   *
   * @param options in the order iptables-save prints them
   */
  static Extension of(String name, Option... options) {
    return of(name, Optional.empty(), options);
  }

  /** An extension whose options may stand without {@code -m} behind {@code -p} of its protocol. */
  static Extension ofProtocol(Protocol protocol, String name, Option... options) {
    return of(name, Optional.of(protocol), options);
  }

  private static Extension of(String name, Optional<Protocol> protocol, Option... options) {
    return new Extension(
        name,
        protocol,
        false,
        Effect.READS,
        Optional.empty(),
        List.of(),
        (settings, family) -> {},
        List.of(options));
  }

  /** The same, as one whose place among the matches of a rule means something. */
  Extension inOrder() {
    return new Extension(name, protocol, true, effect, feature, guards, finish, options);
  }

  /** The same, as one that remembers packets for its own rule alone. */
  Extension remembering() {
    return with(Effect.OWN_STATE).inOrder();
  }

  /** The same, with that effect whatever its options are. */
  Extension with(Effect what) {
    return new Extension(name, protocol, stateful, what, feature, guards, finish, options);
  }

  /** The same, as one that switches something on in the kernel. */
  Extension switchingOn(KernelFeature what) {
    return new Extension(
        name, protocol, stateful, effect, Optional.of(what), guards, finish, options);
  }

  /**
   * The same, with settings that keep it from writing what other rules see. What acct writes has
   * them, and what a match means does not: a live rule without them is the same rule.
   */
  Extension guardedBy(Match.Setting... settings) {
    return new Extension(
        name, protocol, stateful, effect, feature, List.of(settings), finish, options);
  }

  /** The same, finished so. */
  Extension finishedBy(Finish how) {
    return new Extension(name, protocol, stateful, effect, feature, guards, how, options);
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

  /** What it does besides matching, whatever its options are. */
  public Effect effect() {
    return effect;
  }

  /** What the first rule that has it switches on in the kernel. */
  public Optional<KernelFeature> feature() {
    return feature;
  }

  /** The settings that keep it from writing what other rules see. */
  List<Match.Setting> guards() {
    return guards;
  }

  /** Its options, in the order iptables-save prints them. */
  public List<Option> options() {
    return options;
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
