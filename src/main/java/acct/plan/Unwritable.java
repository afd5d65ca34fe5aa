package acct.plan;

import acct.compile.Desired;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.Backend;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.KnownBug;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Match;
import acct.netfilter.Prefix;
import acct.netfilter.RestoreLine;
import acct.netfilter.RuleBody;
import acct.netfilter.Words;
import java.util.List;

/**
 * Refuses to write what this version of iptables would make another rule of, without a word; and
 * what can't be one line of iptables-restore's input ({@link RestoreLine}), which a live rule with
 * a newline in its comment can't.
 */
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

  /** Looks through all that a plan writes and deletes by its words, whatever the version. */
  static void checkLines(TablePlan plan, LiveRuleset live, Diagnostics diagnostics) {
    for (ChainPlan chain : plan.chains()) {
      for (Change change : chain.changes()) {
        if (change instanceof Change.Written written) {
          RestoreLine.obstacle(written.rule().rule().words())
              .ifPresent(
                  why ->
                      diagnostics.error(
                          Code.UNWRITABLE,
                          written.rule().position(),
                          "the rule can't be written: " + why));
        }
        if (change instanceof Change.Taken taken) {
          checkUndo(plan, chain, taken.livePosition(), live, diagnostics);
        }
      }
    }
    for (Change change : plan.jumps()) {
      if (change instanceof Change.JumpRemoved jump) {
        checkDeletion(plan, jump.from(), jump.livePosition(), jump.words(), live, diagnostics);
      } else if (change instanceof Change.JumpReplaced jump) {
        checkDeletion(plan, jump.from(), jump.livePosition(), jump.words(), live, diagnostics);
      }
    }
  }

  private static void checkUndo(
      TablePlan plan, ChainPlan chain, int position, LiveRuleset live, Diagnostics diagnostics) {
    RestoreLine.obstacle(chain.live().get(position - 1).words())
        .ifPresent(
            why ->
                diagnostics.warning(
                    Code.UNWRITABLE,
                    Position.file(live.name()),
                    "rule "
                        + position
                        + " of chain "
                        + plan.table()
                        + "/"
                        + chain.name()
                        + " can't be written again ("
                        + why
                        + "), so acct undo will not bring it back"));
  }

  /** Others write into a chain that is not acct's, so nothing is deleted there by its position. */
  private static void checkDeletion(
      TablePlan plan,
      ChainName from,
      int position,
      List<String> words,
      LiveRuleset live,
      Diagnostics diagnostics) {
    RestoreLine.obstacle(words)
        .ifPresent(
            why ->
                diagnostics.error(
                    Code.UNWRITABLE,
                    Position.file(live.name()),
                    "rule "
                        + position
                        + " of "
                        + from
                        + " has to be deleted, and acct can't write its words ("
                        + why
                        + "): delete it by hand ("
                        + (plan.family() == Family.IPV4 ? "iptables" : "ip6tables")
                        + " -t "
                        + plan.table()
                        + " -D "
                        + from
                        + " "
                        + position
                        + "), and plan again"));
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
