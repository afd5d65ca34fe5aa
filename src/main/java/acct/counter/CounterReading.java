package acct.counter;

import acct.compile.OwnerMark;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The kernel's counters of acct's rules at one time.
 *
 * @param epoch the boot and the network namespace they were read in
 * @param families that were read; of others nothing is known
 * @param counters handed over: not copied, there may be a hundred thousand
 */
public record CounterReading(
    String epoch, Instant at, Set<Family> families, Map<CounterId, Counters> counters) {
  public CounterReading {
    families = Set.copyOf(families);
    counters = Collections.unmodifiableMap(counters);
  }

  /**
   * The chains that a look at live rulesets is of.
   *
   * @param ledger whose chains are looked at also where somebody has deleted the jump with their
   *     mark: their rules count on for all that others send there
   */
  public static List<Counted.Chain> chains(List<LiveRuleset> live, Ledger ledger) {
    Set<Counted.Place> known = new HashSet<>();
    for (CounterId address : ledger.entries().keySet()) {
      if (address instanceof CounterId.Rule) {
        known.add(new Counted.Place(address.family(), address.table(), address.chain()));
      }
    }
    List<Counted.Chain> chains = new ArrayList<>();
    live.forEach(one -> chains.addAll(Counted.owned(one, known)));
    return chains;
  }

  /** What those chains show; rules of a dump without counters are left out. */
  public static CounterReading of(
      String epoch, Instant at, Set<Family> families, List<Counted.Chain> chains) {
    Map<CounterId, Counters> counters = new LinkedHashMap<>();
    for (Counted.Chain chain : chains) {
      for (Counted.Count jump : chain.jumps()) {
        if (isCounted(jump)) {
          add(counters, jump);
        }
      }
      chain.rules().forEach(rule -> add(counters, rule));
    }
    return new CounterReading(epoch, at, families, counters);
  }

  /** Whether a jump has a total: one without a mark in a chain of others is theirs. */
  public static boolean isCounted(Counted.Count jump) {
    return jump.address().chain().isBuiltIn() || OwnerMark.owner(jump.rule().words()).isPresent();
  }

  private static void add(Map<CounterId, Counters> counters, Counted.Count count) {
    if (count.rule().counters().known()) {
      counters.put(count.address(), count.rule().counters());
    }
  }
}
