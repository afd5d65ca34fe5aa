package acct.totals;

import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.plan.Address;
import acct.plan.Counted;
import acct.plan.Differ;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
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
 */
public record Look(
    String epoch, Instant at, Set<Family> families, Map<Address, Counters> counters) {
  public Look {
    families = Set.copyOf(families);
    counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
  }

  /**
   * What live rulesets show; rules of a dump without counters are left out.
   *
   * @param ledger whose chains are looked at also where somebody has deleted the jump with their
   *     mark: their rules count on for all that others send there
   */
  public static Look of(String epoch, Instant at, List<Differ.Live> live, Ledger ledger) {
    Set<Counted.Place> known = new HashSet<>();
    for (Address address : ledger.entries().keySet()) {
      if (!address.chain().isBuiltIn()) {
        known.add(new Counted.Place(address.family(), address.table(), address.chain()));
      }
    }
    Set<Family> families = EnumSet.noneOf(Family.class);
    Map<Address, Counters> counters = new LinkedHashMap<>();
    for (Differ.Live one : live) {
      families.add(one.family());
      for (Counted.Chain chain : Counted.owned(one, known)) {
        chain.jumps().forEach(jump -> add(counters, jump));
        chain.rules().forEach(rule -> add(counters, rule));
      }
    }
    return new Look(epoch, at, families, counters);
  }

  private static void add(Map<Address, Counters> counters, Counted.Count count) {
    if (count.rule().counters().known()) {
      counters.put(count.address(), count.rule().counters());
    }
  }
}
