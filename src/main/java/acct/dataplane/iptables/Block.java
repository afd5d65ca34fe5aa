package acct.dataplane.iptables;

import acct.netfilter.Family;
import acct.netfilter.TableName;
import acct.policy.Position;
import java.util.List;
import java.util.Optional;

/**
 * One transaction of iptables-restore: from {@code *table} to {@code COMMIT}, carried out whole or
 * not at all.
 *
 * @param lines all of them, the first and the last too
 */
public record Block(Family family, TableName table, List<Line> lines) {
  public Block {
    lines = List.copyOf(lines);
  }

  /**
   * A line of it.
   *
   * @param text bytes (see acct.netfilter), without a newline
   * @param source where in a policy it comes from; nothing for what no policy has
   */
  public record Line(String text, Optional<Position> source) {}

  /** The block as iptables-restore reads it. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      text.append(line.text()).append('\n');
    }
    return text.toString();
  }
}
