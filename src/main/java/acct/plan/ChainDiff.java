package acct.plan;

import acct.compile.DerivedName;
import acct.compile.Desired;
import acct.compile.OwnerMark;
import acct.netfilter.Counters;
import acct.netfilter.RuleBody;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What has to change inside one chain.
 *
 * <p>Rules that only count commute, and so do jumps to chains that always come back; only a RETURN
 * divides the chain. So a desired rule's place is the number of its segment, the live rules that
 * stay are chosen by {@link Keep}, and everything else is removed or written: first the same
 * meaning that had to leave its place (moved), then the same name with another meaning (changed),
 * then what is left. New rules stand at the end of their segment, so that in the last one they are
 * appended.
 */
final class ChainDiff {
  private final boolean carries;
  private final Map<String, String> formerLabels;
  private final List<Desired.Counting> desired;
  private final List<LiveView.Parsed> live;

  private final int[] desiredMeanings;
  private final int[] liveMeanings;
  private final int[] desiredPlaces;
  private final int[] livePlaces;
  private final boolean[] desiredMet;
  private final Change.Slot[] slots;
  private final List<Change> changes = new ArrayList<>();

  private ChainDiff(
      List<Desired.Counting> desired,
      List<LiveView.Parsed> live,
      Map<String, String> formerLabels,
      boolean carries) {
    this.formerLabels = formerLabels;
    this.carries = carries;
    this.desired = desired;
    this.live = live;
    this.desiredMeanings = new int[desired.size()];
    this.liveMeanings = new int[live.size()];
    number();
    this.desiredPlaces = places(desired);
    this.desiredMet = new boolean[desired.size()];
    this.slots = new Change.Slot[desired.size()];
    this.livePlaces = choose();
    meet();
    place();
  }

  /**
   * Compares.
   *
   * @param formerLabels of rules, each with the label it has now
   * @param carries whether the backend can write a rule with a counter
   * @return the changes: what goes, in the live order, then what is written, in the final order
   */
  static List<Change> diff(
      List<Desired.Counting> desired,
      List<LiveView.Parsed> live,
      Map<String, String> formerLabels,
      boolean carries) {
    return isInSync(desired, live)
        ? List.of()
        : new ChainDiff(desired, live, formerLabels, carries).changes();
  }

  /** So it is on nearly every run, and then there is nothing to choose. */
  private static boolean isInSync(List<Desired.Counting> desired, List<LiveView.Parsed> live) {
    if (desired.size() != live.size()) {
      return false;
    }
    for (int i = 0; i < live.size(); i++) {
      if (!live.get(i).rule().body().equals(desired.get(i).body())) {
        return false;
      }
    }
    return true;
  }

  /** Segments are even, the RETURNs between them odd: no two of those commute. */
  private static int[] places(List<Desired.Counting> desired) {
    int[] places = new int[desired.size()];
    int segment = 0;
    for (int i = 0; i < places.length; i++) {
      if (desired.get(i).divides()) {
        places[i] = segment + 1;
        segment += 2;
      } else {
        places[i] = segment;
      }
    }
    return places;
  }

  /** Gives equal meanings equal numbers. */
  private void number() {
    Map<RuleBody, Integer> meanings = new HashMap<>(2 * (desired.size() + live.size()));
    for (int i = 0; i < desiredMeanings.length; i++) {
      desiredMeanings[i] = meaning(meanings, desired.get(i).body());
    }
    for (int i = 0; i < liveMeanings.length; i++) {
      liveMeanings[i] = meaning(meanings, live.get(i).rule().body());
    }
  }

  private int[] choose() {
    double[] packets = new double[live.size()];
    for (int i = 0; i < packets.length; i++) {
      packets[i] = unsigned(live.get(i).live().counters().packets());
    }
    return Keep.choose(liveMeanings, packets, desiredMeanings, desiredPlaces);
  }

  private static int meaning(Map<RuleBody, Integer> meanings, RuleBody body) {
    Integer known = meanings.putIfAbsent(body, meanings.size());
    return known == null ? meanings.size() - 1 : known;
  }

  private static double unsigned(long value) {
    return value >= 0 ? value : (value >>> 1) * 2.0;
  }

  /**
   * Pairs each live rule that stays with a desired one. Of one meaning, both stand in the order of
   * their places, so that one look at each is enough.
   */
  private void meet() {
    int[] next = new int[desired.size()];
    int[] first = new int[desired.size() + live.size()];
    Arrays.fill(first, -1);
    for (int i = desired.size() - 1; i >= 0; i--) {
      next[i] = first[desiredMeanings[i]];
      first[desiredMeanings[i]] = i;
    }
    for (int i = 0; i < live.size(); i++) {
      if (livePlaces[i] >= 0) {
        int meaning = liveMeanings[i];
        while (desiredPlaces[first[meaning]] != livePlaces[i]) {
          first[meaning] = next[first[meaning]];
        }
        desiredMet[first[meaning]] = true;
        first[meaning] = next[first[meaning]];
      }
    }
  }

  /** Says where each rule that is written will stand. */
  private void place() {
    int places = desiredPlaces.length == 0 ? 0 : desiredPlaces[desiredPlaces.length - 1] + 1;
    int[] stay = new int[places];
    for (int place : livePlaces) {
      if (place >= 0) {
        stay[place]++;
      }
    }
    int lastStaying = places - 1;
    while (lastStaying >= 0 && stay[lastStaying] == 0) {
      lastStaying--;
    }
    int position = 0;
    int next = 0;
    for (int place = 0; place < places; place++) {
      position += stay[place];
      for (; next < desired.size() && desiredPlaces[next] == place; next++) {
        if (!desiredMet[next]) {
          slots[next] = new Change.Slot(++position, place >= lastStaying);
        }
      }
    }
  }

  private List<Change> changes() {
    Map<RuleBody, Deque<Integer>> byMeaning = new HashMap<>();
    Map<String, Integer> byLabel = new HashMap<>();
    for (int i = 0; i < desired.size(); i++) {
      if (!desiredMet[i]) {
        byMeaning.computeIfAbsent(desired.get(i).body(), body -> new ArrayDeque<>(1)).add(i);
        byLabel.put(desired.get(i).label(), i);
      }
    }
    Map<Integer, Change> written = new HashMap<>();
    List<LiveView.Parsed> rest = moved(byMeaning, written);
    for (LiveView.Parsed rule : rest) {
      Integer same =
          OwnerMark.label(rule.rule().comments())
              .map(label -> byLabel.get(formerLabels.getOrDefault(label, label)))
              .orElse(null);
      if (same != null && !written.containsKey(same)) {
        written.put(
            same,
            new Change.RuleChanged(
                rule.position(),
                rule.rule().body(),
                rule.live().counters(),
                desired.get(same),
                slots[same]));
      } else {
        changes.add(removed(rule));
      }
    }
    for (int i = 0; i < desired.size(); i++) {
      if (!desiredMet[i]) {
        Change change = written.get(i);
        changes.add(change != null ? change : new Change.RuleAdded(desired.get(i), slots[i]));
      }
    }
    return changes;
  }

  /** Pairs what means the same but had to leave its place, and returns what else has to go. */
  private List<LiveView.Parsed> moved(
      Map<RuleBody, Deque<Integer>> byMeaning, Map<Integer, Change> written) {
    List<LiveView.Parsed> rest = new ArrayList<>();
    for (int i = 0; i < live.size(); i++) {
      if (livePlaces[i] >= 0) {
        continue;
      }
      LiveView.Parsed rule = live.get(i);
      Deque<Integer> same = byMeaning.get(rule.rule().body());
      if (same == null || same.isEmpty()) {
        rest.add(rule);
      } else {
        int to = same.remove();
        written.put(
            to,
            new Change.RuleMoved(
                rule.position(), rule.live().counters(), carries, desired.get(to), slots[to]));
      }
    }
    return rest;
  }

  static Change.RuleRemoved removed(LiveView.Parsed rule) {
    RuleBody body = rule.rule().body();
    Counters counters = rule.live().counters();
    return OwnerMark.label(rule.rule().comments())
        .map(label -> new Change.RuleRemoved(label, true, rule.position(), body, counters))
        .orElseGet(
            () ->
                new Change.RuleRemoved(
                    DerivedName.of(body), false, rule.position(), body, counters));
  }
}
