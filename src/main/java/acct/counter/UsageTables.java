package acct.counter;

import acct.compile.Desired;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes tables of what was counted. */
public final class UsageTables {
  private final Ledger ledger;
  private final Optional<Desired> desired;

  private UsageTables(Ledger ledger, Optional<Desired> desired) {
    this.ledger = ledger;
    this.desired = desired;
  }

  /** A chain in the table of a family, or of both where they are added. */
  private record Key(Optional<Family> family, TableName table, ChainName chain) {
    // Written out: what the compiler makes for a record is linked at run time, some ms each.
    @Override
    public boolean equals(Object other) {
      return other instanceof Key that
          && chain.equals(that.chain)
          && table.equals(that.table)
          && family.equals(that.family);
    }

    @Override
    public int hashCode() {
      int hash = chain.hashCode();
      hash = 31 * hash + table.hashCode();
      hash = 31 * hash + family.hashCode();
      return hash;
    }
  }

  /**
   * A table.
   *
   * @param ledger with the present reading observed; an empty one for what the kernel has alone
   * @param desired the policies, for their order and their names
   * @param byFamily whether families stand apart
   */
  public static UsageTable of(
      List<Counted.Chain> chains, Ledger ledger, Optional<Desired> desired, boolean byFamily) {
    UsageTables tables = new UsageTables(ledger, desired);
    Map<Key, List<Counted.Chain>> groups = new LinkedHashMap<>();
    for (Counted.Chain chain : chains) {
      Optional<Family> family = byFamily ? Optional.of(chain.family()) : Optional.empty();
      Key key = new Key(family, chain.table(), chain.name());
      groups.computeIfAbsent(key, none -> new ArrayList<>()).add(chain);
    }
    Map<Inner, List<InnerJump>> inner = inner(chains);
    List<UsageTable.Section> sections = new ArrayList<>();
    for (Key key : tables.ordered(groups.keySet())) {
      sections.add(tables.section(key, groups.get(key), inner));
    }
    return new UsageTable(grouped(sections));
  }

  /** Each policy once, in the order in which the first chain of each stands. */
  private static List<UsageTable.Section> grouped(List<UsageTable.Section> sections) {
    Map<List<Object>, List<UsageTable.Section>> groups = new LinkedHashMap<>();
    for (UsageTable.Section section : sections) {
      groups
          .computeIfAbsent(
              List.of(section.policy(), section.family(), section.table()),
              none -> new ArrayList<>())
          .add(section);
    }
    List<UsageTable.Section> grouped = new ArrayList<>(sections.size());
    groups.values().forEach(grouped::addAll);
    return grouped;
  }

  private List<Key> ordered(Set<Key> keys) {
    List<Key> ordered = new ArrayList<>(keys);
    if (desired.isEmpty()) {
      return ordered;
    }
    List<Key> wanted = new ArrayList<>();
    for (Desired.Table table : desired.get().tables()) {
      for (Desired.Chain chain : table.chains()) {
        wanted.add(new Key(Optional.of(table.family()), table.name(), chain.name()));
        wanted.add(new Key(Optional.empty(), table.name(), chain.name()));
      }
    }
    Map<Key, Integer> places = new LinkedHashMap<>();
    for (Key key : wanted) {
      places.putIfAbsent(key, places.size());
    }
    ordered.sort(
        (a, b) ->
            Integer.compare(
                places.getOrDefault(a, Integer.MAX_VALUE),
                places.getOrDefault(b, Integer.MAX_VALUE)));
    return ordered;
  }

  private UsageTable.Section section(
      Key key, List<Counted.Chain> parts, Map<Inner, List<InnerJump>> inner) {
    Map<String, Sum> sums = new LinkedHashMap<>();
    List<String> order = new ArrayList<>();
    Sum came = new Sum();
    Set<ChainName> from = new LinkedHashSet<>();
    Set<Family> families = EnumSet.noneOf(Family.class);
    Optional<String> owner = Optional.empty();
    for (Counted.Chain part : parts) {
      owner = owner.or(part::owner);
      families.add(part.family());
      RowNames naming = naming(part);
      merge(order, naming.order());
      for (Counted.Count rule : part.rules()) {
        sums.computeIfAbsent(naming.name(rule), name -> new Sum()).add(rule, ledger);
      }
      for (Counted.Count jump : part.jumps()) {
        came.add(jump, ledger);
        from.add(jump.address().chain());
      }
      Inner to = new Inner(part.family(), part.table(), part.name().value());
      for (InnerJump jump : inner.getOrDefault(to, List.of())) {
        if (!jump.from().equals(part.name())) {
          came.add(jump.rule(), ledger);
          from.add(jump.from());
        }
      }
    }
    merge(order, new ArrayList<>(sums.keySet()));
    List<UsageTable.Row> rows = new ArrayList<>();
    for (String name : order) {
      if (sums.containsKey(name)) {
        rows.add(sums.get(name).row(name));
      }
    }
    return new UsageTable.Section(
        owner,
        key.table(),
        key.chain(),
        key.family(),
        families,
        List.copyOf(from),
        came.row("entered the chain"),
        rows);
  }

  /** Where a jump of acct's own chains leads. */
  private record Inner(Family family, TableName table, String to) {}

  /** A jump that is a rule of one of acct's own chains. */
  private record InnerJump(ChainName from, Counted.Count rule) {}

  private static Map<Inner, List<InnerJump>> inner(List<Counted.Chain> all) {
    Map<Inner, List<InnerJump>> inner = new HashMap<>();
    for (Counted.Chain chain : all) {
      for (Counted.Count rule :
          chain.owner().isPresent() ? chain.rules() : List.<Counted.Count>of()) {
        Optional<String> target = rule.rule().jumpTarget();
        if (target.isPresent()) {
          inner
              .computeIfAbsent(
                  new Inner(chain.family(), chain.table(), target.get()), to -> new ArrayList<>())
              .add(new InnerJump(chain.name(), rule));
        }
      }
    }
    return inner;
  }

  private RowNames naming(Counted.Chain chain) {
    return desired.isPresent()
        ? RowNames.of(desired.get(), ledger, chain.family(), chain.table(), chain.name())
        : RowNames.of(chain.rules(), ledger);
  }

  /** Puts what is not there yet before what follows it in the other order. */
  private static void merge(List<String> order, List<String> other) {
    Map<String, Integer> places = new HashMap<>();
    for (String name : order) {
      places.put(name, places.size());
    }
    List<String> merged = new ArrayList<>(order.size() + other.size());
    List<String> fresh = new ArrayList<>();
    int done = 0;
    for (String name : other) {
      Integer place = places.get(name);
      if (place == null) {
        fresh.add(name);
      } else if (place >= done) {
        merged.addAll(order.subList(done, place));
        merged.addAll(fresh);
        fresh.clear();
        merged.add(name);
        done = place + 1;
      }
    }
    merged.addAll(order.subList(done, order.size()));
    merged.addAll(fresh);
    order.clear();
    order.addAll(merged);
  }
}
