package acct.plan;

import acct.compile.Desired;
import acct.compile.OwnerMark;
import acct.counter.Counted;
import acct.counter.HelperChains;
import acct.counter.KnownNames;
import acct.counter.LiveView;
import acct.netfilter.Backend;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Rule;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares what the policies ask for with what the kernel has.
 *
 * <p>For every family whose live ruleset is given, and every table that a policy asks for something
 * in or owns something in:
 *
 * <ol>
 *   <li>Chains are found by name. One that is marked by a policy that is not given is refused; one
 *       that is unmarked is adopted.
 *   <li>Inside each chain {@link ChainDiff} finds the rules to keep; what only counts and is not in
 *       the policy goes, or stays where the policy says {@code unmanagedRules: keep}.
 *   <li>Chains that a given policy owns and no longer has go, with their rules; with {@link
 *       Intent#prune} those of policies that are not given, too.
 *   <li>In the built-in chains {@link JumpDiff} finds the jumps to make, take over, move and
 *       remove.
 * </ol>
 *
 * A rule that decides about packets is never removed: it is named, and the plan is refused.
 */
public final class Differ {
  private final Desired desired;
  private final Intent intent;
  private final KnownNames known;
  private final Findings findings;
  private final FeatureCheck features;

  private Differ(Desired desired, Intent intent, KnownNames known) {
    this.desired = desired;
    this.intent = intent;
    this.known = known;
    this.findings = new Findings(desired.owners());
    this.features = new FeatureCheck(desired);
  }

  /** Makes the plan of what the policies say. */
  public static Plan diff(Desired desired, List<LiveRuleset> live) {
    return diff(desired, live, Intent.PLAIN, KnownNames.NONE);
  }

  /**
   * Makes the plan. What stands against it is among its diagnostics.
   *
   * @param known what acct calls live rules whose comments are others
   */
  public static Plan diff(
      Desired desired, List<LiveRuleset> live, Intent intent, KnownNames known) {
    return new Differ(desired, intent, known).plan(live);
  }

  private Plan plan(List<LiveRuleset> live) {
    List<TablePlan> tables = new ArrayList<>();
    Map<Family, Optional<Backend>> backends = new EnumMap<>(Family.class);
    for (LiveRuleset found : live) {
      LiveRuleset one = HelperChains.without(found);
      backends.put(one.family(), one.backend());
      for (TableName table : tables(one)) {
        TablePlan planned = table(one, table);
        if (!planned.chains().isEmpty() || !planned.jumps().isEmpty()) {
          tables.add(planned);
        }
      }
    }
    features.report(findings);
    return new Plan(List.copyOf(desired.owners()), intent, backends, tables, findings.all());
  }

  private Set<TableName> tables(LiveRuleset live) {
    Set<TableName> names = new TreeSet<>(live.ruleset().tables().keySet());
    for (Desired.Table table : desired.tables()) {
      if (table.family() == live.family()) {
        names.add(table.name());
      }
    }
    return names;
  }

  private TablePlan table(LiveRuleset live, TableName name) {
    Desired.Table want = desired.table(live.family(), name);
    Renaming renaming = Renaming.of(want, live.ruleset().table(name));
    LiveView view =
        new LiveView(live.family(), renaming.table(), live.name(), findings.diagnostics());
    boolean carries =
        live.backend().isEmpty() || live.backend().get().writesCounters(live.family());
    Scope scope = Scope.of(want, view, desired.owners(), carries, intent);
    List<ChainPlan> compared = chains(scope);
    Lookalikes lookalikes = new Lookalikes(live.backend(), live.family(), findings.diagnostics());
    JumpDiff jumps = JumpDiff.diff(scope, lookalikes);
    Deciders.check(scope, compared, jumps, findings);
    List<ChainPlan> chains = DriftFinder.find(scope, compared, jumps, findings.diagnostics());
    features.look(scope, chains);
    findings.noteAbsent(scope);
    findings.checkAttachedTo(scope);
    findings.warnOfUnknownCounters(view, chains);
    TablePlan plan =
        new TablePlan(
            live.family(),
            name,
            renaming.applied(),
            chains,
            jumps.changes(),
            wantedJumps(want),
            jumps.liveJumps(),
            jumps.kept());
    if (plan.isChanged()) {
      findings.refuseUndecoded(live, name);
      findings.warnOfPolicyCounters(live, name);
      Unwritable.checkLines(plan, live, findings.diagnostics());
      live.backend().ifPresent(backend -> Unwritable.check(plan, backend, findings.diagnostics()));
    }
    return plan;
  }

  private List<ChainPlan> chains(Scope scope) {
    LiveView view = scope.view();
    List<ChainPlan> chains = new ArrayList<>();
    for (Desired.Chain chain : scope.want().chains()) {
      findings.checkOwner(chain, view);
      chains.add(view.exists(chain.name()) ? compared(chain, scope) : created(chain, scope));
    }
    List<ChainName> others = new ArrayList<>();
    for (ChainName chain : view.ownedChains()) {
      boolean theirs = scope.owners().contains(view.owner(chain).orElseThrow());
      if (theirs && scope.want().chain(chain).isEmpty()) {
        others.add(chain);
      }
    }
    Set<ChainName> held = Held.of(others, chains, view);
    for (ChainName chain : others) {
      chains.add(held.contains(chain) ? held(chain, scope) : removed(chain, scope));
    }
    for (ChainPlan chain : chains) {
      findings.warnOfUnmanaged(chain, view);
    }
    return chains;
  }

  private static List<String> wantedJumps(Desired.Table want) {
    List<String> jumps = new ArrayList<>();
    for (Desired.Jump jump : want.jumps()) {
      jumps.add(jump.from() + " " + jump.place() + " " + jump.body());
    }
    return jumps;
  }

  private static ChainPlan created(Desired.Chain chain, Scope scope) {
    ChainDiff.Result diff = ChainDiff.diff(chain, List.of(), true, Map.of(), scope);
    return new ChainPlan(
        chain.name(),
        chain.owner(),
        ChainPlan.Kind.CREATED,
        chain.rules().size(),
        0,
        diff.changes(),
        List.of(),
        List.of(),
        diff.wanted(),
        List.of(),
        Optional.of(chain.position()));
  }

  private ChainPlan compared(Desired.Chain chain, Scope scope) {
    LiveView view = scope.view();
    List<LiveView.Parsed> live = view.rules(chain.name(), chain.rules());
    ChainDiff.Result diff =
        ChainDiff.diff(chain, live, isByName(chain, live, view), known(chain.name(), scope), scope);
    int taken = 0;
    for (Change change : diff.changes()) {
      if (change instanceof Change.Taken goes) {
        taken++;
        findings.checkOnlyCounts(live.get(goes.livePosition() - 1), chain.name(), scope);
      }
    }
    ChainPlan.Kind kind =
        view.owner(chain.name()).equals(Optional.of(chain.owner()))
            ? ChainPlan.Kind.STAYS
            : ChainPlan.Kind.ADOPTED;
    return new ChainPlan(
        chain.name(),
        chain.owner(),
        kind,
        chain.rules().size() + diff.unmanaged().size(),
        live.size() - taken,
        diff.changes(),
        diff.unmanaged(),
        List.of(),
        diff.wanted(),
        rules(live),
        Optional.of(chain.position()));
  }

  private Map<String, String> known(ChainName chain, Scope scope) {
    return known.of(scope.view().family(), scope.want().name(), chain);
  }

  /**
   * Whether the names of a chain's rules are acct's: it is marked, or it has lost the jump with its
   * mark and its rules have names as acct gives them, some of which the policy has.
   */
  private static boolean isByName(Desired.Chain chain, List<LiveView.Parsed> live, LiveView view) {
    return view.owner(chain.name()).isPresent()
        || view.references(chain.name()).isEmpty()
            && hasNames(chain, rules(live))
            && areNames(rules(live));
  }

  /** Whether each of the rules has a comment of its own. */
  private static boolean areNames(List<Rule> live) {
    Set<String> names = new HashSet<>();
    for (Rule rule : live) {
      Optional<String> name = OwnerMark.label(rule.comments());
      if (name.isEmpty() || !names.add(name.get())) {
        return false;
      }
    }
    return true;
  }

  /** Whether one of the rules is called like one of the policy's. */
  static boolean hasNames(Desired.Chain chain, List<Rule> live) {
    Set<String> names = new HashSet<>(chain.formerNames().keySet());
    for (Desired.Counting rule : chain.rules()) {
      names.add(rule.kernelName());
    }
    for (Rule rule : live) {
      Optional<String> name = OwnerMark.label(rule.comments());
      if (name.isPresent() && names.contains(name.get())) {
        return true;
      }
    }
    return false;
  }

  private ChainPlan removed(ChainName chain, Scope scope) {
    List<LiveView.Parsed> live = scope.view().rules(chain);
    Map<String, String> names = known(chain, scope);
    List<String> items = names.isEmpty() ? List.of() : Counted.items(rules(live));
    List<Change.RuleChange> changes = new ArrayList<>();
    for (int i = 0; i < live.size(); i++) {
      LiveView.Parsed rule = live.get(i);
      findings.checkOnlyCounts(rule, chain, scope);
      Optional<String> name =
          Optional.ofNullable(names.isEmpty() ? null : names.get(items.get(i)))
              .or(() -> OwnerMark.label(rule.rule().comments()));
      changes.add(ChainDiff.removed(rule, name));
    }
    return unwanted(chain, ChainPlan.Kind.REMOVED, changes, List.of(), scope);
  }

  /** A chain that no policy has and that stays, since a rule that is kept leads to it. */
  private static ChainPlan held(ChainName chain, Scope scope) {
    List<Unmanaged> rules = new ArrayList<>();
    for (LiveView.Parsed rule : scope.view().rules(chain)) {
      rules.add(Unmanaged.of(rule, scope));
    }
    return unwanted(chain, ChainPlan.Kind.STAYS, List.of(), rules, scope);
  }

  private static ChainPlan unwanted(
      ChainName chain,
      ChainPlan.Kind kind,
      List<Change.RuleChange> changes,
      List<Unmanaged> unmanaged,
      Scope scope) {
    return new ChainPlan(
        chain,
        scope.view().owner(chain).orElseThrow(),
        kind,
        unmanaged.size(),
        unmanaged.size(),
        changes,
        unmanaged,
        List.of(),
        List.of(),
        rules(scope.view().rules(chain)),
        Optional.empty());
  }

  private static List<Rule> rules(List<LiveView.Parsed> live) {
    List<Rule> rules = new ArrayList<>(live.size());
    for (LiveView.Parsed rule : live) {
      rules.add(rule.rule());
    }
    return rules;
  }
}
