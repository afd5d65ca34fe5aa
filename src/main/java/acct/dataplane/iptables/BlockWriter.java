package acct.dataplane.iptables;

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
final class BlockWriter {
  private final Family family;
  private final TableName table;
  private final List<Block.Line> lines = new ArrayList<>();

  BlockWriter(Family family, TableName table) {
    this.family = family;
    this.table = table;
  }

  void add(ScriptCommand command) {
    lines.add(new Block.Line(command));
  }

  void add(ScriptCommand command, Optional<Position> source) {
    lines.add(new Block.Line(command, source));
  }

  void add(Block.Line line) {
    lines.add(line);
  }

  void delete(ChainName from, List<String> words) {
    add(new ScriptCommand.DeleteRule(from, words));
  }

  /** Deletes rules of a chain by their positions, from the last to the first. */
  void deleteRules(ChainName chain, List<Integer> positions) {
    positions.sort(Comparator.reverseOrder());
    positions.forEach(position -> add(new ScriptCommand.DeleteAt(chain, position)));
  }

  /**
   * Empties the chains of a kind first, since they may jump to each other, and removes them then.
   */
  void removeChains(List<ChainPlan> chains, ChainPlan.Kind kind) {
    for (ChainPlan chain : chains) {
      if (chain.kind() == kind) {
        add(new ScriptCommand.Flush(chain.name()));
      }
    }
    for (ChainPlan chain : chains) {
      if (chain.kind() == kind) {
        add(new ScriptCommand.RemoveChain(chain.name()));
      }
    }
  }

  Block commit() {
    return new Block(family, table, lines);
  }

  /** A counter that nobody knows begins at zero. */
  static Counters start(Counters counters) {
    return counters.known() ? counters : Counters.ZERO;
  }
}
