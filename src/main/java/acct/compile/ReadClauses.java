package acct.compile;

import acct.diagnostic.Position;
import acct.netfilter.PortRange;
import acct.netfilter.PortSet;
import acct.netfilter.Value;
import acct.policy.MatchKey;
import acct.policy.Policy.Clause;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The clauses of one rule whose values could be read, in the order of their keys.
 *
 * <p>Lists and not maps: a rule has two or three of the seventy keys, and there are many rules.
 */
final class ReadClauses {
  private final List<Read> all = new ArrayList<>(4);

  /** A clause with its values. */
  record Read(Clause clause, List<Value> values) {
    MatchKey key() {
      return clause.key();
    }

    boolean negated() {
      return clause.negated();
    }

    Value first() {
      return values.get(0);
    }

    /** Its values as ports. */
    /**
     * The ports, as many in each set as one match of the kernel takes. They are packed in the order
     * in which they are written, so that one that is added at the end changes no set but the last.
     */
    List<PortSet> portSets() {
      List<PortSet> sets = new ArrayList<>();
      List<PortRange> ranges = new ArrayList<>();
      for (Value value : values) {
        List<PortRange> more = new ArrayList<>(ranges);
        more.add((PortRange) value);
        if (new PortSet(more).slots() > PortSet.MAX_SLOTS) {
          sets.add(new PortSet(ranges));
          more = new ArrayList<>(List.of((PortRange) value));
        }
        ranges = more;
      }
      sets.add(new PortSet(ranges));
      return sets;
    }
  }

  /** Adds a clause to its place. */
  void add(Read read) {
    int at = all.size();
    while (at > 0 && all.get(at - 1).key().compareTo(read.key()) > 0) {
      at--;
    }
    all.add(at, read);
  }

  /** All of them. A key that stands both as it is and under {@code not} is there twice. */
  List<Read> all() {
    return all;
  }

  /** The clause of a key that must match. */
  Optional<Read> positive(MatchKey key) {
    return find(key, false);
  }

  /** The clause of a key that stands under {@code not}. */
  Optional<Read> negative(MatchKey key) {
    return find(key, true);
  }

  private Optional<Read> find(MatchKey key, boolean negated) {
    for (Read read : all) {
      if (read.key() == key && read.negated() == negated) {
        return Optional.of(read);
      }
    }
    return Optional.empty();
  }

  boolean has(MatchKey key) {
    for (Read read : all) {
      if (read.key() == key) {
        return true;
      }
    }
    return false;
  }

  /** Where a key stands, if it does. */
  Optional<Position> positionOf(MatchKey key) {
    Optional<Read> read = positive(key);
    return (read.isPresent() ? read : negative(key)).map(found -> found.clause().position());
  }
}
