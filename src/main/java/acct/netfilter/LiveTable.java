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

  /** The chain of this table that a rule jumps to: cheap, for every rule. */
  public Optional<ChainName> target(LiveRule rule) {
    Optional<String> name = rule.jumpTarget();
    if (name.isEmpty() || !ChainName.isValid(name.get())) {
      return Optional.empty();
    }
    ChainName chain = new ChainName(name.get());
    return chains.containsKey(chain) ? Optional.of(chain) : Optional.empty();
  }

  public Optional<LiveChain> chain(ChainName chain) {
    return Optional.ofNullable(chains.get(chain));
  }
}
