package acct.dataplane.iptables;

import acct.dataplane.Operation;
import acct.dataplane.Transaction;
import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import acct.plan.ChainPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Collects the commands of one transaction. */
final class TransactionBuilder {
  private final Family family;
  private final TableName table;
  private final List<Transaction.Step> lines = new ArrayList<>();

  TransactionBuilder(Family family, TableName table) {
    this.family = family;
    this.table = table;
  }

  void add(Operation command) {
    lines.add(new Transaction.Step(command));
  }

  void add(Operation command, Optional<Position> source) {
    lines.add(new Transaction.Step(command, source));
  }

  void add(Transaction.Step line) {
    lines.add(line);
  }

  void delete(ChainName from, List<String> words) {
    add(new Operation.DeleteRule(from, words));
  }

  /** Deletes rules of a chain by their positions, from the last to the first. */
  void deleteRules(ChainName chain, List<Integer> positions) {
    positions.sort(Comparator.reverseOrder());
    positions.forEach(position -> add(new Operation.DeleteAt(chain, position)));
  }

  /**
   * Empties the chains of a kind first, since they may jump to each other, and removes them then.
   */
  void removeChains(List<ChainPlan> chains, ChainPlan.Kind kind) {
    for (ChainPlan chain : chains) {
      if (chain.kind() == kind) {
        add(new Operation.Flush(chain.name()));
      }
    }
    for (ChainPlan chain : chains) {
      if (chain.kind() == kind) {
        add(new Operation.RemoveChain(chain.name()));
      }
    }
  }

  Transaction commit() {
    return new Transaction(family, table, lines);
  }

  /** A counter that nobody knows begins at zero. */
  static Counters start(Counters counters) {
    return counters.known() ? counters : Counters.ZERO;
  }
}
