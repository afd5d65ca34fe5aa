package acct.plan;

import acct.compile.Desired;
import acct.counter.LiveView;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds what others have done to acct's chains. There is no state to compare with, so a rule that
 * somebody deleted or changed is taken for one that the policy has new or otherwise; told is only
 * what acct itself never leaves behind.
 */
final class DriftFinder {
  private final Scope scope;
  private final JumpDiff jumps;
  private final Diagnostics diagnostics;

  private DriftFinder(Scope scope, JumpDiff jumps, Diagnostics diagnostics) {
    this.scope = scope;
    this.jumps = jumps;
    this.diagnostics = diagnostics;
  }

  /** The chains, each with what was done to it. */
  static List<ChainPlan> find(
      Scope scope, List<ChainPlan> chains, JumpDiff jumps, Diagnostics diagnostics) {
    DriftFinder finder = new DriftFinder(scope, jumps, diagnostics);
    List<ChainPlan> told = new ArrayList<>(chains.size());
    for (ChainPlan chain : chains) {
      told.add(finder.told(chain));
    }
    return told;
  }

  private ChainPlan told(ChainPlan chain) {
    List<Drift> drift = new ArrayList<>();
    foreignJumps(chain, drift);
    Optional<Desired.Chain> desired = scope.want().chain(chain.name());
    if (desired.isPresent() && isJumpGone(chain, desired.get())) {
      drift.add(new Drift.JumpGone());
      warn(
          Code.JUMP_GONE,
          "no jump leads to chain " + chain.name() + " any more: somebody deleted it");
    }
    if (desired.isPresent() && chain.kind() == ChainPlan.Kind.STAYS && chain.live().isEmpty()) {
      drift.add(new Drift.Emptied(chain.wanted().size()));
      warn(Code.EMPTIED, "chain " + chain.name() + " has no rules any more: somebody emptied it");
    }
    return drift.isEmpty() ? chain : chain.with(drift);
  }

  private void warn(Code code, String message) {
    diagnostics.warning(code, scope.view().position(), message);
  }

  /** A chain that others jump to as well counts more than the policy says, and can't be removed. */
  private void foreignJumps(ChainPlan chain, List<Drift> drift) {
    for (LiveView.Reference jump : scope.view().references(chain.name())) {
      boolean known = scope.ours().contains(jump.from()) || jumps.handles(jump);
      if (known) {
        continue;
      }
      Position position = scope.view().position(jump.rule());
      String where = jump.from() + " rule " + jump.rule().position();
      if (chain.kind() == ChainPlan.Kind.REMOVED) {
        diagnostics.error(
            Code.FOREIGN_JUMP,
            position,
            "chain "
                + chain.name()
                + " can't be removed: a rule of others jumps to it ("
                + where
                + "); delete that first");
      } else {
        drift.add(new Drift.ForeignJump(jump.from(), jump.rule().position()));
        diagnostics.warning(
            Code.FOREIGN_JUMP,
            position,
            "a rule of others jumps to "
                + chain.name()
                + " too ("
                + where
                + "): what comes by it is counted as well");
      }
    }
  }

  /** Without a jump a chain has no mark; that it is acct's shows in the names of its rules. */
  private boolean isJumpGone(ChainPlan chain, Desired.Chain desired) {
    boolean alone =
        chain.kind() == ChainPlan.Kind.ADOPTED
            && scope.view().references(chain.name()).isEmpty()
            && isLedTo(chain.name());
    if (!alone) {
      return false;
    }
    return Differ.hasNames(desired, chain.live());
  }

  private boolean isLedTo(ChainName chain) {
    for (Desired.Jump jump : scope.want().jumps()) {
      if (jump.to().equals(chain)) {
        return true;
      }
    }
    for (Desired.Chain from : scope.want().chains()) {
      for (Desired.Counting rule : from.rules()) {
        if (rule.body().target().calls(chain)) {
          return true;
        }
      }
    }
    return false;
  }
}
