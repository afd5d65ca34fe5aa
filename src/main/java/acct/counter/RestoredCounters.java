package acct.counter;

import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Counters that another program has set back to what they had earlier in the same boot, as a
 * firewall service does that restores the file it saved. What they had then is in their totals
 * already, so only what comes after it is added.
 *
 * <p>A counter that is smaller than it was may as well have been set to zero and have counted
 * since. It is taken for restored only where an earlier reading of the same boot shows it: in its
 * table every counter has at least what it had then, and among those that have fallen there are two
 * different values that are exactly what they were then, packets and bytes. One alone could be
 * chance: the same traffic again after a zero. Where a file was saved between two readings and the
 * counters moved on meanwhile, it can't be known, and the value is added, as after a zero.
 *
 * @param ledger the same with those counters set back
 * @param to what they were set back to
 * @param at when they had that, by the last of the readings that show it
 */
public record RestoredCounters(Ledger ledger, Map<CounterId, Counters> to, Optional<Instant> at) {
  private static final int WITNESSES = 2;

  private record Place(Family family, TableName table) {}

  /** Earlier ledgers of the same directory, the last one first; read only when they are needed. */
  @FunctionalInterface
  public interface Earlier {
    /** None is known. */
    Earlier NONE = List::of;

    List<Ledger> ledgers();
  }

  /** Finds them before a reading is added up. */
  public static RestoredCounters of(Ledger ledger, CounterReading look, Earlier earlier) {
    RestoredCounters none = new RestoredCounters(ledger, Map.of(), Optional.empty());
    if (!ledger.epoch().equals(look.epoch())) {
      return none;
    }
    Map<Place, Set<CounterId>> fallen = new LinkedHashMap<>();
    ledger
        .entries()
        .forEach(
            (id, entry) -> {
              Counters now = look.counters().get(id);
              if (now != null && entry.hasFallen(now)) {
                fallen
                    .computeIfAbsent(
                        new Place(id.family(), id.table()), place -> new LinkedHashSet<>())
                    .add(id);
              }
            });
    if (fallen.isEmpty()) {
      return none;
    }
    Map<CounterId, Counters> to = new LinkedHashMap<>();
    Optional<Instant> at = Optional.empty();
    List<Ledger> ledgers = earlier.ledgers();
    for (Map.Entry<Place, Set<CounterId>> place : fallen.entrySet()) {
      for (Ledger then : ledgers) {
        if (then.epoch().equals(look.epoch())
            && shows(then, place.getKey(), place.getValue(), look)) {
          place.getValue().forEach(id -> to.put(id, then.entries().get(id).seen()));
          at = Optional.of(then.at());
          break;
        }
      }
    }
    if (to.isEmpty()) {
      return none;
    }
    Map<CounterId, Entry> entries = new LinkedHashMap<>(ledger.entries());
    to.forEach((id, value) -> entries.put(id, entries.get(id).rewritten(value)));
    return new RestoredCounters(ledger.with(entries), to, at);
  }

  private static boolean shows(
      Ledger then, Place place, Set<CounterId> fallen, CounterReading look) {
    for (Map.Entry<CounterId, Entry> one : then.entries().entrySet()) {
      Counters now = look.counters().get(one.getKey());
      boolean here =
          one.getKey().family() == place.family() && one.getKey().table().equals(place.table());
      if (here && now != null && isLess(now, one.getValue().seen())) {
        return false;
      }
    }
    Set<Counters> exact = new HashSet<>();
    for (CounterId id : fallen) {
      Entry entry = then.entries().get(id);
      if (entry == null) {
        return false;
      }
      if (!entry.seen().isZero() && entry.seen().equals(look.counters().get(id))) {
        exact.add(entry.seen());
      }
    }
    return exact.size() >= WITNESSES;
  }

  private static boolean isLess(Counters now, Counters then) {
    return Long.compareUnsigned(now.packets(), then.packets()) < 0
        || Long.compareUnsigned(now.bytes(), then.bytes()) < 0;
  }
}
