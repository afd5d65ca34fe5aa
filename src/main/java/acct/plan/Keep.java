package acct.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses which live rules of a chain stay where they are.
 *
 * <p>A rule's <em>place</em> is the number of the segment that the RETURNs of the desired chain
 * make; inside a segment rules commute. Live rules that all stay must meet their places in order,
 * so what stays is a subsequence of the live rules whose places never fall: of all such, one that
 * keeps the most rules and, among these, the most traffic.
 *
 * <p>While every meaning has one live rule and one place, that is the heaviest non-decreasing
 * subsequence, found with a tree of prefix maxima in O(n log n). Where the same meaning stands
 * several times, a rule may have a choice of places, and a place takes only so many: with one
 * segment the heaviest of each are kept, which is exact; in small chains a table over places and
 * positions is, too; in large ones that are not in sync the k-th live rule is held to the k-th
 * place, which is sound, if not always the heaviest.
 */
final class Keep {
  /** Up to this many steps the exact table is worth its time (some ten milliseconds). */
  private static final long EXACT_STEPS = 4_000_000;

  /** How much is kept: first rules, then packets. */
  private record Weight(int rules, double packets) implements Comparable<Weight> {
    static final Weight NONE = new Weight(0, 0);

    Weight plus(Weight other) {
      return new Weight(rules + other.rules, packets + other.packets);
    }

    @Override
    public int compareTo(Weight other) {
      return rules != other.rules
          ? Integer.compare(rules, other.rules)
          : Double.compare(packets, other.packets);
    }
  }

  /** What a choice is made of. */
  private final int[] liveMeanings;

  private final double[] packets;
  private final int[] desiredMeanings;
  private final int[] desiredPlaces;
  private final int places;

  /** For each meaning, how often each of its places wants it. */
  private final Map<Integer, Map<Integer, Integer>> wanted = new HashMap<>();

  private Keep(int[] liveMeanings, double[] packets, int[] desiredMeanings, int[] desiredPlaces) {
    this.liveMeanings = liveMeanings;
    this.packets = packets;
    this.desiredMeanings = desiredMeanings;
    this.desiredPlaces = desiredPlaces;
    int last = -1;
    for (int place : desiredPlaces) {
      last = Math.max(last, place);
    }
    this.places = last + 1;
  }

  private void collectWanted() {
    for (int i = 0; i < desiredMeanings.length; i++) {
      wanted
          .computeIfAbsent(desiredMeanings[i], meaning -> new HashMap<>())
          .merge(desiredPlaces[i], 1, Integer::sum);
    }
  }

  private Weight weight(int rule) {
    return new Weight(1, packets[rule]);
  }

  /**
   * Chooses.
   *
   * @param liveMeanings of each live rule, in order: a number from 0, equal for equal meanings
   * @param packets of each live rule
   * @param desiredMeanings of each desired rule, by the same numbers
   * @param desiredPlaces of each desired rule
   * @return of each live rule the place it stays in, or -1
   */
  static int[] choose(
      int[] liveMeanings, double[] packets, int[] desiredMeanings, int[] desiredPlaces) {
    return new Keep(liveMeanings, packets, desiredMeanings, desiredPlaces).choose();
  }

  private int[] choose() {
    if (places <= 1) {
      return heaviestOfEach();
    }
    collectWanted();
    if (isUnambiguous()) {
      return subsequence(onlyPlaces());
    }
    long n = liveMeanings.length;
    if (n * n * places <= EXACT_STEPS) {
      return exact();
    }
    return InOrder.of(liveMeanings, desiredMeanings, desiredPlaces)
        .orElseGet(() -> subsequence(pairedInOrder()));
  }

  private boolean isUnambiguous() {
    Map<Integer, Integer> seen = new HashMap<>();
    for (int meaning : liveMeanings) {
      Map<Integer, Integer> at = wanted.get(meaning);
      if (at == null) {
        continue;
      }
      boolean several = at.size() > 1 || seen.merge(meaning, 1, Integer::sum) > 1;
      if (several) {
        return false;
      }
    }
    return true;
  }

  private int[] onlyPlaces() {
    int[] at = new int[liveMeanings.length];
    for (int i = 0; i < at.length; i++) {
      Map<Integer, Integer> wants = wanted.get(liveMeanings[i]);
      at[i] = wants == null ? -1 : wants.keySet().iterator().next();
    }
    return at;
  }

  /**
   * With one place: of each meaning as many as are wanted, the heaviest. Counted in arrays, since
   * this is the common case and chains are long.
   */
  private int[] heaviestOfEach() {
    int[] room = count(desiredMeanings);
    int[] there = count(liveMeanings);
    int[] chosen = nothing();
    Map<Integer, List<Integer>> tooMany = new HashMap<>();
    for (int i = 0; i < chosen.length; i++) {
      int meaning = liveMeanings[i];
      int wants = meaning < room.length ? room[meaning] : 0;
      if (there[meaning] <= wants) {
        chosen[i] = 0;
      } else if (wants > 0) {
        tooMany.computeIfAbsent(meaning, key -> new ArrayList<>()).add(i);
      }
    }
    for (Map.Entry<Integer, List<Integer>> entry : tooMany.entrySet()) {
      List<Integer> rules = entry.getValue();
      rules.sort(heaviestFirst());
      for (int i : rules.subList(0, room[entry.getKey()])) {
        chosen[i] = 0;
      }
    }
    return chosen;
  }

  /** How often each number stands there. */
  private static int[] count(int[] numbers) {
    int most = -1;
    for (int number : numbers) {
      most = Math.max(most, number);
    }
    int[] counts = new int[most + 1];
    for (int number : numbers) {
      counts[number]++;
    }
    return counts;
  }

  private Comparator<Integer> heaviestFirst() {
    return (a, b) -> Double.compare(packets[b], packets[a]);
  }

  private int[] nothing() {
    int[] chosen = new int[liveMeanings.length];
    Arrays.fill(chosen, -1);
    return chosen;
  }

  /**
   * Of each meaning, the heaviest live rules it has places for, the k-th of them to the k-th place.
   */
  private int[] pairedInOrder() {
    Map<Integer, List<Integer>> byMeaning = new HashMap<>();
    for (int i = 0; i < liveMeanings.length; i++) {
      if (wanted.containsKey(liveMeanings[i])) {
        byMeaning.computeIfAbsent(liveMeanings[i], meaning -> new ArrayList<>()).add(i);
      }
    }
    int[] at = nothing();
    byMeaning.forEach(
        (meaning, rules) -> {
          List<Integer> slots = new ArrayList<>();
          wanted
              .get(meaning)
              .forEach(
                  (place, count) -> {
                    for (int k = 0; k < count; k++) {
                      slots.add(place);
                    }
                  });
          slots.sort(null);
          List<Integer> heaviest = new ArrayList<>(rules);
          heaviest.sort(heaviestFirst());
          List<Integer> kept =
              new ArrayList<>(heaviest.subList(0, Math.min(slots.size(), heaviest.size())));
          kept.sort(null);
          for (int k = 0; k < kept.size(); k++) {
            at[kept.get(k)] = slots.get(k);
          }
        });
    return at;
  }

  /** The heaviest subsequence of rules whose places never fall. */
  private int[] subsequence(int[] at) {
    int n = at.length;
    int[] bestEnd = new int[places + 1];
    Arrays.fill(bestEnd, -1);
    Weight[] upTo = new Weight[n];
    int[] before = new int[n];
    int last = -1;
    for (int i = 0; i < n; i++) {
      if (at[i] < 0) {
        continue;
      }
      before[i] = prefixBest(bestEnd, upTo, at[i]);
      upTo[i] = weight(i).plus(before[i] < 0 ? Weight.NONE : upTo[before[i]]);
      for (int node = at[i] + 1; node <= places; node += node & -node) {
        if (bestEnd[node] < 0 || upTo[bestEnd[node]].compareTo(upTo[i]) < 0) {
          bestEnd[node] = i;
        }
      }
      if (last < 0 || upTo[last].compareTo(upTo[i]) < 0) {
        last = i;
      }
    }
    int[] chosen = nothing();
    for (int i = last; i >= 0; i = before[i]) {
      chosen[i] = at[i];
    }
    return chosen;
  }

  /** The heaviest end of a subsequence whose last place is at most this one, or -1. */
  private static int prefixBest(int[] bestEnd, Weight[] upTo, int place) {
    int best = -1;
    for (int node = place + 1; node > 0; node -= node & -node) {
      int end = bestEnd[node];
      if (end >= 0 && (best < 0 || upTo[best].compareTo(upTo[end]) < 0)) {
        best = end;
      }
    }
    return best;
  }

  /**
   * Exact where meanings repeat: best[p][i] is the heaviest choice of the first i live rules for
   * the first p places, and each place takes a window of the live rules.
   */
  private int[] exact() {
    int n = liveMeanings.length;
    Weight[][] best = new Weight[places + 1][n + 1];
    int[][] windowStart = new int[places + 1][n + 1];
    Arrays.fill(best[0], Weight.NONE);
    for (int place = 0; place < places; place++) {
      Weight[] now = best[place + 1];
      System.arraycopy(best[place], 0, now, 0, n + 1);
      for (int i = 0; i <= n; i++) {
        windowStart[place + 1][i] = i;
      }
      for (int start = 0; start < n; start++) {
        Window window = new Window(place);
        for (int end = start + 1; end <= n; end++) {
          window.add(end - 1);
          Weight total = best[place][start].plus(window.total);
          if (total.compareTo(now[end]) > 0) {
            now[end] = total;
            windowStart[place + 1][end] = start;
          }
        }
      }
    }
    int[] chosen = nothing();
    int end = n;
    for (int place = places - 1; place >= 0; place--) {
      int start = windowStart[place + 1][end];
      Window window = new Window(place);
      for (int i = start; i < end; i++) {
        window.add(i);
      }
      for (int i : window.kept()) {
        chosen[i] = place;
      }
      end = start;
    }
    return chosen;
  }

  /** What one place keeps of a run of live rules: of each meaning the heaviest it has room for. */
  private final class Window {
    private final int place;
    private final Map<Integer, List<Integer>> kept = new HashMap<>();
    private Weight total = Weight.NONE;

    Window(int place) {
      this.place = place;
    }

    void add(int rule) {
      Map<Integer, Integer> wants = wanted.get(liveMeanings[rule]);
      Integer room = wants == null ? null : wants.get(place);
      if (room == null) {
        return;
      }
      List<Integer> same = kept.computeIfAbsent(liveMeanings[rule], meaning -> new ArrayList<>());
      if (same.size() < room) {
        same.add(rule);
        total = total.plus(weight(rule));
        return;
      }
      int lightest = 0;
      for (int k = 1; k < same.size(); k++) {
        if (weight(same.get(k)).compareTo(weight(same.get(lightest))) < 0) {
          lightest = k;
        }
      }
      Weight out = weight(same.get(lightest));
      if (out.compareTo(weight(rule)) < 0) {
        same.set(lightest, rule);
        total = new Weight(total.rules(), total.packets() - out.packets() + weight(rule).packets());
      }
    }

    List<Integer> kept() {
      List<Integer> all = new ArrayList<>();
      kept.values().forEach(all::addAll);
      return all;
    }
  }
}
