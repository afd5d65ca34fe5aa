package acct.plan;

import acct.compile.Desired;
import acct.netfilter.Backend;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.Rule;
import acct.netfilter.Ruleset;
import acct.netfilter.TableName;
import acct.netfilter.Words;
import acct.policy.Code;
import acct.policy.Diagnostics;
import acct.policy.Position;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
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
 *       the policy goes.
 *   <li>Chains that a given policy owns and no longer has go, with their rules.
 *   <li>In the built-in chains {@link JumpDiff} finds the jumps to make, take over, move and
 *       remove.
 * </ol>
 *
 * A rule that decides about packets is never removed: it is named, and the plan is refused.
 */
public final class Differ {
  /**
   * The live ruleset of a family.
   *
   * @param name of the dump or the command it comes from, for messages
   * @param backend where the dump or the host said
   */
  public record Live(Family family, Ruleset ruleset, String name, Optional<Backend> backend) {}

  private final Desired desired;
  private final Diagnostics diagnostics = new Diagnostics();

  private Differ(Desired desired) {
    this.desired = desired;
  }

  /** Makes the plan. What stands against it is among its diagnostics. */
  public static Plan diff(Desired desired, List<Live> live) {
    return new Differ(desired).plan(live);
  }

  private Plan plan(List<Live> live) {
    List<TablePlan> tables = new ArrayList<>();
    Map<Family, Optional<Backend>> backends = new EnumMap<>(Family.class);
    for (Live one : live) {
      backends.put(one.family(), one.backend());
      for (TableName table : tables(one)) {
        TablePlan planned = table(one, table);
        if (!planned.chains().isEmpty() || !planned.jumps().isEmpty()) {
          tables.add(planned);
        }
      }
    }
    return new Plan(List.copyOf(desired.owners()), backends, tables, diagnostics.sorted());
  }

  private Set<TableName> tables(Live live) {
    Set<TableName> names = new TreeSet<>(live.ruleset().tables().keySet());
    for (Desired.Table table : desired.tables()) {
      if (table.family() == live.family()) {
        names.add(table.name());
      }
    }
    return names;
  }

  private TablePlan table(Live live, TableName name) {
    Desired.Table want = desired.table(live.family(), name);
    Renaming renaming = Renaming.of(want, live.ruleset().table(name));
    LiveView view = new LiveView(live.family(), renaming.table(), live.name(), diagnostics);
    Set<ChainName> ours = ours(want, view);
    boolean carries =
        live.backend().isEmpty() || live.backend().get().writesCounters(live.family());
    List<ChainPlan> chains = new ArrayList<>();
    for (Desired.Chain chain : want.chains()) {
      checkOwner(chain, view);
      chains.add(view.exists(chain.name()) ? compared(chain, view, ours, carries) : created(chain));
    }
    for (ChainName chain : view.ownedChains()) {
      String owner = view.owner(chain).orElseThrow();
      if (desired.owners().contains(owner) && want.chain(chain).isEmpty()) {
        chains.add(removed(chain, owner, view, ours));
      }
    }
    JumpDiff jumps = JumpDiff.diff(want, view, desired.owners(), carries);
    checkForeignJumps(view, chains, jumps, ours);
    warnOfUnknownCounters(view, chains);
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
      warnOfPolicyCounters(live, name);
    }
    return plan;
  }

  private static List<String> wantedJumps(Desired.Table want) {
    List<String> jumps = new ArrayList<>();
    for (Desired.Jump jump : want.jumps()) {
      jumps.add(jump.hook() + " " + jump.place() + " " + jump.body());
    }
    return jumps;
  }

  /** The chains a policy may jump among: those it has, and those it had. */
  private Set<ChainName> ours(Desired.Table want, LiveView view) {
    Set<ChainName> ours = new LinkedHashSet<>();
    for (Desired.Chain chain : want.chains()) {
      ours.add(chain.name());
    }
    for (ChainName chain : view.ownedChains()) {
      if (desired.owners().contains(view.owner(chain).orElseThrow())) {
        ours.add(chain);
      }
    }
    return ours;
  }

  private void checkOwner(Desired.Chain chain, LiveView view) {
    Optional<String> owner = view.owner(chain.name());
    if (owner.isPresent() && !desired.owners().contains(owner.get())) {
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

  private ChainPlan created(Desired.Chain chain) {
    List<Change> changes = ChainDiff.diff(chain.rules(), List.of(), Map.of(), true);
    return new ChainPlan(
        chain.name(),
        chain.owner(),
        ChainPlan.Kind.CREATED,
        chain.rules().size(),
        0,
        changes,
        wanted(chain),
        List.of(),
        Optional.of(chain.position()));
  }

  private ChainPlan compared(
      Desired.Chain chain, LiveView view, Set<ChainName> ours, boolean carries) {
    List<LiveView.Parsed> live = view.rules(chain.name(), chain.rules());
    List<Change> changes = ChainDiff.diff(chain.rules(), live, chain.formerLabels(), carries);
    int taken = 0;
    for (Change change : changes) {
      if (change instanceof Change.Taken goes) {
        taken++;
        checkOnlyCounts(live.get(goes.livePosition() - 1), chain.name(), view, ours);
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
        chain.rules().size(),
        live.size() - taken,
        changes,
        wanted(chain),
        rules(live),
        Optional.of(chain.position()));
  }

  private ChainPlan removed(ChainName chain, String owner, LiveView view, Set<ChainName> ours) {
    List<LiveView.Parsed> live = view.rules(chain);
    List<Change> changes = new ArrayList<>();
    for (LiveView.Parsed rule : live) {
      checkOnlyCounts(rule, chain, view, ours);
      changes.add(ChainDiff.removed(rule));
    }
    return new ChainPlan(
        chain,
        owner,
        ChainPlan.Kind.REMOVED,
        0,
        0,
        changes,
        List.of(),
        rules(live),
        Optional.empty());
  }

  private static List<Rule> wanted(Desired.Chain chain) {
    List<Rule> wanted = new ArrayList<>(chain.rules().size());
    for (Desired.Counting rule : chain.rules()) {
      wanted.add(rule.rule());
    }
    return wanted;
  }

  private static List<Rule> rules(List<LiveView.Parsed> live) {
    List<Rule> rules = new ArrayList<>(live.size());
    for (LiveView.Parsed rule : live) {
      rules.add(rule.rule());
    }
    return rules;
  }

  /** Promise 5: acct never removes a rule that decides about packets or alters them. */
  private void checkOnlyCounts(
      LiveView.Parsed rule, ChainName chain, LiveView view, Set<ChainName> ours) {
    if (!onlyCounts(rule, ours)) {
      diagnostics.error(
          Code.DECIDES,
          view.position(rule),
          "chain "
              + chain
              + " has a rule that does more than count, and acct never removes such a rule: \""
              + Words.display(Words.join(rule.live().words()))
              + "\"; name the policy's chain otherwise, or move the rule");
    }
  }

  private static boolean onlyCounts(LiveView.Parsed rule, Set<ChainName> ours) {
    return switch (Targets.kind(rule.rule().body().target())) {
      case COUNTS, RETURNS -> true;
      case JUMPS -> ours.stream().anyMatch(rule.rule().body().target()::calls);
      case DECIDES -> false;
    };
  }

  /** A chain that others jump to as well counts more than the policy says, and can't be removed. */
  private void checkForeignJumps(
      LiveView view, List<ChainPlan> chains, JumpDiff jumps, Set<ChainName> ours) {
    for (ChainPlan chain : chains) {
      for (LiveView.Reference jump : view.references(chain.name())) {
        boolean known = ours.contains(jump.from()) || jumps.handles(jump);
        if (known) {
          continue;
        }
        Position position = view.position(jump.rule());
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
  }

  /** Legacy zeroes them at every commit, anybody's, and nothing can be done about it safely. */
  private void warnOfPolicyCounters(Live live, TableName name) {
    boolean legacy = live.backend().filter(b -> b.kind() == Backend.Kind.LEGACY).isPresent();
    for (LiveChain chain : live.ruleset().table(name).chains().values()) {
      boolean counted =
          chain.policy().isPresent() && chain.counters().known() && !chain.counters().isZero();
      if (legacy && counted) {
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

  private void warnOfUnknownCounters(LiveView view, List<ChainPlan> chains) {
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
