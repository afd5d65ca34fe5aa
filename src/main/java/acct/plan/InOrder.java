package acct.plan;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A chain in which everything that is wanted stands in its order, beside other rules that may mean
 * the same: then nothing has to be weighed, however long it is.
 */
final class InOrder {
  private InOrder() {}

  /**
   * Everything that is wanted, each at the first place it can stand.
   *
   * @return of each live rule its place, or -1; nothing when not all stands there in order
   */
  static Optional<int[]> of(int[] liveMeanings, int[] desiredMeanings, int[] desiredPlaces) {
    int[] chosen = new int[liveMeanings.length];
    Arrays.fill(chosen, -1);
    int next = 0;
    int done = 0;
    while (done < desiredPlaces.length) {
      int place = desiredPlaces[done];
      Map<Integer, Integer> missing = new HashMap<>();
      for (; done < desiredPlaces.length && desiredPlaces[done] == place; done++) {
        missing.merge(desiredMeanings[done], 1, Integer::sum);
      }
      for (; !missing.isEmpty() && next < liveMeanings.length; next++) {
        Integer left = missing.get(liveMeanings[next]);
        if (left != null) {
          chosen[next] = place;
          if (left > 1) {
            missing.put(liveMeanings[next], left - 1);
          } else {
            missing.remove(liveMeanings[next]);
          }
        }
      }
      if (!missing.isEmpty()) {
        return Optional.empty();
      }
    }
    return Optional.of(chosen);
  }
}
