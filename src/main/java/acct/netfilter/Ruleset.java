package acct.netfilter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One family's whole ruleset, as a dump shows it.
 *
 * @param family said by the dump's header, if it has one
 * @param backend said by the dump's header; only since 1.8.8 does it tell nft from legacy surely
 * @param tables by name, in the dump's order
 */
public record Ruleset(
    Optional<Family> family, Optional<Backend> backend, Map<TableName, LiveTable> tables) {
  /** A host where nothing is loaded. */
  public static final Ruleset EMPTY = new Ruleset(Optional.empty(), Optional.empty(), Map.of());

  public Ruleset {
    tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
  }

  /** The table of that name; an empty one when the dump has none, for nothing is loaded in it. */
  public LiveTable table(TableName name) {
    LiveTable table = tables.get(name);
    return table != null ? table : new LiveTable(name, Map.of());
  }
}
