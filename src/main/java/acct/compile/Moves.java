package acct.compile;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.diagnostic.Spelling;
import acct.netfilter.ChainName;
import acct.policy.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code moved} of a policy: which chain and which rule had which name before. */
final class Moves {
  private final Policy policy;

  Moves(Policy policy) {
    this.policy = policy;
  }

  private static String chainOf(String name) {
    int slash = name.indexOf('/');
    return slash < 0 ? name : name.substring(0, slash);
  }

  private static Optional<String> ruleOf(String name) {
    int slash = name.indexOf('/');
    return slash < 0 ? Optional.empty() : Optional.of(name.substring(slash + 1));
  }

  /** Reports moves that can't be. */
  void check(Diagnostics diagnostics) {
    List<String> chains = new ArrayList<>();
    for (Policy.Chain chain : policy.chains()) {
      chains.add(chain.name());
    }
    for (Policy.Move move : policy.moves()) {
      String from = move.from().text();
      String to = move.to().text();
      boolean rules = ruleOf(from).isPresent();
      if (rules != ruleOf(to).isPresent()) {
        diagnostics.error(
            Code.BAD_VALUE, move.position(), "from and to are both chains, or both CHAIN/rule");
      } else if (!chains.contains(chainOf(to))) {
        diagnostics.error(
            Code.BAD_VALUE, move.to().position(), "the policy has no chain " + chainOf(to));
      } else if (!rules && chains.contains(from)) {
        diagnostics.error(
            Code.BAD_VALUE,
            move.from().position(),
            "the chain " + from + " is still in the policy, so it can't have become " + to);
      } else if (rules && !sameChain(chainOf(from), chainOf(to))) {
        diagnostics.error(
            Code.BAD_VALUE,
            move.position(),
            "a rule keeps its counter only in its own chain: the kernel can't move it to another");
      }
    }
  }

  private boolean sameChain(String from, String to) {
    return from.equals(to)
        || chain(to).map(rename -> rename.from().equals(ChainName.of(from))).orElse(false);
  }

  /** The name a chain had before. */
  Optional<Desired.Rename> chain(String name) {
    for (Policy.Move move : policy.moves()) {
      if (move.to().text().equals(name)) {
        return Optional.of(
            new Desired.Rename(
                ChainName.of(move.from().text()), ChainName.of(name), move.position()));
      }
    }
    return Optional.empty();
  }

  /**
   * The names that a chain's rules had before, each with the one it has now: a rule may have been
   * renamed twice.
   */
  Map<String, String> formerNames(String chain) {
    Map<String, String> former = new HashMap<>();
    for (Policy.Move move : policy.moves()) {
      Optional<String> to = ruleOf(move.to().text());
      if (to.isPresent() && chainOf(move.to().text()).equals(chain)) {
        former.put(ruleOf(move.from().text()).orElse(""), to.get());
      }
    }
    Map<String, String> latest = new HashMap<>();
    for (String name : former.keySet()) {
      String now = former.get(name);
      for (int i = 0; i < former.size() && former.containsKey(now); i++) {
        now = former.get(now);
      }
      latest.put(name, now);
    }
    return latest;
  }

  /**
   * Reports renamed rules that can't be.
   *
   * @param names of the rules of each chain
   */
  void checkRules(Map<String, Set<String>> names, Diagnostics diagnostics) {
    Map<String, Position> taken = new HashMap<>();
    Set<String> sources = new HashSet<>();
    policy.moves().forEach(move -> sources.add(move.from().text()));
    for (Policy.Move move : policy.moves()) {
      Optional<String> from = ruleOf(move.from().text());
      Optional<String> to = ruleOf(move.to().text());
      if (from.isEmpty() || to.isEmpty()) {
        continue;
      }
      String chain = chainOf(move.to().text());
      Set<String> there = names.getOrDefault(chain, Set.of());
      Position first = taken.putIfAbsent(move.from().text(), move.from().position());
      if (first != null) {
        diagnostics.error(
            Code.DUPLICATE,
            move.from().position(),
            "what became of " + move.from().text() + " stands in " + first + " already");
      } else if (there.contains(from.get())) {
        diagnostics.error(
            Code.BAD_VALUE,
            move.from().position(),
            "the rule "
                + from.get()
                + " is still in "
                + chain
                + ", so it can't have become "
                + to.get()
                + "; to swap two names, apply a policy with a third name first");
      } else if (!there.contains(to.get()) && !sources.contains(move.to().text())) {
        diagnostics.error(
            Code.BAD_VALUE,
            move.to().position(),
            chain
                + " has no rule "
                + to.get()
                + Spelling.nearest(to.get(), there)
                    .map(near -> "; did you mean " + near + "?")
                    .orElse(""));
      }
    }
  }
}
