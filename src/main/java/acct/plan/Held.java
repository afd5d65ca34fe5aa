package acct.plan;

import acct.counter.LiveView;
import acct.netfilter.ChainName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which chains that no policy has must stay, because a rule that is kept leads to them. */
final class Held {
  private Held() {}

  /**
   * Finds them.
   *
   * @param unwanted chains that would go
   * @param compared the chains of the policies, with the rules that are kept in them
   */
  static Set<ChainName> of(List<ChainName> unwanted, List<ChainPlan> compared, LiveView view) {
    Map<ChainName, ChainPlan> wanted = new HashMap<>();
    for (ChainPlan chain : compared) {
      if (!chain.unmanaged().isEmpty()) {
        wanted.put(chain.name(), chain);
      }
    }
    Set<ChainName> held = new HashSet<>();
    boolean found = !wanted.isEmpty();
    while (found) {
      found = false;
      for (ChainName chain : unwanted) {
        for (LiveView.Reference jump : view.references(chain)) {
          boolean leads =
              held.contains(jump.from()) || isKept(wanted.get(jump.from()), jump.rule());
          found |= leads && held.add(chain);
        }
      }
    }
    return held;
  }

  private static boolean isKept(ChainPlan from, LiveView.Parsed jump) {
    if (from != null) {
      for (Unmanaged rule : from.unmanaged()) {
        if (rule.livePosition() == jump.position()) {
          return true;
        }
      }
    }
    return false;
  }
}
