package acct.compile;

import acct.netfilter.Family;
import acct.netfilter.Rule;
import acct.policy.Policy;
import java.util.List;
import java.util.Set;

/**
 * A chain of a policy with the rules and attachments that could be read.
 *
 * @param chain as the policy has it
 */
record MatchedChain(Policy.Chain chain, List<Rule> rules, List<Attachment> attachments) {
  MatchedChain {
    rules = List.copyOf(rules);
    attachments = List.copyOf(attachments);
  }

  /** A rule, what it matches, and the families that it is in. */
  record Rule(Policy.RuleSpec spec, Matching matching, Set<Family> families) {}

  /** An attachment, and what its jump matches. */
  record Attachment(Policy.Attachment spec, Matching matching) {}

  /** Whether it has a rule in a family: else it is not made there. */
  boolean existsIn(Family family) {
    for (Rule rule : rules) {
      if (rule.families().contains(family)) {
        return true;
      }
    }
    return false;
  }
}
