package acct.dataplane;

import acct.counter.CounterId;
import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Operations in one table that are carried out whole or not at all.
 *
 * @param steps its operations, in their order
 */
public record Transaction(Family family, TableName table, List<Step> steps) {
  public Transaction {
    steps = Collections.unmodifiableList(new ArrayList<>(steps));
  }

  /**
   * One operation of it, and what is known beside.
   *
   * @param source where in a policy it comes from; nothing for what no policy has
   * @param carry the counter that a written rule goes on from; nothing for one that begins anew
   */
  public record Step(Operation operation, Optional<Position> source, Optional<Carry> carry) {
    public Step(Operation operation) {
      this(operation, Optional.empty(), Optional.empty());
    }

    public Step(Operation operation, Optional<Position> source) {
      this(operation, source, Optional.empty());
    }
  }

  /**
   * A rule that a transaction rebuilds, as it stands before the transaction.
   *
   * @param from the counter it has now
   * @param chain it stands in
   * @param position in that chain, from 1; 0 where it has to be found by its words, since others
   *     write into the chain too
   * @param match the words of its match, for a shadow that counts the same packets
   * @param words of the whole rule
   * @param exact whether it can have a shadow: its match remembers no packets, and can be written
   */
  public record Carry(
      CounterId from,
      ChainName chain,
      int position,
      List<String> match,
      List<String> words,
      boolean exact) {
    public Carry {
      match = List.copyOf(match);
      words = List.copyOf(words);
    }

    /** The same, of the rule at a position. */
    public Carry at(int found) {
      return new Carry(from, chain, found, match, words, exact);
    }
  }

  /** The transaction with only its first operations. */
  public Transaction first(int count) {
    return new Transaction(family, table, steps.subList(0, count));
  }

  /** The transaction with each step changed so. */
  public Transaction with(UnaryOperator<Step> change) {
    List<Step> changed = new ArrayList<>(steps.size());
    steps.forEach(step -> changed.add(change.apply(step)));
    return new Transaction(family, table, changed);
  }

  /** The transaction with operations before all others. */
  public Transaction after(List<Step> before) {
    List<Step> all = new ArrayList<>(before);
    all.addAll(steps);
    return new Transaction(family, table, all);
  }

  /** A step whose rule begins at another value. */
  public static Step starting(Step step, Counters start) {
    Operation operation = step.operation();
    if (operation instanceof Operation.Append append) {
      operation = new Operation.Append(start, append.chain(), append.words());
    } else if (operation instanceof Operation.Insert insert) {
      operation = new Operation.Insert(start, insert.chain(), insert.position(), insert.words());
    }
    return new Step(operation, step.source(), step.carry());
  }
}
