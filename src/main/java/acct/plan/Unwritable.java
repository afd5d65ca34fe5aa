package acct.plan;

import acct.compile.Desired;
import acct.netfilter.Backend;
import acct.netfilter.Family;
import acct.netfilter.KnownBug;
import acct.netfilter.Match;
import acct.netfilter.Prefix;
import acct.netfilter.RuleBody;
import acct.netfilter.Words;
import acct.policy.Code;
import acct.policy.Diagnostics;
import acct.policy.Position;

/** Refuses to write what this version of iptables would make another rule of, without a word. */
final class Unwritable {
  private final Backend backend;
  private final Family family;
  private final Diagnostics diagnostics;

  private Unwritable(Backend backend, Family family, Diagnostics diagnostics) {
    this.backend = backend;
    this.family = family;
    this.diagnostics = diagnostics;
  }

  /** Looks through all that a plan writes in one table. */
  static void check(TablePlan plan, Backend backend, Diagnostics diagnostics) {
    Unwritable check = new Unwritable(backend, plan.family(), diagnostics);
    for (ChainPlan chain : plan.chains()) {
      for (Change change : chain.changes()) {
        if (change instanceof Change.Written written) {
          check.check(written.rule().body(), written.rule().position());
        }
      }
    }
    for (Change change : plan.jumps()) {
      if (change instanceof Change.JumpAdded added) {
        check.check(added.jump());
      } else if (change instanceof Change.JumpReplaced replaced) {
        check.check(replaced.jump());
      }
    }
  }

  private void check(Desired.Jump jump) {
    check(jump.body(), jump.position());
  }

  private void check(RuleBody body, Position position) {
    for (Match.Setting setting : body.core()) {
      if (setting.value() instanceof Prefix prefix && prefix.length() < 0) {
        refuseWhere(KnownBug.CORRUPTS_ODD_MASKS, setting, position);
      }
    }
  }

  private void refuseWhere(KnownBug bug, Match.Setting setting, Position position) {
    if (bug.isIn(backend, family)) {
      diagnostics.error(
          Code.KNOWN_BUG,
          position,
          "iptables "
              + backend
              + " would write another rule than this: "
              + bug.wrong()
              + " ("
              + setting.option().name()
              + " "
              + Words.join(setting.value().words())
              + "); use another version of iptables, or another match");
    }
  }
}
