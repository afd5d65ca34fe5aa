package acct.dataplane.iptables;

import acct.dataplane.Operation;
import acct.dataplane.Transaction;
import acct.host.HostException;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.RestoreLine;
import acct.netfilter.Words;
import acct.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes transactions as the input of {@code iptables-restore --noflush --counters}: the one place
 * where an operation becomes text. Nothing reads such a text back.
 */
public final class Script {
  /** The line at which iptables-restore counts the first operation: the table's stands before. */
  private static final int FIRST = 2;

  private Script() {}

  /**
   * A transaction as iptables-restore reads it, as bytes (see acct.netfilter).
   *
   * @throws RestoreLine.UnwritableException where an operation can't be written as one line
   */
  public static String of(Transaction transaction) {
    StringBuilder text = new StringBuilder(RestoreLine.table(transaction.table())).append('\n');
    for (Transaction.Step step : transaction.steps()) {
      text.append(line(step.operation())).append('\n');
    }
    return text.append("COMMIT\n").toString();
  }

  /** What carries a plan out in one family; empty when nothing changes there. */
  public static String of(Plan plan, Family family) {
    List<Transaction> transactions = new ArrayList<>(PlanTransactions.of(plan));
    transactions.removeIf(transaction -> transaction.family() != family);
    return of(transactions);
  }

  /** The same of several, one after the other. */
  public static String of(List<Transaction> transactions) {
    StringBuilder text = new StringBuilder();
    transactions.forEach(transaction -> text.append(of(transaction)));
    return text.toString();
  }

  /**
   * The same, for what is written right then.
   *
   * @throws HostException where it can't be written as a script
   */
  static String checked(Transaction transaction) throws HostException {
    try {
      return of(transaction);
    } catch (RestoreLine.UnwritableException e) {
      String where =
          obstacle(transaction)
              .map(obstacle -> " in chain " + obstacle.operation().chain())
              .orElse("");
      throw new HostException(
          HostException.Kind.FAILED,
          "a rule"
              + Words.display(where)
              + " can't be written: "
              + e.getMessage()
              + "; nothing of this transaction was done");
    }
  }

  /** What stands at a line of {@link #of}, from 1; nothing for the table's line and COMMIT. */
  static Optional<Transaction.Step> at(Transaction transaction, int number) {
    int index = number - FIRST;
    List<Transaction.Step> steps = transaction.steps();
    return index >= 0 && index < steps.size() ? Optional.of(steps.get(index)) : Optional.empty();
  }

  /** The first operation that can't be written, and why. */
  record Obstacle(Operation operation, String why) {}

  /** What keeps a transaction from being written; nothing where it can be. */
  static Optional<Obstacle> obstacle(Transaction transaction) {
    for (Transaction.Step step : transaction.steps()) {
      try {
        line(step.operation());
      } catch (RestoreLine.UnwritableException e) {
        return Optional.of(new Obstacle(step.operation(), e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /**
   * An operation as a line, without a newline.
   *
   * @throws RestoreLine.UnwritableException where its words can't stand on one line
   */
  static String line(Operation operation) {
    return operation.match(LINE);
  }

  private static final Operation.Cases<String> LINE =
      new Operation.Cases<>() {
        /**
         * Not as {@code :CHAIN}, which would empty a chain that another program has made meanwhile:
         * {@code -N} of a chain that is there fails, and with it the transaction.
         */
        @Override
        public String newChain(Operation.NewChain operation) {
          return plain("-N", operation.chain());
        }

        @Override
        public String renameChain(Operation.RenameChain operation) {
          return plain("-E", operation.chain(), operation.to().value());
        }

        @Override
        public String append(Operation.Append operation) {
          List<String> chain = List.of(operation.chain().value());
          return RestoreLine.of(operation.start(), "-A", chain, operation.words());
        }

        @Override
        public String insert(Operation.Insert operation) {
          String position = Integer.toString(operation.position());
          return RestoreLine.of(
              operation.start(),
              "-I",
              List.of(operation.chain().value(), position),
              operation.words());
        }

        @Override
        public String deleteAt(Operation.DeleteAt operation) {
          return plain("-D", operation.chain(), Integer.toString(operation.position()));
        }

        @Override
        public String deleteRule(Operation.DeleteRule operation) {
          List<String> chain = List.of(operation.chain().value());
          return RestoreLine.of(Counters.ZERO, "-D", chain, operation.words());
        }

        @Override
        public String zeroAt(Operation.ZeroAt operation) {
          return plain("-Z", operation.chain(), Integer.toString(operation.position()));
        }

        @Override
        public String flush(Operation.Flush operation) {
          return plain("-F", operation.chain());
        }

        @Override
        public String removeChain(Operation.RemoveChain operation) {
          return plain("-X", operation.chain());
        }
      };

  private static String plain(String command, ChainName chain, String... more) {
    List<String> arguments = new ArrayList<>(List.of(chain.value()));
    arguments.addAll(List.of(more));
    return RestoreLine.of(Counters.ZERO, command, arguments, List.of());
  }
}
