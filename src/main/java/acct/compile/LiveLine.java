package acct.compile;

import acct.netfilter.Rule;
import acct.policy.Position;

/**
 * A live rule that a policy can have.
 *
 * @param position in the dump
 * @param said its match in the words of a policy
 */
record LiveLine(Position position, Rule rule, Wording.Said said) {
  /** Whether its match alone says which family it is in. */
  boolean isOfOneFamily() {
    return said.families().size() == 1;
  }

  boolean means(LiveLine other) {
    return rule.body().equals(other.rule.body());
  }
}
