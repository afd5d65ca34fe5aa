package acct.compile;

import acct.netfilter.PortRange;
import acct.netfilter.PortSet;
import acct.netfilter.Value;
import acct.policy.MatchKey;
import acct.policy.Policy.Clause;
import acct.policy.Position;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The clauses of one rule whose values could be read.
 *
 * @param positive those that must match
 * @param negative those under {@code not}
 */
record ReadClauses(Map<MatchKey, Read> positive, Map<MatchKey, Read> negative) {
  /** A clause with its values. */
  record Read(Clause clause, List<Value> values) {
    Value first() {
      return values.get(0);
    }

    /** Its values as ports. */
    PortSet portSet() {
      return new PortSet(values.stream().map(PortRange.class::cast).toList());
    }
  }

  ReadClauses() {
    // Not EnumMap: that has a place for each of the seventy keys, and a rule has two or three.
    this(new TreeMap<>(), new TreeMap<>());
  }

  boolean has(MatchKey key) {
    return positive.containsKey(key) || negative.containsKey(key);
  }

  /** Where a key stands, if it does. */
  Optional<Position> positionOf(MatchKey key) {
    Read read = positive.containsKey(key) ? positive.get(key) : negative.get(key);
    return read == null ? Optional.empty() : Optional.of(read.clause().position());
  }
}
