package acct.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KeepTest {
  /** Tries every choice; for up to some eight live rules. */
  private static double[] best(
      int at, int lastPlace, int[] live, double[] packets, Map<List<Integer>, Integer> room) {
    if (at == live.length) {
      return new double[] {0, 0};
    }
    double[] best = best(at + 1, lastPlace, live, packets, room);
    for (int place = lastPlace; place < 8; place++) {
      List<Integer> slot = List.of(live[at], place);
      if (room.getOrDefault(slot, 0) > 0) {
        room.merge(slot, -1, Integer::sum);
        double[] rest = best(at + 1, place, live, packets, room);
        room.merge(slot, 1, Integer::sum);
        double rules = rest[0] + 1;
        double total = rest[1] + packets[at];
        if (rules > best[0] || (rules == best[0] && total > best[1])) {
          best = new double[] {rules, total};
        }
      }
    }
    return best;
  }

  @Property(tries = 2000)
  void whatIsKeptIsHeaviest(
      @ForAll long seed,
      @ForAll @IntRange(max = 7) int liveCount,
      @ForAll @IntRange(max = 7) int desiredCount,
      @ForAll @IntRange(min = 1, max = 5) int meanings) {
    Random random = new Random(seed);
    int[] live = random.ints(liveCount, 0, meanings).toArray();
    double[] packets = random.ints(liveCount, 0, 100).asDoubleStream().toArray();
    int[] desired = random.ints(desiredCount, 0, meanings).toArray();
    int[] places = random.ints(desiredCount, 0, 4).sorted().toArray();
    check(live, packets, desired, places);
  }

  private static void check(int[] live, double[] packets, int[] desired, int[] places) {
    Map<List<Integer>, Integer> room = new HashMap<>();
    for (int i = 0; i < desired.length; i++) {
      room.merge(List.of(desired[i], places[i]), 1, Integer::sum);
    }
    double[] best = best(0, 0, live, packets, new HashMap<>(room));
    int[] chosen = Keep.choose(live, packets, desired, places);
    int last = 0;
    double rules = 0;
    double total = 0;
    for (int i = 0; i < live.length; i++) {
      if (chosen[i] >= 0) {
        assertTrue(chosen[i] >= last, "places fall");
        last = chosen[i];
        assertTrue(room.merge(List.of(live[i], chosen[i]), -1, Integer::sum) >= 0, "no room");
        rules++;
        total += packets[i];
      }
    }
    assertEquals(best[0], rules, "rules kept");
    assertEquals(best[1], total, "packets kept");
  }

  @Test
  void withOneMeaningEachTheTreeIsUsedAndExact() {
    Random random = new Random(1);
    for (int n = 2; n < 8; n++) {
      int[] live = random.ints(0, n).distinct().limit(n).toArray();
      int[] desired = random.ints(0, n).distinct().limit(n).toArray();
      int[] places = random.ints(n, 0, 4).sorted().toArray();
      check(live, random.ints(n, 0, 9).asDoubleStream().toArray(), desired, places);
    }
  }

  @Test
  void aLargeAmbiguousChainIsStillSound() {
    int n = 6000;
    int[] live = new Random(2).ints(n, 0, n / 2).toArray();
    int[] desired = new Random(3).ints(n, 0, n / 2).toArray();
    int[] places = new Random(4).ints(n, 0, 20).sorted().toArray();
    int[] chosen = Keep.choose(live, new double[n], desired, places);
    int last = 0;
    for (int place : chosen) {
      if (place >= 0) {
        assertTrue(place >= last);
        last = place;
      }
    }
  }

  /** So a second plan is empty where rules of the same meaning are kept beside the policy's. */
  @Test
  void aLargeChainThatHasAllInOrderKeepsAll() {
    int n = 3000;
    int[] desired = new Random(5).ints(n, 0, n / 2).toArray();
    int[] places = new Random(6).ints(n, 0, 20).sorted().toArray();
    int[] live = new int[2 * n];
    for (int i = 0; i < n; i++) {
      live[2 * i] = desired[(i * 7) % n];
      live[2 * i + 1] = desired[i];
    }
    int[] chosen = Keep.choose(live, new double[2 * n], desired, places);
    assertEquals(n, IntStream.of(chosen).filter(place -> place >= 0).count());
  }
}
