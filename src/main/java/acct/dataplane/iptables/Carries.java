package acct.dataplane.iptables;

import acct.counter.Counted;
import acct.counter.CounterId;
import acct.dataplane.Transaction;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.RestoreLine;
import acct.netfilter.Rule;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Fate;
import acct.plan.TablePlan;
import java.util.List;
import java.util.Optional;

/** The counters of one chain that go on in rules which are written anew. */
final class Carries {
  private final TablePlan table;
  private final ChainName chain;
  private final List<Rule> rules;
  private List<String> items = List.of();

  private Carries(TablePlan table, ChainName chain, List<Rule> rules) {
    this.table = table;
    this.chain = chain;
    this.rules = rules;
  }

  /** Those of the rules that a plan has found in a chain. */
  static Carries ofLive(TablePlan table, ChainPlan chain) {
    return new Carries(table, chain.name(), chain.live());
  }

  /** The value a carried counter was read with; nothing where a change does not carry it. */
  static Optional<Counters> read(Change.CounterChange change) {
    return change.fate() instanceof Fate.Carried carried
        ? Optional.of(carried.counters())
        : Optional.empty();
  }

  /** The counter of the rule at a position, from 1. */
  Transaction.Carry from(int position) {
    if (items.isEmpty()) {
      items = Counted.items(rules);
    }
    CounterId id =
        new CounterId.Rule(table.family(), table.table(), chain, items.get(position - 1));
    return of(id, chain, position, rules.get(position - 1));
  }

  /**
   * The counter of a rule.
   *
   * @param position in its chain, from 1; 0 where it has to be found
   */
  static Transaction.Carry of(CounterId from, ChainName chain, int position, Rule rule) {
    List<String> match = rule.body().matchWords();
    boolean exact = !rule.body().isStateful() && RestoreLine.obstacle(match).isEmpty();
    return new Transaction.Carry(from, chain, position, match, rule.words(), exact);
  }

  static CounterId jump(TablePlan table, Change.JumpChange jump) {
    return CounterId.Jump.of(table.family(), table.table(), jump.from(), jump.to(), jump.body());
  }
}
