package acct.render;

import acct.counter.Amount;
import acct.counter.UsageTable;
import acct.text.CsvCell;
import acct.text.TsvCell;
import acct.text.Utf8Bytes;
import java.util.List;

/** Counters as cells for a spreadsheet. */
public final class UsageCells {
  private UsageCells() {}

  /**
   * A line for each rule, with a head, and all digits. A cell is what {@link CsvCell} or {@link
   * TsvCell} make of a text.
   *
   * @param separator a comma or a tab
   */
  public static String of(UsageTable table, char separator) {
    StringBuilder out = new StringBuilder();
    add(
        out,
        separator,
        List.of(
            "policy", "family", "table", "chain", "rule", "packets", "bytes", "since", "resets",
            "missing"));
    for (UsageTable.Section section : table.sections()) {
      for (UsageTable.Row row : section.rows()) {
        Amount amount = row.amount();
        add(
            out,
            separator,
            List.of(
                section.policy().orElse(""),
                families(section),
                section.table().value(),
                Utf8Bytes.decode(section.chain().value()),
                Utf8Bytes.decode(row.name()),
                amount.packets().toString(),
                amount.bytes().toString(),
                row.since().map(since -> since.at().toString()).orElse(""),
                Integer.toString(row.resets()),
                Integer.toString(row.missing())));
      }
    }
    return out.toString();
  }

  /** {@code both} where the counters of two families are added. */
  private static String families(UsageTable.Section section) {
    return section.families().size() == 1 ? section.families().iterator().next().label() : "both";
  }

  private static void add(StringBuilder out, char separator, List<String> cells) {
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      out.append(i == 0 ? "" : String.valueOf(separator));
      out.append(separator == ',' ? CsvCell.of(cell) : TsvCell.of(cell));
    }
    out.append('\n');
  }
}
