package acct.netfilter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table of a dump.
 *
 * @param chains by name, in the dump's order
 * @param undecoded lines of rules that this iptables could not decode; such a table is only read
 */
public record LiveTable(TableName name, Map<ChainName, LiveChain> chains, List<Integer> undecoded) {
  public LiveTable {
    chains = Collections.unmodifiableMap(new LinkedHashMap<>(chains));
    undecoded = List.copyOf(undecoded);
  }

  /** A table all of whose rules were decoded. */
  public LiveTable(TableName name, Map<ChainName, LiveChain> chains) {
    this(name, chains, List.of());
  }

  /**
   * The chain of this table behind a rule's last -j or -g, if there is one: cheap, for every rule.
   */
  public Optional<ChainName> target(LiveRule rule) {
    List<String> words = rule.words();
    for (int i = words.size() - 2; i >= 0; i--) {
      String word = words.get(i);
      if (word.equals("-j") || word.equals("-g")) {
        String name = words.get(i + 1);
        if (!ChainName.isValid(name)) {
          return Optional.empty();
        }
        ChainName chain = new ChainName(name);
        return chains.containsKey(chain) ? Optional.of(chain) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  public Optional<LiveChain> chain(ChainName chain) {
    return Optional.ofNullable(chains.get(chain));
  }
}
