package acct.compile;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import acct.policy.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns policies into the ruleset they ask for.
 *
 * <p>Each rule is read once ({@link Matching}) and then written out for every family it exists in.
 * A chain that has no rule in a family is not made there; what jumps to it in that family counts
 * and does not jump, which comes to the same.
 */
public final class Compiler {
  private final OwnerNames owners;
  private final Diagnostics diagnostics;
  private final Map<TableKey, TableBuilder> tables = new LinkedHashMap<>();

  private record TableKey(Family family, TableName name) {
    @Override
    public boolean equals(Object other) {
      return other instanceof TableKey key && family == key.family && name.equals(key.name);
    }

    @Override
    public int hashCode() {
      return 31 * family.hashCode() + name.hashCode();
    }
  }

  private Compiler(OwnerNames owners, Diagnostics diagnostics) {
    this.owners = owners;
    this.diagnostics = diagnostics;
  }

  /**
   * Compiles policies that make one desired state.
   *
   * @param overrides of their parameters
   * @param owners what names of users and groups become
   * @return what they ask for; with errors in the diagnostics it is not to be used
   */
  public static Desired compile(
      List<Policy> policies, Overrides overrides, OwnerNames owners, Diagnostics diagnostics) {
    overrides.checkKnown(policies, diagnostics);
    List<Policy> expanded = new ArrayList<>();
    for (Policy policy : policies) {
      expanded.add(Expander.expand(policy, overrides, diagnostics));
    }
    return new Compiler(owners, diagnostics).compileAll(expanded);
  }

  private Desired compileAll(List<Policy> policies) {
    checkNames(policies);
    Set<String> owners = new LinkedHashSet<>();
    Set<Family> families = new LinkedHashSet<>();
    Set<Family> required = new LinkedHashSet<>();
    Map<String, Set<Policy.Allow>> allowed = new HashMap<>();
    for (Policy policy : policies) {
      owners.add(policy.name());
      families.addAll(policy.families());
      required.addAll(policy.familiesWritten() ? policy.families() : List.of());
      allowed.put(policy.name(), policy.allow());
      compile(policy);
    }
    List<Desired.Table> built = new ArrayList<>();
    tables.values().forEach(table -> built.add(table.table()));
    if (!diagnostics.hasErrors()) {
      for (Desired.Table table : built) {
        TableCheck.check(table, diagnostics);
      }
    }
    return new Desired(owners, families, required, allowed, built);
  }

  /** A chain belongs to one policy, and a policy's name to one file. */
  private void checkNames(List<Policy> policies) {
    Map<String, Position> owners = new HashMap<>();
    Map<TableName, Map<String, Position>> chains = new HashMap<>();
    for (Policy policy : policies) {
      Position other = owners.putIfAbsent(policy.name(), policy.position());
      if (other != null && !policy.name().isEmpty()) {
        diagnostics.error(
            Code.DUPLICATE,
            policy.position(),
            "the policy \"" + policy.name() + "\" stands in " + other + " already");
      }
      Map<String, Position> inTable =
          chains.computeIfAbsent(policy.table(), table -> new HashMap<>());
      for (Policy.Chain chain : policy.chains()) {
        Position first = inTable.putIfAbsent(chain.name(), chain.position());
        if (first != null) {
          diagnostics.error(
              Code.DUPLICATE,
              chain.position(),
              "the chain " + chain.name() + " stands in " + first + " already");
        }
      }
    }
  }

  private void compile(Policy policy) {
    ChainMatcher matcher = new ChainMatcher(policy, owners, diagnostics);
    Map<String, MatchedChain> chains = new LinkedHashMap<>();
    for (Policy.Chain chain : policy.chains()) {
      chains.putIfAbsent(chain.name(), matcher.read(chain));
    }
    new Moves(policy).check(diagnostics);
    JumpCheck.check(policy, chains.keySet(), diagnostics);
    ChainGraph.check(policy, diagnostics);
    if (diagnostics.hasErrors()) {
      checkLabels(chains);
      return;
    }
    Map<String, Set<String>> names = new HashMap<>();
    for (Family family : policy.families()) {
      for (MatchedChain chain : chains.values()) {
        if (chain.existsIn(family)) {
          Set<String> ofChain =
              names.computeIfAbsent(chain.chain().name(), none -> new HashSet<>());
          table(policy, family)
              .add(policy, chain, chains)
              .forEach(rule -> ofChain.add(rule.name()));
        }
      }
    }
    new Moves(policy).checkRules(names, diagnostics);
  }

  private TableBuilder table(Policy policy, Family family) {
    return tables.computeIfAbsent(
        new TableKey(family, policy.table()),
        key -> new TableBuilder(key.family(), key.name(), diagnostics));
  }

  private void checkLabels(Map<String, MatchedChain> chains) {
    for (MatchedChain chain : chains.values()) {
      TakenNames taken = new TakenNames(chain.chain().name(), diagnostics);
      for (MatchedChain.Rule rule : chain.rules()) {
        rule.spec().name().ifPresent(name -> taken.take(name.text(), rule.spec()));
      }
    }
  }
}
