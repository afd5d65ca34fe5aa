package acct.plan;

import acct.compile.Desired;
import acct.compile.OwnerMark;
import acct.counter.LiveView;
import acct.netfilter.ChainName;
import acct.netfilter.Target;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What holds for all chains of one table while they are compared.
 *
 * @param want what is asked for in it
 * @param view what stands in it
 * @param owners the policies whose chains and jumps the plan may touch
 * @param ours the chains a policy may jump among: those it has, and those it had
 * @param carries whether the backend can write a rule with a counter
 */
record Scope(
    Desired.Table want,
    LiveView view,
    Set<String> owners,
    Set<ChainName> ours,
    boolean carries,
    Intent intent) {
  static Scope of(
      Desired.Table want, LiveView view, Set<String> given, boolean carries, Intent intent) {
    Set<String> owners = new TreeSet<>(given);
    if (intent.prune()) {
      owners.addAll(view.owners());
    }
    Set<ChainName> ours = new LinkedHashSet<>();
    for (Desired.Chain chain : want.chains()) {
      ours.add(chain.name());
    }
    for (ChainName chain : view.ownedChains()) {
      if (owners.contains(view.owner(chain).orElseThrow())) {
        ours.add(chain);
      }
    }
    return new Scope(want, view, owners, ours, carries, intent);
  }

  /** Whether a live rule does no more than count, return, or jump among the policies' chains. */
  boolean onlyCounts(LiveView.Parsed rule) {
    Target target = rule.rule().body().target();
    return switch (Targets.kind(target)) {
      case COUNTS, RETURNS -> true;
      case JUMPS -> target.callsOneOf(ours);
      case DECIDES -> false;
    };
  }

  /** Whether a live rule leaves every packet to the rules behind it. */
  boolean comesBack(LiveView.Parsed rule) {
    return onlyCounts(rule) && !rule.rule().body().target().isReturn();
  }

  /** Whether a live rule in a policy's chain was made by acct beyond doubt: it has a mark. */
  boolean isMarked(LiveView.Parsed rule) {
    Optional<String> owner = OwnerMark.owner(rule.rule().comments());
    return owner.isPresent() && owners.contains(owner.get()) && onlyCounts(rule);
  }
}
