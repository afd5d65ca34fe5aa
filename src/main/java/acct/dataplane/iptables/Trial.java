package acct.dataplane.iptables;

import acct.dataplane.Operation;
import acct.dataplane.Transaction;
import acct.netfilter.ChainName;
import acct.plan.ChainPlan;
import acct.plan.Plan;
import acct.plan.TablePlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The part of a plan's transactions that a {@link Stage} can say something about: the lines that
 * are new. Positions in acct's own chains say nothing there, for the rules that stay are not on it;
 * and of lines that differ only in their addresses and their comments, which acct has read itself,
 * the first of each chain is tried.
 */
final class Trial {
  private static final Set<String> VALUES = Set.of("-s", "-d", "--comment");

  private final Set<ChainName> ours;
  private final Set<List<String>> shapes = new HashSet<>();

  private Trial(Set<ChainName> ours) {
    this.ours = ours;
  }

  /** Of each transaction of a plan what is tried, in the same order. */
  static List<Transaction> of(Plan plan, List<Transaction> transactions) {
    List<Transaction> trial = new ArrayList<>();
    for (Transaction transaction : transactions) {
      Trial of = new Trial(ours(plan, transaction));
      List<Transaction.Step> steps = new ArrayList<>();
      for (Transaction.Step step : transaction.steps()) {
        of.tried(step.operation())
            .ifPresent(
                operation ->
                    steps.add(new Transaction.Step(operation, step.source(), step.carry())));
      }
      trial.add(new Transaction(transaction.family(), transaction.table(), steps));
    }
    return trial;
  }

  private static Set<ChainName> ours(Plan plan, Transaction transaction) {
    Set<ChainName> ours = new HashSet<>();
    for (TablePlan table : plan.tables()) {
      if (table.family() == transaction.family() && table.table().equals(transaction.table())) {
        table.chains().stream().map(ChainPlan::name).forEach(ours::add);
      }
    }
    return ours;
  }

  private Optional<Operation> tried(Operation operation) {
    if (!ours.contains(operation.chain())) {
      return Optional.of(operation);
    }
    if (operation instanceof Operation.DeleteAt) {
      return Optional.empty();
    }
    if (operation instanceof Operation.Insert insert) {
      return append(new Operation.Append(insert.start(), insert.chain(), insert.words()));
    }
    return operation instanceof Operation.Append append ? append(append) : Optional.of(operation);
  }

  private Optional<Operation> append(Operation.Append append) {
    List<String> shape = new ArrayList<>();
    shape.add(append.chain().value());
    boolean value = false;
    for (String word : append.words()) {
      shape.add(value ? "" : word);
      value = VALUES.contains(word) && !value;
    }
    return shapes.add(shape) ? Optional.of(append) : Optional.empty();
  }
}
