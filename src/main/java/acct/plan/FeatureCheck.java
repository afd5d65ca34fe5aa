package acct.plan;

import acct.compile.Desired;
import acct.compile.OwnerMark;
import acct.counter.LiveView;
import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.KernelFeature;
import acct.netfilter.LiveRule;
import acct.netfilter.RuleBody;
import acct.netfilter.RuleParser;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Refuses a plan in which rules of a policy would be all that switches something on in the kernel
 * that changes the way of packets, such as connection tracking, unless the policy allows it.
 *
 * <p>What the host does already is told by its rules: those outside of the chains that a policy has
 * or asks for. acct's own rules don't count, also not once they are live: so the answer for a
 * policy and a firewall is the same before its first apply, after it, and after {@code allow} is
 * taken out again. What is not in a dump (sysctl, modules, tables of nft) is not seen.
 */
final class FeatureCheck {
  /**
   * What a policy needs and doesn't allow.
   *
   * @param families those in which a rule needs it
   * @param position of the first rule: one line tells of all of them
   */
  private record Need(
      String owner, KernelFeature feature, Set<Family> families, Position position) {}

  private final List<Need> needs = new ArrayList<>();
  private final Map<Family, Set<KernelFeature>> used = new EnumMap<>(Family.class);

  FeatureCheck(Desired desired) {
    for (Desired.Table table : desired.tables()) {
      for (Desired.Chain chain : table.chains()) {
        for (Desired.Counting rule : chain.rules()) {
          need(desired, chain.owner(), table.family(), rule.body(), rule.position());
        }
      }
      for (Desired.Jump jump : table.jumps()) {
        need(desired, jump.owner(), table.family(), jump.body(), jump.position());
      }
    }
  }

  private void need(
      Desired desired, String owner, Family family, RuleBody body, Position position) {
    if (body.matches().isEmpty()) {
      return;
    }
    for (KernelFeature feature : body.features()) {
      if (!desired.allows(owner, feature)) {
        needOf(owner, feature, position).families.add(family);
      }
    }
  }

  private Need needOf(String owner, KernelFeature feature, Position position) {
    for (Need need : needs) {
      if (need.owner.equals(owner) && need.feature == feature) {
        return need;
      }
    }
    Need need = new Need(owner, feature, EnumSet.noneOf(Family.class), position);
    needs.add(need);
    return need;
  }

  /** Looks at a live table: what do rules use there that are not acct's? */
  void look(Scope scope, List<ChainPlan> chains) {
    LiveView view = scope.view();
    Set<KernelFeature> found =
        used.computeIfAbsent(view.family(), family -> EnumSet.noneOf(KernelFeature.class));
    if (needs.isEmpty()) {
      return;
    }
    Set<ChainName> own = new HashSet<>(view.ownedChains());
    for (Desired.Chain chain : scope.want().chains()) {
      own.add(chain.name());
    }
    view.eachRule(
        (chain, rule) -> {
          if (!own.contains(chain) && !isJumpOfAcct(rule, own, view)) {
            found.addAll(features(rule, view.family()));
          }
        });
    for (ChainPlan chain : chains) {
      for (Unmanaged rule : chain.unmanaged()) {
        found.addAll(rule.rule().body().features());
      }
    }
  }

  private static boolean isJumpOfAcct(LiveRule rule, Set<ChainName> own, LiveView view) {
    return OwnerMark.owner(rule.words()).isPresent()
        || view.target(rule).filter(own::contains).isPresent();
  }

  private static Set<KernelFeature> features(LiveRule rule, Family family) {
    return KernelFeature.mayBeUsedBy(rule.words())
        ? RuleParser.parseLive(rule.words(), family).body().features()
        : Set.of();
  }

  /** Tells what would be switched on by the policies alone. */
  void report(Findings findings) {
    for (Need need : needs) {
      Set<Family> without = EnumSet.copyOf(need.families);
      without.removeIf(family -> !used.containsKey(family) || isUsed(need.feature, family));
      if (!without.isEmpty()) {
        findings.refuseToSwitchOn(need.feature, without, need.position);
      }
    }
  }

  private boolean isUsed(KernelFeature needed, Family family) {
    for (Map.Entry<Family, Set<KernelFeature>> inFamily : used.entrySet()) {
      boolean counts = inFamily.getKey() == family || !needed.isPerFamily();
      for (KernelFeature feature : inFamily.getValue()) {
        if (counts && needed.isIn(feature)) {
          return true;
        }
      }
    }
    return false;
  }
}
