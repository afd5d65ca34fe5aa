package acct.plan;

import java.util.Arrays;

/**
 * Where in the finished chain each rule that is written will stand.
 *
 * <p>A rule may stand anywhere behind the last staying rule of the places before its own, and
 * before the first of the places after it. There it is put before the first rule that the policy
 * doesn't have and that keeps packets from what stands behind it, so that it misses none; and
 * without such a rule at the end, so that in the last segment rules are appended.
 */
final class Slots {
  /** Stands in for the place of a rule that the policy doesn't have. */
  static final int COUNTS = -1;

  /** The same, for one that not every packet comes past. */
  static final int DIVIDES = -2;

  private final int[] after;
  private final int[] before;
  private final int[] nextDivide;

  private Slots(int[] staying, int places) {
    int n = staying.length;
    this.after = new int[places + 1];
    this.before = new int[places + 1];
    this.nextDivide = new int[n + 1];
    Arrays.fill(before, n);
    nextDivide[n] = n;
    for (int i = 0; i < n; i++) {
      if (staying[i] >= 0) {
        after[staying[i] + 1] = i + 1;
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      nextDivide[i] = staying[i] == DIVIDES ? i : nextDivide[i + 1];
      if (staying[i] >= 0) {
        before[staying[i]] = i;
      }
    }
    for (int place = 1; place <= places; place++) {
      after[place] = Math.max(after[place], after[place - 1]);
    }
    for (int place = places - 1; place >= 0; place--) {
      before[place] = Math.min(before[place], before[place + 1]);
    }
  }

  /**
   * Finds them.
   *
   * @param staying the places of the live rules that stay, in their order, or {@link #COUNTS} and
   *     {@link #DIVIDES}
   * @param anew for each of these, which desired rule is written in its stead; -1 for none
   * @param desired the places of the desired rules, which never fall
   * @param isNew whether a desired rule is written, and not in the stead of another
   * @return of each desired rule that is written, where; null for the others
   */
  static Change.Slot[] of(int[] staying, int[] anew, int[] desired, boolean[] isNew) {
    Change.Slot[] slots = new Change.Slot[desired.length];
    int places = desired.length == 0 ? 0 : desired[desired.length - 1] + 1;
    Slots gaps = new Slots(staying, places);
    int untouched = 0;
    for (int i = 0; i < staying.length; i++) {
      untouched = anew[i] < 0 ? i + 1 : untouched;
    }
    int done = 0;
    int written = 0;
    for (int i = 0; i <= desired.length; i++) {
      int gap = i == desired.length ? staying.length : isNew[i] ? gaps.of(desired[i]) : done;
      for (; done < gap; done++) {
        if (anew[done] >= 0) {
          slots[anew[done]] = new Change.Slot(done + written + 1, done >= untouched);
        }
      }
      if (i < desired.length && isNew[i]) {
        written++;
        slots[i] = new Change.Slot(gap + written, gap >= untouched);
      }
    }
    return slots;
  }

  /** How many staying rules stand before a rule of that place. */
  private int of(int place) {
    int from = after[place];
    int to = before[place + 1];
    return Math.min(nextDivide[from], to);
  }
}
