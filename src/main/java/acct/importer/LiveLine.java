package acct.importer;

import acct.diagnostic.Position;
import acct.netfilter.Family;
import acct.netfilter.Rule;
import java.util.Optional;

/**
 * A live rule that a policy can have.
 *
 * @param position in the dump
 * @param said its match in the words of a policy
 * @param only the family that has to be named, where the match does not say it
 */
record LiveLine(Position position, Rule rule, Wording.Said said, Optional<Family> only) {
  LiveLine(Position position, Rule rule, Wording.Said said) {
    this(position, rule, said, Optional.empty());
  }

  /** The same of one family alone, though its match could be of both. */
  LiveLine onlyIn(Family family) {
    return new LiveLine(position, rule, said, Optional.of(family));
  }

  /** Whether its match alone says which family it is in. */
  boolean isOfOneFamily() {
    return said.families().size() == 1;
  }

  boolean means(LiveLine other) {
    return rule.body().equals(other.rule.body());
  }
}
