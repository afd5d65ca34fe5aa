package acct.netfilter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A table of a dump.
 *
 * @param chains by name, in the dump's order
 */
public record LiveTable(TableName name, Map<ChainName, LiveChain> chains) {
  public LiveTable {
    chains = Collections.unmodifiableMap(new LinkedHashMap<>(chains));
  }

  public Optional<LiveChain> chain(ChainName chain) {
    return Optional.ofNullable(chains.get(chain));
  }
}
