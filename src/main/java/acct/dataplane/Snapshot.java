package acct.dataplane;

import acct.counter.CounterId;
import acct.counter.HelperChains;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was read at one time.
 *
 * @param live the rulesets of the families this machine has
 * @param texts what each was read from, as bytes (see acct.netfilter)
 */
public record Snapshot(List<LiveRuleset> live, Map<Family, String> texts) {
  public Snapshot {
    live = List.copyOf(live);
    texts = Map.copyOf(texts);
  }

  /** The families that were read. */
  public Set<Family> families() {
    Set<Family> families = EnumSet.noneOf(Family.class);
    live.forEach(one -> families.add(one.family()));
    return families;
  }

  /** Those families alone. */
  public Snapshot only(Set<Family> families) {
    List<LiveRuleset> some = new ArrayList<>(live);
    some.removeIf(one -> !families.contains(one.family()));
    return new Snapshot(some, texts);
  }

  /** The same without the helper chains of a run. */
  public Snapshot withoutHelpers() {
    if (live.stream().noneMatch(one -> HelperChains.anyIn(one.ruleset()))) {
      return this;
    }
    List<LiveRuleset> rest = new ArrayList<>();
    live.forEach(one -> rest.add(HelperChains.without(one)));
    return new Snapshot(rest, texts);
  }

  /** The counter of the only rule of a chain, in the table of an address. */
  public Optional<Counters> onlyRule(CounterId address, ChainName chain) {
    return of(address.family())
        .flatMap(one -> one.ruleset().table(address.table()).chain(chain))
        .filter(found -> found.rules().size() == 1)
        .map(found -> found.rules().get(0).counters());
  }

  /** A family's ruleset, if this machine has the family. */
  public Optional<LiveRuleset> of(Family family) {
    for (LiveRuleset one : live) {
      if (one.family() == family) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }
}
