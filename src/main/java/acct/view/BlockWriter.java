package acct.view;

import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import acct.policy.Position;
import java.util.ArrayList;
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

  Block commit() {
    line("COMMIT");
    return new Block(family, table, lines);
  }

  /** {@code [p:b] } before a rule; nothing for a counter that is zero, or that nobody knows. */
  static String prefix(Counters counters) {
    return counters.known() && !counters.isZero() ? counters.bracketed() + " " : "";
  }
}
