package acct.dataplane.iptables;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import acct.plan.ChainPlan;
import acct.policy.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Collects the lines of one block. */
final class BlockWriter {
  private final Family family;
  private final TableName table;
  private final List<Block.Line> lines = new ArrayList<>();

  BlockWriter(Family family, TableName table) {
    this.family = family;
    this.table = table;
    line("*" + table);
  }

  void line(String text) {
    lines.add(new Block.Line(text, Optional.empty()));
  }

  void line(Block.Line line) {
    lines.add(line);
  }

  void line(String text, Optional<Position> source) {
    lines.add(new Block.Line(text, source));
  }

  /** Deletes rules of a chain by their places, from the last to the first. */
  void deleteRules(ChainName chain, List<Integer> positions) {
    positions.sort(Comparator.reverseOrder());
    for (int position : positions) {
      line("-D " + chain + " " + position);
    }
  }

  /**
   * Empties the chains of a kind first, since they may jump to each other, and removes them then.
   */
  void removeChains(List<ChainPlan> chains, ChainPlan.Kind kind) {
    for (String command : List.of("-F ", "-X ")) {
      for (ChainPlan chain : chains) {
        if (chain.kind() == kind) {
          line(command + chain.name());
        }
      }
    }
  }

  Block commit() {
    line("COMMIT");
    return new Block(family, table, lines);
  }

  /** {@code [p:b] } before a rule; nothing for a counter that is zero, or that nobody knows. */
  static String prefix(Counters counters) {
    return counters.known() && !counters.isZero() ? counters.bracketed() + " " : "";
  }
}
