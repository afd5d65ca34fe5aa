package acct.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells whether another program undoes acct's work again and again, and how long to wait until it
 * is done again: twice as long each time, up to a minute.
 */
final class Contention {
  /** So many corrections of one rule are no accident any more. */
  private static final int TOLERATED = 3;

  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final Duration SHORTEST_PEACE = Duration.ofSeconds(10);
  private static final int MOST_DOUBLED = 6;

  private final Map<String, Strife> strife = new LinkedHashMap<>();

  /**
   * The corrections of one rule.
   *
   * @param times without a time of peace between them
   */
  private record Strife(int times, Instant last) {
    Duration hold() {
      int doubled = Math.min(MOST_DOUBLED, times - TOLERATED);
      Duration hold = Duration.ofSeconds(1L << Math.max(0, doubled));
      return times < TOLERATED ? Duration.ZERO : hold.compareTo(LONGEST) > 0 ? LONGEST : hold;
    }

    boolean isOver(Instant now) {
      Duration peace = hold().multipliedBy(3);
      return Duration.between(last, now)
              .compareTo(peace.compareTo(SHORTEST_PEACE) > 0 ? peace : SHORTEST_PEACE)
          > 0;
    }
  }

  /** Notes that these were corrected. */
  void corrected(List<String> addresses, Instant now) {
    strife.values().removeIf(one -> one.isOver(now));
    for (String address : addresses) {
      strife.merge(
          address, new Strife(1, now), (before, one) -> new Strife(before.times() + 1, now));
    }
  }

  /** When they may be corrected again. */
  Instant notBefore() {
    Instant latest = Instant.MIN;
    for (Strife one : strife.values()) {
      if (one.times() >= TOLERATED) {
        Instant end = one.last().plus(one.hold());
        latest = end.isAfter(latest) ? end : latest;
      }
    }
    return latest;
  }

  /** The rule that is fought about the most; nothing in peace. */
  Optional<String> worst(Instant now) {
    strife.values().removeIf(one -> one.isOver(now));
    List<Map.Entry<String, Strife>> all = new ArrayList<>(strife.entrySet());
    all.removeIf(one -> one.getValue().times() < TOLERATED);
    return all.stream()
        .max(Comparator.comparingInt(one -> one.getValue().times()))
        .map(Map.Entry::getKey);
  }
}
