package acct.compile;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Spelling;
import acct.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Holds that rules jump to chains of their policy, or return. */
final class JumpCheck {
  private final Diagnostics diagnostics;

  private JumpCheck(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /**
   * Checks the rules of a policy.
   *
   * @param chains the names of its chains
   */
  static void check(Policy policy, Set<String> chains, Diagnostics diagnostics) {
    JumpCheck check = new JumpCheck(diagnostics);
    for (Policy.Chain chain : policy.chains()) {
      for (Policy.RuleSpec rule : chain.rules()) {
        check.check(rule, chains);
      }
    }
  }

  private void check(Policy.RuleSpec rule, Set<String> chains) {
    if (rule.jump().isPresent()) {
      Policy.JumpSpec jump = rule.jump().get();
      if (!jump.target().equals("RETURN") && !chains.contains(jump.target())) {
        unknownJump(jump, chains);
      }
    }
  }

  private void unknownJump(Policy.JumpSpec jump, Set<String> chains) {
    String what =
        ReservedNames.contains(jump.target())
            ? jump.target() + " decides about packets or alters them; a policy only counts"
            : "there is no chain " + jump.target() + " in the policy";
    List<String> allowed = new ArrayList<>(chains);
    allowed.add("RETURN");
    String meant =
        Spelling.nearest(jump.target(), allowed)
            .map(near -> "; did you mean " + near + "?")
            .orElse("; jump takes RETURN or " + String.join(", ", chains));
    diagnostics.error(Code.UNKNOWN_JUMP, jump.position(), what + meant);
  }
}
