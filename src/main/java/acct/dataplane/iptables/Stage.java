package acct.dataplane.iptables;

import acct.compile.OwnerMark;
import acct.dataplane.Operation;
import acct.dataplane.Transaction;
import acct.host.HostException;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.netfilter.RestoreLine;
import acct.netfilter.RuleParser;
import acct.netfilter.Ruleset;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Plan;
import acct.plan.TablePlan;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A kernel of its own in which stands, for one family, what a plan's new lines depend on: acct's
 * chains of the tables that change, the jumps between them and to them, and where jumps are
 * written, an empty rule for each rule of others, which keeps its place. Rules that stay as they
 * are and jump nowhere are left out: the kernel has taken them already. What the rules name outside
 * of iptables stands there too, empty.
 */
final class Stage implements AutoCloseable {
  private final Kernel.Staged staged;

  private Stage(Kernel.Staged staged) {
    this.staged = staged;
  }

  /** The kernel inside. */
  Kernel kernel() {
    return staged.kernel();
  }

  /**
   * Sets one.
   *
   * @param trial what will be tried on it
   * @throws HostException MISSING where no namespace or no ipset program is to be had
   */
  static Stage set(Kernel real, Family family, Plan plan, LiveRuleset live, List<Transaction> trial)
      throws HostException {
    List<Transaction> preludes = new ArrayList<>();
    for (TablePlan table : plan.tables()) {
      if (table.family() == family && table.isChanged()) {
        preludes.add(prelude(table, live.ruleset()));
      }
    }
    Map<KernelObjects.Kind, Set<String>> named = new EnumMap<>(KernelObjects.Kind.class);
    preludes.forEach(prelude -> collect(prelude, named));
    trial.forEach(transaction -> collect(transaction, named));
    Kernel.Staged staged = real.openStage();
    Stage stage = new Stage(staged);
    try {
      for (Map.Entry<KernelObjects.Kind, Set<String>> objects : named.entrySet()) {
        if (!staged.create(objects.getKey(), objects.getValue(), family)) {
          throw new HostException(
              HostException.Kind.MISSING,
              "rules name " + objects.getKey().label() + " objects, and they can't be made there");
        }
      }
      stage.write(preludes);
      return stage;
    } catch (HostException e) {
      stage.close();
      throw e;
    }
  }

  private static Transaction prelude(TablePlan table, Ruleset ruleset) {
    LiveTable live = ruleset.table(table.table());
    Map<ChainName, Set<Integer>> taken = new HashMap<>();
    for (ChainPlan chain : table.chains()) {
      taken.put(chain.name(), taken(chain));
    }
    // A chain that is renamed has no rules of its own in the plan under its old name.
    table.renames().forEach(rename -> taken.put(rename.from(), taken.get(rename.to())));
    Set<ChainName> jumpedFrom = table.jumpedFrom();
    List<Transaction.Step> body = new ArrayList<>();
    Set<ChainName> declared = new LinkedHashSet<>();
    for (LiveChain chain : live.chains().values()) {
      boolean own = taken.containsKey(chain.name());
      boolean keepsPlaces = jumpedFrom.contains(chain.name());
      if (!own && !keepsPlaces && !chain.name().isBuiltIn()) {
        continue;
      }
      declared.add(chain.name());
      int position = 0;
      for (LiveRule rule : chain.rules()) {
        position++;
        Optional<ChainName> target = live.target(rule);
        boolean shown =
            own
                ? target.isPresent() && !taken.get(chain.name()).contains(position)
                // A jump of another policy stands among acct's own, which is no place of others.
                : target.isPresent()
                    && (taken.containsKey(target.get())
                        || OwnerMark.owner(rule.words()).isPresent());
        if (shown || keepsPlaces) {
          target.filter(chainName -> shown).ifPresent(declared::add);
          List<String> words = shown ? writable(rule, table.family()) : List.of();
          body.add(new Transaction.Step(new Operation.Append(Counters.ZERO, chain.name(), words)));
        }
      }
    }
    List<Transaction.Step> lines = new ArrayList<>();
    for (ChainName chain : declared) {
      if (!chain.isBuiltIn()) {
        lines.add(new Transaction.Step(new Operation.NewChain(chain)));
      }
    }
    lines.addAll(body);
    return new Transaction(table.family(), table.table(), lines);
  }

  /** The positions of live rules that a plan deletes. */
  private static Set<Integer> taken(ChainPlan chain) {
    Set<Integer> taken = new HashSet<>();
    for (Change change : chain.changes()) {
      if (change instanceof Change.Taken rule) {
        taken.add(rule.livePosition());
      }
    }
    return taken;
  }

  /** A rule that can't be written as it is, without its comments; its place stays in any case. */
  private static List<String> writable(LiveRule rule, Family family) {
    if (RestoreLine.obstacle(rule.words()).isEmpty()) {
      return rule.words();
    }
    List<String> bare = RuleParser.parseLive(rule.words(), family).body().words(List.of());
    return RestoreLine.obstacle(bare).isEmpty() ? bare : List.of();
  }

  private static void collect(Transaction transaction, Map<KernelObjects.Kind, Set<String>> into) {
    for (Transaction.Step step : transaction.steps()) {
      if (step.operation() instanceof Operation.Append append) {
        collect(append.words(), into);
      } else if (step.operation() instanceof Operation.Insert insert) {
        collect(insert.words(), into);
      }
    }
  }

  /** The names of objects in a rule, which may have several matches of one kind. */
  static void collect(List<String> words, Map<KernelObjects.Kind, Set<String>> into) {
    for (KernelObjects.Kind kind : KernelObjects.Kind.values()) {
      for (int i = 0; i + 1 < words.size(); i++) {
        if (words.get(i).equals(kind.option())) {
          into.computeIfAbsent(kind, key -> new LinkedHashSet<>()).add(words.get(i + 1));
        }
      }
    }
  }

  /** Carries out blocks of its family inside, one after another. */
  void write(List<Transaction> blocks) throws HostException {
    for (Transaction block : blocks) {
      staged.kernel().write(block);
    }
  }

  @Override
  public void close() {
    staged.close();
  }
}
