package acct.dataplane.iptables;

import acct.counter.CounterId;
import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.RestoreLine;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One transaction of iptables-restore, carried out whole or not at all: commands in one table.
 *
 * @param lines its commands, in their order
 */
public record Block(Family family, TableName table, List<Line> lines) {
  public Block {
    lines = Collections.unmodifiableList(new ArrayList<>(lines));
  }

  /**
   * A command of it.
   *
   * @param source where in a policy it comes from; nothing for what no policy has
   * @param carry the counter that a written rule goes on from; nothing for one that begins anew
   */
  public record Line(ScriptCommand command, Optional<Position> source, Optional<Carry> carry) {
    public Line(ScriptCommand command) {
      this(command, Optional.empty(), Optional.empty());
    }

    public Line(ScriptCommand command, Optional<Position> source) {
      this(command, source, Optional.empty());
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

  /** The line at which iptables-restore counts the first command: the table's stands before it. */
  private static final int FIRST = 2;

  /** What stands at a line of {@link #text}, from 1; nothing for the table's line and COMMIT. */
  public Optional<Line> at(int number) {
    int index = number - FIRST;
    return index >= 0 && index < lines.size() ? Optional.of(lines.get(index)) : Optional.empty();
  }

  /** The transaction with only its first commands. */
  public Block first(int count) {
    return new Block(family, table, lines.subList(0, count));
  }

  /** The transaction with each line changed so. */
  public Block with(UnaryOperator<Line> change) {
    List<Line> changed = new ArrayList<>(lines.size());
    lines.forEach(line -> changed.add(change.apply(line)));
    return new Block(family, table, changed);
  }

  /** The transaction with commands before all others. */
  public Block after(List<Line> before) {
    List<Line> all = new ArrayList<>(before);
    all.addAll(lines);
    return new Block(family, table, all);
  }

  /**
   * The transaction as iptables-restore reads it.
   *
   * @throws RestoreLine.UnwritableException where a command can't be written as one line
   */
  public String text() {
    StringBuilder text = new StringBuilder(RestoreLine.table(table)).append('\n');
    for (Line line : lines) {
      text.append(line.command().line()).append('\n');
    }
    return text.append("COMMIT\n").toString();
  }

  /** The first command that can't be written, and why. */
  public record Obstacle(Line line, String why) {}

  /** What keeps the transaction from being written; nothing where it can be. */
  public Optional<Obstacle> obstacle() {
    for (Line line : lines) {
      try {
        line.command().line();
      } catch (RestoreLine.UnwritableException e) {
        return Optional.of(new Obstacle(line, e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /** A line whose rule begins at another value. */
  public static Line starting(Line line, Counters start) {
    ScriptCommand command = line.command();
    if (command instanceof ScriptCommand.Append append) {
      command = new ScriptCommand.Append(start, append.chain(), append.words());
    } else if (command instanceof ScriptCommand.Insert insert) {
      command = new ScriptCommand.Insert(start, insert.chain(), insert.position(), insert.words());
    }
    return new Line(command, line.source(), line.carry());
  }
}
