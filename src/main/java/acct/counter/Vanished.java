package acct.counter;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveRule;
import acct.netfilter.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Counters that a ledger has and the kernel has not any more: others have flushed or deleted their
 * rules. What they came to is still what they came to, and is shown.
 *
 * @param chains those of the kernel, with the vanished rules behind their own, at position 0
 * @param places where something has vanished
 */
public record Vanished(List<Counted.Chain> chains, List<Place> places) {
  /**
   * A chain with vanished rules.
   *
   * @param rules how many, the jumps to it not among them
   * @param whole whether the chain itself is gone
   * @param since when they were last read, or first missed; nothing where they counted nothing
   */
  public record Place(
      Family family,
      TableName table,
      ChainName chain,
      int rules,
      boolean whole,
      Optional<Instant> since) {}

  public Vanished {
    chains = List.copyOf(chains);
    places = List.copyOf(places);
  }

  /**
   * What has vanished.
   *
   * @param live the chains that were read
   * @param before the ledger as it was kept
   * @param now the same with this reading observed
   * @param families that were read: of others nothing is known
   */
  public static Vanished of(
      List<Counted.Chain> live, Ledger before, Ledger now, Set<Family> families) {
    Map<Counted.Place, Counted.Chain> known = new LinkedHashMap<>();
    for (Counted.Chain chain : live) {
      known.put(new Counted.Place(chain.family(), chain.table(), chain.name()), chain);
    }
    Set<CounterId> there = new HashSet<>();
    live.forEach(chain -> chain.rules().forEach(rule -> there.add(rule.address())));
    Map<Counted.Place, List<Counted.Count>> gone = new LinkedHashMap<>();
    for (CounterId address : now.entries().keySet()) {
      boolean rule = address instanceof CounterId.Rule && families.contains(address.family());
      if (rule && !there.contains(address)) {
        Counted.Place place = new Counted.Place(address.family(), address.table(), address.chain());
        gone.computeIfAbsent(place, none -> new ArrayList<>()).add(count(address));
      }
    }
    List<Place> places = new ArrayList<>();
    gone.forEach(
        (place, rules) -> {
          Optional<Counted.Chain> chain = Optional.ofNullable(known.get(place));
          known.put(place, with(place, chain, rules, now, live));
          places.add(
              new Place(
                  place.family(),
                  place.table(),
                  place.chain(),
                  rules.size(),
                  chain.isEmpty(),
                  since(rules, before, now)));
        });
    return new Vanished(List.copyOf(known.values()), places);
  }

  private static boolean has(List<Counted.Count> rules, CounterId address) {
    for (Counted.Count rule : rules) {
      if (rule.address().equals(address)) {
        return true;
      }
    }
    return false;
  }

  private static Counted.Count count(CounterId address) {
    return new Counted.Count(address, 0, new LiveRule(Counters.ZERO, List.of(), 0));
  }

  private static Counted.Chain with(
      Counted.Place place,
      Optional<Counted.Chain> chain,
      List<Counted.Count> gone,
      Ledger ledger,
      List<Counted.Chain> live) {
    List<Counted.Count> rules = new ArrayList<>(chain.map(Counted.Chain::rules).orElse(List.of()));
    rules.addAll(gone);
    List<Counted.Count> jumps = new ArrayList<>(chain.map(Counted.Chain::jumps).orElse(List.of()));
    for (CounterId address : ledger.entries().keySet()) {
      boolean leads =
          address instanceof CounterId.Jump jump
              && jump.family() == place.family()
              && jump.table().equals(place.table())
              && jump.to().equals(place.chain());
      if (leads && !has(jumps, address)) {
        jumps.add(count(address));
      }
    }
    return new Counted.Chain(
        place.family(),
        place.table(),
        place.chain(),
        chain.flatMap(Counted.Chain::owner).or(() -> owner(place, live)),
        jumps,
        rules);
  }

  /** A chain that is gone in one family may be there in the other. */
  private static Optional<String> owner(Counted.Place place, List<Counted.Chain> live) {
    for (Counted.Chain chain : live) {
      if (chain.name().equals(place.chain()) && chain.table().equals(place.table())) {
        return chain.owner();
      }
    }
    return Optional.empty();
  }

  private static Optional<Instant> since(List<Counted.Count> rules, Ledger before, Ledger now) {
    Optional<Instant> since = Optional.empty();
    for (Counted.Count rule : rules) {
      boolean wasThere =
          before.entry(rule.address()).map(entry -> !entry.seen().isZero()).orElse(false);
      Optional<Instant> at =
          wasThere ? Optional.of(before.at()) : now.entry(rule.address()).flatMap(Entry::lastReset);
      if (at.isPresent() && (since.isEmpty() || at.get().isBefore(since.get()))) {
        since = at;
      }
    }
    return since;
  }
}
