package acct.dataplane.iptables;

import acct.counter.CounterId;
import acct.counter.HelperChains;
import acct.counter.LedgerUpdate;
import acct.counter.Pending;
import acct.counter.Transition;
import acct.dataplane.Snapshot;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveTable;
import acct.plan.Fingerprint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells which transactions of a run that was written down stand in the kernel:
 *
 * <ul>
 *   <li>a shadow chain that something still jumps to: its transaction does not stand; one that
 *       nothing jumps to: it does, and the shadow says what the rule had at its end;
 *   <li>a marker chain that is there: the transaction that removes it does not stand;
 *   <li>else acct's part of the table is as it was before, or it is not.
 * </ul>
 */
final class Standing {
  private Standing() {}

  /** The transactions that stand. */
  static List<Pending.Part> of(Pending pending, Snapshot now) {
    List<Pending.Part> standing = new ArrayList<>();
    for (Pending.Part part : pending.parts()) {
      if (stands(pending, part, now)) {
        standing.add(part);
      }
    }
    return standing;
  }

  private static boolean stands(Pending pending, Pending.Part part, Snapshot now) {
    Optional<LiveTable> found =
        now.of(part.family()).map(live -> live.ruleset().table(part.table()));
    if (found.isEmpty()) {
      return false;
    }
    LiveTable table = found.get();
    Set<ChainName> helpers = HelperChains.of(table);
    if (!pending.prepared()) {
      return false;
    }
    if (part.isRename()) {
      return part.transitions().stream().allMatch(one -> isRenamed(one, table));
    }
    if (part.marker().isPresent()) {
      return !helpers.contains(part.marker().get());
    }
    List<ChainName> shadows = new ArrayList<>();
    for (Pending.Shadow shadow : pending.shadows()) {
      boolean here =
          shadow.from().family() == part.family() && shadow.from().table().equals(part.table());
      if (here && helpers.contains(shadow.chain())) {
        shadows.add(shadow.chain());
      }
    }
    if (!shadows.isEmpty()) {
      return shadows.stream().noneMatch(shadow -> isJumpedTo(shadow, table, helpers));
    }
    return !part.before().isEmpty()
        && !part.before().equals(name(pending, part, now))
        && fits(part, Job.counters(now).keySet());
  }

  private static boolean isRenamed(Transition transition, LiveTable table) {
    return transition instanceof Transition.ChainRenamed rename
        && table.chain(rename.to()).isPresent()
        && table.chain(rename.from()).isEmpty();
  }

  private static boolean isJumpedTo(ChainName shadow, LiveTable table, Set<ChainName> helpers) {
    for (LiveChain chain : table.chains().values()) {
      if (chain.rules().stream()
          .anyMatch(rule -> HelperChains.target(rule, helpers).equals(Optional.of(shadow)))) {
        return true;
      }
    }
    return false;
  }

  private static String name(Pending pending, Pending.Part part, Snapshot now) {
    return Fingerprint.ofOwned(
        Set.copyOf(pending.owners()), now.of(part.family()).orElseThrow(), part.table(), Map.of());
  }

  /** Whether the counters are there that the transaction writes, and those gone that it removes. */
  private static boolean fits(Pending.Part part, Set<CounterId> live) {
    Set<CounterId> written = new HashSet<>();
    Set<CounterId> gone = new HashSet<>();
    for (Transition one : part.transitions()) {
      if (one instanceof Transition.Begun begun) {
        written.add(begun.address());
      } else if (one instanceof Transition.Revived revived) {
        written.add(revived.address());
      } else if (one instanceof Transition.Carried carried) {
        written.add(carried.to());
        gone.add(carried.from());
      } else if (one instanceof Transition.Ended ended) {
        gone.add(ended.address());
      }
    }
    gone.removeAll(written);
    return live.containsAll(written) && gone.stream().noneMatch(live::contains);
  }

  /** What carried and zeroed rules had at the end, and what the rebuilt ones began at. */
  static LedgerUpdate.Switches switches(
      Pending pending, List<Pending.Part> standing, Snapshot after) {
    Map<CounterId, Counters> ends = new LinkedHashMap<>();
    Map<CounterId, Counters> starts = new LinkedHashMap<>();
    for (Pending.Shadow shadow : pending.shadows()) {
      Optional<Counters> counted = after.onlyRule(shadow.from(), shadow.chain());
      boolean stands =
          standing.stream()
              .anyMatch(
                  part ->
                      part.family() == shadow.from().family()
                          && part.table().equals(shadow.from().table()));
      if (stands && shadow.start().known()) {
        starts.put(shadow.from(), shadow.start());
      }
      if (stands && counted.isPresent() && shadow.end(counted.get()).known()) {
        ends.put(shadow.from(), shadow.end(counted.get()));
      }
    }
    return new LedgerUpdate.Switches(ends, starts);
  }
}
