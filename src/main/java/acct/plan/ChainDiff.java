package acct.plan;

import acct.compile.DerivedName;
import acct.compile.Desired;
import acct.compile.OwnerMark;
import acct.netfilter.Counters;
import acct.netfilter.Rule;
import acct.netfilter.RuleBody;
import acct.policy.Policy;
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
 * then what is left, which goes, or stays beside the policy's when it says so. {@link Slots} finds
 * where the new rules stand.
 */
final class ChainDiff {
  /**
   * What came out.
   *
   * @param changes what goes, in the live order, then what is written, in the final order
   * @param unmanaged live rules that the policy doesn't have and that stay, in the live order
   */
  record Result(List<Change> changes, List<Unmanaged> unmanaged) {
    static final Result IN_SYNC = new Result(List.of(), List.of());
  }

  /** What becomes of a live rule. */
  private enum Lot {
    STAYS,
    RELABELLED,
    MOVES,
    CHANGES,
    GOES,
    UNMANAGED
  }

  private static final int NONE = -1;

  private final Scope scope;
  private final Desired.Chain chain;
  private final List<Desired.Counting> desired;
  private final List<LiveView.Parsed> live;

  private final int[] desiredMeanings;
  private final int[] liveMeanings;
  private final int[] desiredPlaces;
  private final int[] livePlaces;
  private final Lot[] lots;

  /** The live rule that each desired one is, or comes from. */
  private final int[] from;

  private ChainDiff(Desired.Chain chain, List<LiveView.Parsed> live, Scope scope) {
    this.scope = scope;
    this.chain = chain;
    this.desired = chain.rules();
    this.live = live;
    this.desiredMeanings = new int[desired.size()];
    this.liveMeanings = new int[live.size()];
    number();
    this.desiredPlaces = places(desired);
    this.livePlaces = choose();
    this.lots = new Lot[live.size()];
    this.from = new int[desired.size()];
    Arrays.fill(from, NONE);
    meet();
    if (scope.intent().relabel()) {
      relabel();
    }
    move();
    change();
  }

  /** Compares. */
  static Result diff(Desired.Chain chain, List<LiveView.Parsed> live, Scope scope) {
    return isInSync(chain.rules(), live, scope.intent())
        ? Result.IN_SYNC
        : new ChainDiff(chain, live, scope).result();
  }

  /** So it is on nearly every run, and then there is nothing to choose. */
  private static boolean isInSync(
      List<Desired.Counting> desired, List<LiveView.Parsed> live, Intent intent) {
    if (desired.size() != live.size()) {
      return false;
    }
    for (int i = 0; i < live.size(); i++) {
      Rule is = live.get(i).rule();
      boolean same = is.body().equals(desired.get(i).body());
      if (!same || intent.relabel() && !isLabelled(desired.get(i), is)) {
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
    Arrays.fill(first, NONE);
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
        take(i, Lot.STAYS, first[meaning]);
        first[meaning] = next[first[meaning]];
      }
    }
  }

  private void take(int rule, Lot lot, int as) {
    lots[rule] = lot;
    from[as] = rule;
  }

  /**
   * Of those that mean the same and stay, pairs what has the right comments; the rest gets them.
   */
  private void relabel() {
    for (int i = 0; i < from.length; i++) {
      int better = betterLabelled(i);
      while (better != NONE) {
        int other = from[better];
        from[better] = from[i];
        from[i] = other;
        better = betterLabelled(i);
      }
    }
    for (int i = 0; i < from.length; i++) {
      if (from[i] != NONE && !isLabelled(i, from[i])) {
        lots[from[i]] = Lot.RELABELLED;
      }
    }
  }

  private boolean isLabelled(int as, int rule) {
    return isLabelled(desired.get(as), live.get(rule).rule());
  }

  /**
   * Also a rule that writes what other rules see where the policy's does not is written anew: acct
   * wrote such rules before, as a plain --match-set (GuardTest).
   */
  private static boolean isLabelled(Desired.Counting as, Rule rule) {
    return as.comments().equals(rule.comments()) && rule.body().isGuardedLike(as.body());
  }

  /** The desired rule whose comments the live one has that was paired with another. */
  private int betterLabelled(int as) {
    if (from[as] == NONE || isLabelled(as, from[as])) {
      return NONE;
    }
    for (int i = 0; i < from.length; i++) {
      boolean same =
          desiredMeanings[i] == desiredMeanings[as] && desiredPlaces[i] == desiredPlaces[as];
      if (same && isLabelled(i, from[as])) {
        return i;
      }
    }
    return NONE;
  }

  /** Pairs what means the same but had to leave its place. */
  private void move() {
    Map<RuleBody, Deque<Integer>> byMeaning = new HashMap<>();
    for (int i = 0; i < desired.size(); i++) {
      if (from[i] == NONE) {
        byMeaning.computeIfAbsent(desired.get(i).body(), body -> new ArrayDeque<>(1)).add(i);
      }
    }
    for (int i = 0; i < live.size(); i++) {
      Deque<Integer> same = byMeaning.get(live.get(i).rule().body());
      if (lots[i] == null && same != null && !same.isEmpty()) {
        take(i, Lot.MOVES, same.remove());
      }
    }
  }

  /** Pairs what has the name of a rule that is missing, and says what becomes of the rest. */
  private void change() {
    Map<String, Integer> byLabel = new HashMap<>();
    for (int i = 0; i < desired.size(); i++) {
      if (from[i] == NONE) {
        byLabel.put(desired.get(i).label(), i);
      }
    }
    for (int i = 0; i < live.size(); i++) {
      if (lots[i] == null) {
        LiveView.Parsed rule = live.get(i);
        boolean mayGo = !keeps() || scope.onlyCounts(rule);
        Integer same = mayGo ? byLabel.get(label(rule)) : null;
        if (same != null && from[same] == NONE) {
          take(i, Lot.CHANGES, same);
        } else {
          lots[i] = keeps() && !scope.isMarked(rule) ? Lot.UNMANAGED : Lot.GOES;
        }
      }
    }
  }

  private boolean keeps() {
    return chain.unmanaged() == Policy.Unmanaged.KEEP;
  }

  /** The label a live rule would have now; null when it has none. */
  private String label(LiveView.Parsed rule) {
    String label = OwnerMark.label(rule.rule().comments()).orElse(null);
    return label == null ? null : chain.formerLabels().getOrDefault(label, label);
  }

  private Result result() {
    List<Change> changes = new ArrayList<>();
    List<Unmanaged> unmanaged = new ArrayList<>();
    for (int i = 0; i < live.size(); i++) {
      if (lots[i] == Lot.GOES) {
        changes.add(removed(live.get(i)));
      } else if (lots[i] == Lot.UNMANAGED) {
        unmanaged.add(Unmanaged.of(live.get(i), scope));
      }
    }
    Change.Slot[] slots = slots();
    for (int i = 0; i < slots.length; i++) {
      if (slots[i] != null) {
        changes.add(written(i, slots[i]));
      }
    }
    return new Result(changes, unmanaged);
  }

  private Change.Slot[] slots() {
    int[] as = new int[live.size()];
    boolean[] isNew = new boolean[from.length];
    Arrays.fill(as, NONE);
    for (int i = 0; i < from.length; i++) {
      Lot lot = from[i] == NONE ? Lot.GOES : lots[from[i]];
      isNew[i] = lot != Lot.STAYS && lot != Lot.RELABELLED;
      if (lot == Lot.RELABELLED) {
        as[from[i]] = i;
      }
    }
    int[] places = new int[live.size()];
    int count = 0;
    for (int i = 0; i < live.size(); i++) {
      if (lots[i] == Lot.STAYS || lots[i] == Lot.RELABELLED) {
        places[count] = livePlaces[i];
        as[count++] = as[i];
      } else if (lots[i] == Lot.UNMANAGED) {
        places[count] = scope.comesBack(live.get(i)) ? Slots.COUNTS : Slots.DIVIDES;
        as[count++] = NONE;
      }
    }
    return Slots.of(Arrays.copyOf(places, count), as, desiredPlaces, isNew);
  }

  private Change written(int index, Change.Slot slot) {
    Desired.Counting rule = desired.get(index);
    if (from[index] == NONE) {
      return new Change.RuleAdded(rule, slot);
    }
    LiveView.Parsed before = live.get(from[index]);
    Counters counters = before.live().counters();
    return switch (lots[from[index]]) {
      case MOVES -> new Change.RuleMoved(before.position(), counters, scope.carries(), rule, slot);
      case RELABELLED ->
          new Change.RuleRelabelled(
              before.position(), before.rule(), counters, scope.carries(), rule, slot);
      case STAYS, CHANGES, GOES, UNMANAGED ->
          new Change.RuleChanged(
              before.position(), before.rule().body(), counters, scope.carries(), rule, slot);
    };
  }

  static Change.RuleRemoved removed(LiveView.Parsed rule) {
    RuleBody body = rule.rule().body();
    Counters counters = rule.live().counters();
    String label = OwnerMark.label(rule.rule().comments()).orElse(null);
    return label != null
        ? new Change.RuleRemoved(label, true, rule.position(), body, counters)
        : new Change.RuleRemoved(DerivedName.of(body), false, rule.position(), body, counters);
  }
}
