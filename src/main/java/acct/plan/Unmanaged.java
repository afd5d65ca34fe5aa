package acct.plan;

import acct.counter.LiveView;
import acct.netfilter.Counters;
import acct.netfilter.Rule;

/**
 * A live rule in a chain of acct's that the policy doesn't have, and that stays where it stands,
 * with its counter ({@code unmanagedRules: keep}).
 *
 * @param livePosition its place in the live chain, from 1
 */
public record Unmanaged(Kind kind, int livePosition, Rule rule, Counters counters) {
  /** What it does besides counting. */
  public enum Kind {
    /**
     * Nothing that ends a packet's way: it counts, returns, or jumps among the policies' chains.
     */
    COUNTS,
    /** It decides about packets or alters them, or acct can't tell. */
    DECIDES
  }

  static Unmanaged of(LiveView.Parsed rule, Scope scope) {
    return new Unmanaged(
        scope.onlyCounts(rule) ? Kind.COUNTS : Kind.DECIDES,
        rule.position(),
        rule.rule(),
        rule.live().counters());
  }

  public boolean decides() {
    return kind == Kind.DECIDES;
  }
}
