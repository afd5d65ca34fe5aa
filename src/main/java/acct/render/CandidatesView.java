package acct.render;

import acct.importer.Candidates.Candidate;
import acct.netfilter.Family;
import acct.netfilter.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Chains that could be imported, as a table. */
public final class CandidatesView {
  private static final int MOST_FROM = 3;
  private static final int BLANKS = 2;

  private CandidatesView() {}

  /** A line for each, below their titles. */
  public static String of(List<Candidate> candidates) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("CHAIN", "TABLE", "FAMILY", "RULES", "JUMPS FROM", "POLICY"));
    for (Candidate one : candidates) {
      rows.add(
          List.of(
              Words.display(one.chain().value()),
              one.table().value(),
              one.families().size() > 1
                  ? "both"
                  : one.families().stream().map(Family::label).findFirst().orElse("-"),
              Integer.toString(one.rules()),
              from(one),
              Words.display(one.owner().orElse("-"))));
    }
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int column = i;
        int width = rows.stream().mapToInt(other -> other.get(column).length()).max().orElse(0);
        line.append(Columns.left(row.get(i), width + BLANKS));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  private static String from(Candidate one) {
    List<String> from =
        one.from().stream().sorted().map(chain -> Words.display(chain.value())).toList();
    if (from.isEmpty()) {
      return "-";
    }
    Stream<String> more =
        from.size() > MOST_FROM
            ? Stream.of((from.size() - MOST_FROM) + " more")
            : Stream.<String>empty();
    return String.join(", ", Stream.concat(from.stream().limit(MOST_FROM), more).toList());
  }
}
