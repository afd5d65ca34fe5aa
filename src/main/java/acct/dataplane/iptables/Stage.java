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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A kernel of its own in which acct's own part of the live rules stands, for one family: its chains
 * with their rules, all marked jumps, and for each rule of others in a built-in chain, and in one
 * of others that a jump is written into, an empty one that keeps the place. What the rules name
 * outside of iptables stands there too, empty.
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
   * @throws HostException MISSING where no namespace or no ipset program is to be had
   */
  static Stage set(Kernel real, Family family, Plan plan, LiveRuleset live) throws HostException {
    Kernel.Staged staged = real.openStage();
    Stage stage = new Stage(staged);
    try {
      List<Transaction> blocks = new ArrayList<>();
      List<List<String>> rules = new ArrayList<>();
      for (TablePlan table : plan.tables()) {
        if (table.family() == family && table.isChanged()) {
          blocks.add(prelude(table, live.ruleset(), rules));
        }
      }
      for (Map.Entry<KernelObjects.Kind, Set<String>> named :
          named(rules, plan, family).entrySet()) {
        if (!staged.create(named.getKey(), named.getValue(), family)) {
          throw new HostException(
              HostException.Kind.MISSING,
              "rules name " + named.getKey().label() + " objects, and they can't be made there");
        }
      }
      stage.write(blocks);
      return stage;
    } catch (HostException e) {
      stage.close();
      throw e;
    }
  }

  private static Transaction prelude(TablePlan table, Ruleset ruleset, List<List<String>> rules) {
    LiveTable live = ruleset.table(table.table());
    Set<ChainName> ours = new LinkedHashSet<>();
    for (ChainPlan chain : table.chains()) {
      ours.add(chain.name());
    }
    for (Change.ChainRenamed rename : table.renames()) {
      ours.add(rename.from());
    }
    Set<ChainName> jumpedFrom = table.jumpedFrom();
    List<Transaction.Step> body = new ArrayList<>();
    Set<ChainName> declared = new LinkedHashSet<>();
    for (LiveChain chain : live.chains().values()) {
      boolean own = ours.contains(chain.name());
      boolean jumps = chain.name().isBuiltIn() || jumpedFrom.contains(chain.name());
      if (own || jumps) {
        declared.add(chain.name());
      }
      for (LiveRule rule : own || jumps ? chain.rules() : List.<LiveRule>of()) {
        Optional<ChainName> target = live.target(rule);
        // A jump of another policy stands among acct's own, which is no place of others.
        boolean shown =
            own
                || target.isPresent()
                    && (ours.contains(target.get()) || OwnerMark.owner(rule.words()).isPresent());
        target.filter(chainName -> shown).ifPresent(declared::add);
        List<String> words = shown ? writable(rule, table.family()) : List.of();
        body.add(new Transaction.Step(new Operation.Append(Counters.ZERO, chain.name(), words)));
        rules.add(words);
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

  /** A rule that can't be written as it is, without its comments; its place stays in any case. */
  private static List<String> writable(LiveRule rule, Family family) {
    if (RestoreLine.obstacle(rule.words()).isEmpty()) {
      return rule.words();
    }
    List<String> bare = RuleParser.parseLive(rule.words(), family).body().words(List.of());
    return RestoreLine.obstacle(bare).isEmpty() ? bare : List.of();
  }

  /** What live rules and rules to be written name, by kind. */
  private static Map<KernelObjects.Kind, Set<String>> named(
      List<List<String>> rules, Plan plan, Family family) {
    Map<KernelObjects.Kind, Set<String>> named = new EnumMap<>(KernelObjects.Kind.class);
    for (List<String> words : rules) {
      collect(words, named);
    }
    for (TablePlan table : plan.tables()) {
      if (table.family() == family) {
        for (ChainPlan chain : table.chains()) {
          chain.wanted().forEach(rule -> collect(rule.rule().words(), named));
        }
        for (Change change : table.jumps()) {
          if (change instanceof Change.JumpAdded added) {
            collect(added.jump().body().words(List.of()), named);
          }
        }
      }
    }
    return named;
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
