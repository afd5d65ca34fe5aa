package acct.reconcile;

import acct.netfilter.Family;
import acct.plan.Differ;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was read at one time.
 *
 * @param live the rulesets of the families this machine has
 * @param texts what each was read from, as bytes (see acct.netfilter)
 */
public record Snapshot(List<Differ.Live> live, Map<Family, String> texts) {
  public Snapshot {
    live = List.copyOf(live);
    texts = Map.copyOf(texts);
  }

  /** A family's ruleset, if this machine has the family. */
  Optional<Differ.Live> of(Family family) {
    for (Differ.Live one : live) {
      if (one.family() == family) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }
}
