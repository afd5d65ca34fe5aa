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
  private final String name;
  private final Optional<Protocol> protocol;
  private final boolean stateful;
  private final Map<String, Option> bySpelling = new HashMap<>();
  private final Map<Option, Integer> ranks = new HashMap<>();

  private Extension(
      String name, Optional<Protocol> protocol, boolean stateful, List<Option> options) {
    this.name = name;
    this.protocol = protocol;
    this.stateful = stateful;
    for (Option option : options) {
      ranks.put(option, ranks.size());
      bySpelling.put(option.name(), option);
      for (String alias : option.aliases()) {
        bySpelling.put(alias, option);
      }
    }
  }

  /**
   * @param options in the order iptables-save prints them
   */
  static Extension of(String name, Option... options) {
    return new Extension(name, Optional.empty(), false, List.of(options));
  }

  /** An extension whose options may stand without {@code -m} behind {@code -p} of its protocol. */
  static Extension ofProtocol(Protocol protocol, String name, Option... options) {
    return new Extension(name, Optional.of(protocol), false, List.of(options));
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
