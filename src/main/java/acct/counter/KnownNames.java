package acct.counter;

import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What acct calls live rules whose comments in the kernel are others: those of a policy's {@code
 * comment}, and those that an earlier version of acct left as it found them. The ledger knows them.
 */
public final class KnownNames {
  /** Where no ledger is at hand: every rule is called what its comment says. */
  public static final KnownNames NONE = new KnownNames(Map.of());

  private final Map<Counted.Place, Map<String, String>> names = new HashMap<>();

  /**
   * Known names.
   *
   * @param names by the address that a rule has in the kernel
   */
  public KnownNames(Map<CounterId, String> names) {
    names.forEach(
        (address, name) ->
            this.names
                .computeIfAbsent(
                    new Counted.Place(address.family(), address.table(), address.chain()),
                    none -> new HashMap<>())
                .put(address.item(), name));
  }

  /** The names of one chain's rules, by what they go by in the kernel. */
  public Map<String, String> of(Family family, TableName table, ChainName chain) {
    return Optional.ofNullable(names.get(new Counted.Place(family, table, chain))).orElse(Map.of());
  }
}
