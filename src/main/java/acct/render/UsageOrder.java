package acct.render;

import acct.counter.UsageTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What rows can be sorted by. */
public enum UsageOrder {
  POLICY,
  NAME,
  PACKETS,
  BYTES;

  /** The word on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The order of that name. */
  public static Optional<UsageOrder> of(String label) {
    for (UsageOrder order : values()) {
      if (order.label().equals(label)) {
        return Optional.of(order);
      }
    }
    return Optional.empty();
  }

  /** The same table with its rows in this order, the largest first. */
  public UsageTable sorted(UsageTable table) {
    List<UsageTable.Section> sections = new ArrayList<>();
    for (UsageTable.Section section : table.sections()) {
      List<UsageTable.Row> rows = new ArrayList<>(section.rows());
      switch (this) {
        case POLICY -> {}
        case NAME -> rows.sort((a, b) -> a.name().compareTo(b.name()));
        case PACKETS -> rows.sort((a, b) -> b.amount().packets().compareTo(a.amount().packets()));
        case BYTES -> rows.sort((a, b) -> b.amount().bytes().compareTo(a.amount().bytes()));
      }
      sections.add(section.with(rows));
    }
    return new UsageTable(sections);
  }
}
