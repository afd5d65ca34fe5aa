package acct.plan;

import acct.counter.LiveView;
import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import acct.netfilter.RuleBody;
import acct.netfilter.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Promise 5 where rules that decide about packets are kept: the plan must not change which packets
 * come to them. So no jump to their chain is made, moved over others' rules or removed, and no
 * RETURN before them.
 */
final class Deciders {
  private final Scope scope;
  private final List<ChainPlan> chains;
  private final Findings findings;

  /** Chains with such a rule, and those that lead to one. */
  private final Set<ChainName> deciding = new HashSet<>();

  private Deciders(Scope scope, List<ChainPlan> chains, Findings findings) {
    this.scope = scope;
    this.chains = chains;
    this.findings = findings;
  }

  static void check(Scope scope, List<ChainPlan> chains, JumpDiff jumps, Findings findings) {
    Deciders deciders = new Deciders(scope, chains, findings);
    deciders.collect();
    if (!deciders.deciding.isEmpty()) {
      for (ChainPlan chain : chains) {
        deciders.check(chain);
      }
      deciders.check(jumps);
    }
  }

  private void collect() {
    for (ChainPlan chain : chains) {
      for (Unmanaged rule : chain.unmanaged()) {
        if (rule.decides()) {
          deciding.add(chain.name());
        }
      }
    }
    boolean found = !deciding.isEmpty();
    while (found) {
      found = false;
      for (ChainName to : List.copyOf(deciding)) {
        for (LiveView.Reference jump : scope.view().references(to)) {
          found |= scope.ours().contains(jump.from()) && deciding.add(jump.from());
        }
      }
    }
  }

  private void check(ChainPlan chain) {
    int last = lastDecider(chain);
    int lastWritten = last == 0 ? 0 : finalPosition(chain, last);
    for (Change change : chain.changes()) {
      if (change instanceof Change.RuleRenamed) {
        continue;
      }
      if (change instanceof Change.Taken taken) {
        RuleBody before = chain.live().get(taken.livePosition() - 1).body();
        check(chain, change, before, taken.livePosition() < last);
      }
      if (change instanceof Change.Written written) {
        RuleBody after = written.rule().body();
        check(chain, change, after, written.slot().position() < lastWritten);
      }
    }
  }

  private void check(ChainPlan chain, Change change, RuleBody body, boolean ahead) {
    Target target = body.target();
    for (ChainName to : deciding) {
      if (target.calls(to)) {
        findings.refuseChangeOfWay(position(change), "a jump from " + chain.name(), to);
      }
    }
    if (target.isReturn() && ahead) {
      findings.refuseChangeOfWay(position(change), "a RETURN in front", chain.name());
    }
  }

  private Position position(Change change) {
    return change.source().isPresent() ? change.source().get() : scope.view().position();
  }

  /** The live position of the last rule that decides or leads to one that does; 0 without any. */
  private int lastDecider(ChainPlan chain) {
    int last = 0;
    for (Unmanaged rule : chain.unmanaged()) {
      last = rule.decides() ? rule.livePosition() : last;
    }
    for (ChainName to : deciding) {
      for (LiveView.Reference jump : scope.view().references(to)) {
        if (jump.from().equals(chain.name())) {
          last = Math.max(last, jump.rule().position());
        }
      }
    }
    return last;
  }

  /** Where in the finished chain a live rule will stand. */
  private static int finalPosition(ChainPlan chain, int livePosition) {
    int left = livePosition;
    Set<Integer> written = new HashSet<>();
    for (Change change : chain.changes()) {
      if (change instanceof Change.Taken taken && taken.livePosition() < livePosition) {
        left--;
      }
      if (change instanceof Change.Written rule) {
        written.add(rule.slot().position());
      }
    }
    int position = 0;
    while (left > 0) {
      position++;
      left -= written.contains(position) ? 0 : 1;
    }
    return position;
  }

  private void check(JumpDiff jumps) {
    for (Change.JumpChange jump : jumps.changes()) {
      if (deciding.contains(jump.to()) && !jumps.staysInPlace(jump)) {
        findings.refuseChangeOfWay(position(jump), "the jump from " + jump.from(), jump.to());
      }
    }
  }
}
