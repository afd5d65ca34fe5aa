package acct.plan;

import acct.compile.DerivedName;
import acct.compile.Desired;
import acct.counter.LiveView;
import acct.netfilter.Counters;
import acct.netfilter.Rule;
import acct.netfilter.RuleBody;
import acct.policy.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has to change inside one chain.
 *
 * <p>{@link Identities} says which live rule each desired one is. Rules that only count commute,
 * and so do jumps to chains that always come back; only a RETURN divides the chain. So a desired
 * rule's place is the number of its segment, and of the live rules that mean what they should,
 * {@link Keep} chooses those that stay where they are. The others are moved; what means something
 * else is changed; what is left goes, or stays beside the policy's when it says so. {@link Slots}
 * finds where the new rules stand.
 */
final class ChainDiff {
  /**
   * What came out.
   *
   * @param wanted the rules as they are to be, in their order
   * @param changes what goes, in the live order, then what is written, in the final order
   * @param unmanaged live rules that the policy doesn't have and that stay, in the live order
   */
  record Result(
      List<Desired.Counting> wanted, List<Change.RuleChange> changes, List<Unmanaged> unmanaged) {}

  /** What becomes of a live rule. */
  private enum Lot {
    STAYS,
    RENAMED,
    MOVES,
    CHANGES,
    GOES,
    UNMANAGED
  }

  private static final int NONE = Identities.NONE;

  private final Scope scope;
  private final Identities identities;
  private final Desired.Chain chain;
  private final List<Desired.Counting> desired;
  private final List<LiveView.Parsed> live;
  private final int[] desiredPlaces;
  private final int[] livePlaces;
  private final Lot[] lots;

  private ChainDiff(
      Desired.Chain chain,
      List<LiveView.Parsed> live,
      boolean byName,
      Map<String, String> known,
      Scope scope) {
    this.scope = scope;
    this.chain = chain;
    this.live = live;
    this.identities =
        Identities.of(chain, live, byName, known, rule -> !keeps() || scope.onlyCounts(rule));
    this.desired = identities.desired();
    this.desiredPlaces = places(desired);
    this.livePlaces = choose();
    this.lots = new Lot[live.size()];
    draw();
  }

  /**
   * Compares.
   *
   * @param byName whether the live rules have their names from acct
   * @param known what acct calls live rules whose comments are others
   */
  static Result diff(
      Desired.Chain chain,
      List<LiveView.Parsed> live,
      boolean byName,
      Map<String, String> known,
      Scope scope) {
    return known.isEmpty() && isInSync(chain.rules(), live)
        ? new Result(chain.rules(), List.of(), List.of())
        : new ChainDiff(chain, live, byName, known, scope).result();
  }

  /** So it is on nearly every run, and then there is nothing to choose. */
  private static boolean isInSync(List<Desired.Counting> desired, List<LiveView.Parsed> live) {
    if (desired.size() != live.size()) {
      return false;
    }
    for (int i = 0; i < live.size(); i++) {
      Rule is = live.get(i).rule();
      boolean same = is.body().equals(desired.get(i).body()) && isNamed(desired.get(i), is);
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a rule needs no other comment. Also a rule that writes what other rules see where the
   * policy's does not is written anew: acct wrote such rules before, as a plain --match-set
   * (GuardTest).
   */
  private static boolean isNamed(Desired.Counting as, Rule rule) {
    return as.comments().equals(rule.comments()) && rule.body().isGuardedLike(as.body());
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

  /** The places of the live rules that can stay where they are. */
  private int[] choose() {
    int[] desiredNumbers = new int[desired.size()];
    int[] liveNumbers = new int[live.size()];
    double[] packets = new double[live.size()];
    for (int i = 0; i < packets.length; i++) {
      packets[i] = unsigned(live.get(i).live().counters().packets());
      liveNumbers[i] = desired.size() + i;
    }
    for (int j = 0; j < desiredNumbers.length; j++) {
      desiredNumbers[j] = j;
      if (from(j) != NONE && meansTheSame(j)) {
        liveNumbers[from(j)] = j;
      }
    }
    return Keep.choose(liveNumbers, packets, desiredNumbers, desiredPlaces);
  }

  private boolean meansTheSame(int as) {
    return live.get(from(as)).rule().body().equals(desired.get(as).body());
  }

  private static double unsigned(long value) {
    return value >= 0 ? value : (value >>> 1) * 2.0;
  }

  /** Says what becomes of each live rule. */
  private void draw() {
    for (int j = 0; j < desired.size(); j++) {
      if (from(j) == NONE) {
        continue;
      }
      int i = from(j);
      if (!meansTheSame(j)) {
        lots[i] = Lot.CHANGES;
      } else if (livePlaces[i] < 0) {
        lots[i] = Lot.MOVES;
      } else {
        lots[i] = isNamed(desired.get(j), live.get(i).rule()) ? Lot.STAYS : Lot.RENAMED;
      }
    }
    for (int i = 0; i < lots.length; i++) {
      if (lots[i] == null) {
        lots[i] = keeps() && !scope.isMarked(live.get(i)) ? Lot.UNMANAGED : Lot.GOES;
      }
    }
  }

  /** The live rule that a desired one is, or comes from. */
  private int from(int rule) {
    return identities.from(rule);
  }

  private boolean keeps() {
    return chain.unmanaged() == Policy.Unmanaged.KEEP;
  }

  private Result result() {
    List<Change.RuleChange> changes = new ArrayList<>();
    List<Unmanaged> unmanaged = new ArrayList<>();
    for (int i = 0; i < live.size(); i++) {
      if (lots[i] == Lot.GOES) {
        changes.add(removed(live.get(i), identities.name(i)));
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
    return new Result(desired, changes, unmanaged);
  }

  private Change.Slot[] slots() {
    int[] as = new int[live.size()];
    boolean[] isNew = new boolean[desired.size()];
    Arrays.fill(as, NONE);
    for (int i = 0; i < desired.size(); i++) {
      Lot lot = from(i) == NONE ? Lot.GOES : lots[from(i)];
      isNew[i] = lot != Lot.STAYS && lot != Lot.RENAMED;
      if (lot == Lot.RENAMED) {
        as[from(i)] = i;
      }
    }
    int[] places = new int[live.size()];
    int count = 0;
    for (int i = 0; i < live.size(); i++) {
      if (lots[i] == Lot.STAYS || lots[i] == Lot.RENAMED) {
        places[count] = livePlaces[i];
        as[count++] = as[i];
      } else if (lots[i] == Lot.UNMANAGED) {
        places[count] = scope.comesBack(live.get(i)) ? Slots.COUNTS : Slots.DIVIDES;
        as[count++] = NONE;
      }
    }
    return Slots.of(Arrays.copyOf(places, count), as, desiredPlaces, isNew);
  }

  private Change.RuleChange written(int index, Change.Slot slot) {
    Desired.Counting rule = desired.get(index);
    if (from(index) == NONE) {
      return new Change.RuleAdded(rule, slot);
    }
    LiveView.Parsed before = live.get(from(index));
    Counters counters = before.live().counters();
    Optional<String> formerName =
        identities.name(from(index)).filter(name -> !name.equals(rule.label()));
    return switch (lots[from(index)]) {
      case MOVES ->
          new Change.RuleMoved(
              before.position(), formerName, counters, scope.carries(), rule, slot);
      case RENAMED ->
          new Change.RuleRenamed(
              before.position(), formerName, before.rule(), counters, scope.carries(), rule, slot);
      case STAYS, CHANGES, GOES, UNMANAGED ->
          new Change.RuleChanged(
              before.position(),
              formerName,
              before.rule().body(),
              counters,
              scope.carries(),
              rule,
              slot);
    };
  }

  /**
   * A live rule that goes.
   *
   * @param name what acct calls it
   */
  static Change.RuleRemoved removed(LiveView.Parsed rule, Optional<String> name) {
    RuleBody body = rule.rule().body();
    Counters counters = rule.live().counters();
    return new Change.RuleRemoved(
        name.orElseGet(() -> DerivedName.of(body)),
        name.isPresent(),
        rule.position(),
        body,
        counters);
  }
}
