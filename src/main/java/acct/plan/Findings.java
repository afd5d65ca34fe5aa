package acct.plan;

import acct.compile.Desired;
import acct.counter.LiveView;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.KernelFeature;
import acct.netfilter.KnownBug;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRuleset;
import acct.netfilter.TableName;
import acct.netfilter.Words;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What stands against a plan, and what is to be known beside it. */
final class Findings {
  private final Set<String> given;
  private final Diagnostics diagnostics = new Diagnostics();
  private final Set<String> absent = new TreeSet<>();
  private final Set<String> inConflict = new TreeSet<>();
  private Optional<Position> absentAt = Optional.empty();

  /**
   * Nothing found yet.
   *
   * @param given the policies that the plan is for
   */
  Findings(Set<String> given) {
    this.given = given;
  }

  /** Where others add theirs. */
  Diagnostics diagnostics() {
    return diagnostics;
  }

  /** All of them, by place. */
  List<Diagnostic> all() {
    absent.removeAll(inConflict);
    if (!absent.isEmpty()) {
      diagnostics.note(
          Code.ABSENT,
          absentAt.orElseThrow(),
          "chains of policies that are not given stay as they are: " + String.join(", ", absent));
    }
    return diagnostics.sorted();
  }

  void checkOwner(Desired.Chain chain, LiveView view) {
    Optional<String> owner = view.owner(chain.name());
    if (owner.isPresent() && !given.contains(owner.get())) {
      inConflict.add(owner.get());
      diagnostics.error(
          Code.CONFLICT,
          chain.position(),
          "chain "
              + chain.name()
              + " belongs to the policy \""
              + owner.get()
              + "\", which is not among those given: name the chain otherwise, or give that policy"
              + " too");
    }
  }

  /** A chain of another program has to be there, and to be that program's. */
  void checkAttachedTo(Scope scope) {
    LiveView view = scope.view();
    for (Desired.Jump jump : scope.want().jumps()) {
      Optional<String> owner = view.owner(jump.from());
      if (!jump.from().isBuiltIn() && !view.exists(jump.from())) {
        diagnostics.error(
            Code.NO_CHAIN,
            jump.position(),
            "there is no chain "
                + jump.from()
                + " in table "
                + scope.want().name()
                + " of "
                + view.family().label()
                + ": the program that makes it has to run first; where it makes the chain in one"
                + " family only, write families into the attach entry");
      } else if (owner.isPresent()) {
        diagnostics.error(
            Code.CONFLICT,
            jump.position(),
            "chain "
                + jump.from()
                + " belongs to the policy \""
                + owner.get()
                + "\": attach takes a built-in chain, or one of another program");
      }
    }
  }

  /** Collects whose chains stand there without their policy; told in one line for all tables. */
  void noteAbsent(Scope scope) {
    for (String owner : scope.view().owners()) {
      if (!scope.owners().contains(owner)) {
        absent.add(owner);
        if (absentAt.isEmpty()) {
          absentAt = Optional.of(scope.view().position());
        }
      }
    }
  }

  /** Promise 5: acct never removes a rule that decides about packets or alters them. */
  void checkOnlyCounts(LiveView.Parsed rule, ChainName chain, Scope scope) {
    if (!scope.onlyCounts(rule)) {
      diagnostics.error(
          Code.DECIDES,
          scope.view().position(rule),
          "chain "
              + chain
              + " has a rule that does more than count, and acct never removes such a rule: \""
              + Words.display(Words.join(rule.live().words()))
              + "\"; name the policy's chain otherwise, or move the rule");
    }
  }

  /** Rules of a policy would be all on this host that needs it, and packets would notice. */
  void refuseToSwitchOn(KernelFeature feature, Set<Family> families, Position position) {
    List<String> labels = families.stream().map(Family::label).toList();
    String where = feature.isPerFamily() ? " in " + String.join(" and ", labels) : "";
    diagnostics.error(
        Code.SWITCHES_ON,
        position,
        "the rule needs "
            + feature.title()
            + ", and no rule of others uses it"
            + where
            + " so far: "
            + feature.consequence()
            + "; if that is wanted, or done already by other means, write allow: ["
            + feature.label()
            + "] under spec");
  }

  /** A rule that decides stays, and the plan would change which packets come to it. */
  void refuseChangeOfWay(Position position, String what, ChainName to) {
    diagnostics.error(
        Code.DECIDES,
        position,
        what
            + " can't be written, moved or deleted: chain "
            + to
            + " has rules that decide about packets and are kept, and other packets would come to"
            + " them (a jump that may stay where it stands has position: anywhere)");
  }

  /** One line for each chain, with how many rules the policy doesn't have. */
  void warnOfUnmanaged(ChainPlan chain, LiveView view) {
    int deciding = 0;
    for (Unmanaged rule : chain.unmanaged()) {
      deciding += rule.decides() ? 1 : 0;
    }
    int all = chain.unmanaged().size();
    if (all > 0) {
      int first = chain.unmanaged().get(0).livePosition();
      String what =
          all == 1
              ? "1 rule that is not in the policy, kept with its counter"
              : all + " rules that are not in the policy, kept with their counters";
      String deciders = deciding == 0 ? "" : "; deciding about packets: " + deciding;
      diagnostics.warning(
          Code.UNMANAGED,
          view.position(view.rules(chain.name()).get(first - 1)),
          "chain " + chain.name() + " has " + what + deciders);
    }
  }

  /** A table that acct writes to must be known as a whole; others may have such rules. */
  void refuseUndecoded(LiveRuleset live, TableName name) {
    for (int line : live.ruleset().table(name).undecoded()) {
      diagnostics.error(
          Code.BAD_DUMP,
          new Position(live.name(), line, 0),
          "this iptables can't decode the rule ([unsupported revision]), so acct changes nothing in"
              + " the table "
              + name
              + ": a newer iptables wrote the rule, so use that one (--iptables)");
    }
  }

  /** Legacy zeroes them at every commit, anybody's, and nothing can be done about it safely. */
  void warnOfPolicyCounters(LiveRuleset live, TableName name) {
    boolean zeroed =
        live.backend().isPresent()
            && KnownBug.ZEROES_POLICY_COUNTERS.isIn(live.backend().get(), live.family());
    for (LiveChain chain : live.ruleset().table(name).chains().values()) {
      boolean counted =
          chain.policy().isPresent() && chain.counters().known() && !chain.counters().isZero();
      if (zeroed && counted) {
        diagnostics.warning(
            Code.POLICY_COUNTERS,
            Position.file(live.name()),
            "iptables-legacy zeroes the policy counters of "
                + live.family().label()
                + " "
                + name
                + "'s built-in chains whenever anything is changed there ("
                + chain.name()
                + " has "
                + Long.toUnsignedString(chain.counters().packets())
                + " packets): never account on them");
        return;
      }
    }
  }

  void warnOfUnknownCounters(LiveView view, List<ChainPlan> chains) {
    for (ChainPlan chain : chains) {
      if (!view.hasCounters(chain.name())) {
        diagnostics.warning(
            Code.NO_COUNTERS,
            view.position(),
            "the dump has no counters, so the plan can't say what ends: save it with"
                + " iptables-save -c");
        return;
      }
    }
  }
}
