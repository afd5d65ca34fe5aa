package acct;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * A policy with a rule for each customer, edited at random as administrators do, and what each name
 * is to have counted by then. It counts packets by customer and knows nothing of how acct keeps
 * counters: what it says, every total has to be.
 */
public final class Customers {
  private static final int ADDRESSES = 8;
  private static final int MOST_CUSTOMERS = 6;
  private static final int MOST_ELEMENTS = 3;

  /** A rule: a name, the addresses it is for, and what each of them has counted. */
  private record Row(
      String name, Map<String, Long> counts, Optional<String> comment, boolean carries) {
    private long total() {
      return counts.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  private final Random random;
  private final List<String> addresses;
  private List<Row> rows = new ArrayList<>();
  private Map<String, String> moves = new LinkedHashMap<>();
  private String edit = "begin";

  /**
   * Customers without any rule yet.
   *
   * @param addresses that packets can go to
   */
  public Customers(Random random, List<String> addresses) {
    this.random = random;
    this.addresses = List.copyOf(addresses);
    add();
    add();
  }

  /** Addresses of IPv4 for a model that sends no packets. */
  public static List<String> addresses() {
    List<String> addresses = new ArrayList<>();
    for (int i = 1; i <= ADDRESSES; i++) {
      addresses.add("10.0.0." + i);
    }
    return addresses;
  }

  /** What a name is to have counted, by its name. */
  public Map<String, Long> totals() {
    Map<String, Long> totals = new TreeMap<>();
    rows.forEach(row -> totals.put(row.name(), row.total()));
    return totals;
  }

  /** Packets came to an address. */
  public void count(String address, long packets) {
    for (Row row : rows) {
      row.counts().computeIfPresent(address, (key, count) -> count + packets);
    }
  }

  /** The policy's spec, on one line. */
  public String spec() {
    List<String> rules = new ArrayList<>();
    for (Row row : rows) {
      String comment = row.comment().map(text -> ", comment: \"" + text + "\"").orElse("");
      rules.add(
          "{name: "
              + row.name()
              + comment
              + ", protocol: udp, destination: ['"
              + String.join("', '", row.counts().keySet())
              + "']"
              + (row.carries() ? ", onChange: carry" : "")
              + "}");
    }
    List<String> moved = new ArrayList<>();
    moves.forEach((from, to) -> moved.add("{from: C/" + from + ", to: C/" + to + "}"));
    return (moved.isEmpty() ? "" : "moved: [" + String.join(", ", moved) + "]\n")
        + "chains: [{name: C, attach: [INPUT], rules: ["
        + String.join(", ", rules)
        + "]}]";
  }

  /** What was edited last. */
  @Override
  public String toString() {
    return edit + "\n" + spec();
  }

  /** One edit of the policy; what it does to each name's count is what the README says. */
  public void edit() {
    moves = new LinkedHashMap<>();
    switch (random.nextInt(10)) {
      case 0 -> add();
      case 1 -> remove();
      case 2 -> rename(false);
      case 3 -> rename(true);
      case 4 -> swapNames();
      case 5 -> address();
      case 6 -> elements();
      case 7 -> shuffle();
      case 8 -> comments();
      default -> handOver();
    }
  }

  private Row any() {
    return rows.get(random.nextInt(rows.size()));
  }

  private String freshName() {
    String name;
    do {
      name = "c" + random.nextInt(30);
    } while (named(name));
    return name;
  }

  private boolean named(String name) {
    return rows.stream().anyMatch(row -> row.name().equals(name));
  }

  private String anyAddress() {
    return addresses.get(random.nextInt(addresses.size()));
  }

  private static Map<String, Long> zero(String address) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put(address, 0L);
    return counts;
  }

  /** Often beside a customer with the same address, which is another counter. */
  private void add() {
    edit = "add";
    if (rows.size() < MOST_CUSTOMERS) {
      int at = random.nextInt(rows.size() + 1);
      rows.add(
          at, new Row(freshName(), zero(anyAddress()), Optional.empty(), random.nextInt(4) == 0));
    }
  }

  private void remove() {
    edit = "remove";
    if (rows.size() > 1) {
      rows.remove(any());
    }
  }

  /** Under a new name a count begins at zero, unless moved says that it is the same. */
  private void rename(boolean moved) {
    edit = moved ? "rename with moved" : "rename";
    Row row = any();
    String name = freshName();
    Map<String, Long> counts = new LinkedHashMap<>(row.counts());
    if (moved) {
      moves.put(row.name(), name);
    } else {
      counts.replaceAll((address, count) -> 0L);
    }
    Optional<String> comment = moved ? row.comment() : Optional.empty();
    rows.set(rows.indexOf(row), new Row(name, counts, comment, row.carries()));
  }

  /** The addresses of two customers change places; the names stay. */
  private void swapNames() {
    edit = "swap";
    Row one = any();
    Row other = any();
    boolean single = one.counts().size() == 1 && other.counts().size() == 1;
    if (!one.name().equals(other.name()) && single) {
      String first = one.counts().keySet().iterator().next();
      String second = other.counts().keySet().iterator().next();
      change(one, second);
      change(other, first);
    }
  }

  private void address() {
    edit = "address";
    Row row = any();
    if (row.counts().size() == 1) {
      change(row, anyAddress());
    }
  }

  /** The one address of a rule becomes another. */
  private void change(Row row, String address) {
    Map<String, Long> counts = zero(address);
    if (row.carries() || row.counts().containsKey(address)) {
      counts.put(address, row.total());
    }
    rows.set(rows.indexOf(row), new Row(row.name(), counts, row.comment(), row.carries()));
  }

  /** An element of a list comes or goes, which ends no other's count. */
  private void elements() {
    edit = "elements";
    Row row = any();
    if (row.carries()) {
      return;
    }
    Map<String, Long> counts = new LinkedHashMap<>(row.counts());
    List<String> there = new ArrayList<>(counts.keySet());
    if (there.size() > 1 && random.nextBoolean()) {
      counts.remove(there.get(random.nextInt(there.size())));
    }
    String more = anyAddress();
    if (there.size() < MOST_ELEMENTS && !there.contains(more)) {
      counts.put(more, 0L);
    }
    rows.set(rows.indexOf(row), new Row(row.name(), counts, row.comment(), false));
  }

  private void shuffle() {
    edit = "order";
    Collections.shuffle(rows, random);
  }

  /** The kernel's comment of a rule becomes another; its name is the same. */
  private void comments() {
    edit = "comment";
    Row row = any();
    Optional<String> comment =
        random.nextInt(3) == 0 ? Optional.empty() : Optional.of("text of " + random.nextInt(20));
    boolean taken =
        comment.isPresent() && rows.stream().anyMatch(one -> one.comment().equals(comment));
    if (!taken) {
      rows.set(rows.indexOf(row), new Row(row.name(), row.counts(), comment, row.carries()));
    }
  }

  /** Somebody gets the address of a customer who goes, or who gets another. */
  private void handOver() {
    edit = "hand over";
    Row from = any();
    String name = freshName();
    String address = from.counts().keySet().iterator().next();
    if (from.counts().size() == 1 && random.nextBoolean()) {
      change(from, anyAddress());
    } else if (rows.size() > 1) {
      rows.remove(from);
    }
    if (rows.size() < MOST_CUSTOMERS) {
      rows.add(new Row(name, zero(address), Optional.empty(), false));
    }
  }
}
