package acct.netfilter;

import java.util.List;

/**
 * The name of a table.
 *
 * @param value as in {@code *filter}
 */
public record TableName(String value) implements Comparable<TableName> {
  public static final TableName FILTER = new TableName("filter");
  public static final TableName MANGLE = new TableName("mangle");
  public static final TableName RAW = new TableName("raw");
  public static final TableName SECURITY = new TableName("security");
  public static final TableName NAT = new TableName("nat");

  /**
   * The tables that can hold accounting. Not nat: only the first packet of a connection walks it,
   * so its counters count connections and no traffic.
   */
  public static final List<TableName> ACCOUNTING = List.of(FILTER, MANGLE, RAW, SECURITY);

  public TableName {
    if (value.isEmpty() || value.indexOf(' ') >= 0 || value.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("not the name of a table: \"" + value + "\"");
    }
  }

  /** The built-in chains of this table, in the order a packet meets them; none if unknown. */
  public List<Hook> hooks() {
    return switch (value) {
      case "filter", "security" -> List.of(Hook.INPUT, Hook.FORWARD, Hook.OUTPUT);
      case "mangle" ->
          List.of(Hook.PREROUTING, Hook.INPUT, Hook.FORWARD, Hook.OUTPUT, Hook.POSTROUTING);
      case "raw" -> List.of(Hook.PREROUTING, Hook.OUTPUT);
      case "nat" -> List.of(Hook.PREROUTING, Hook.INPUT, Hook.OUTPUT, Hook.POSTROUTING);
      default -> List.of();
    };
  }

  @Override
  public int compareTo(TableName other) {
    return value.compareTo(other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TableName name && value.equals(name.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
