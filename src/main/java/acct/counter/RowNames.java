package acct.counter;

import acct.compile.Desired;
import acct.compile.PartName;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import acct.policy.PolicyPatterns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the rules of a chain are called, and which of them are one row: by their names in the kernel
 * alone, never by what they match. {@link PartName} says which names are one; where a comment is
 * not the name, the policy or the ledger knows it.
 */
public final class RowNames {
  private static final Pattern NAME = Pattern.compile(PolicyPatterns.RULE);

  private final Set<String> items = new HashSet<>();
  private final Map<String, String> rows = new HashMap<>();
  private final List<String> order = new ArrayList<>();
  private final Ledger ledger;

  private RowNames(Ledger ledger) {
    this.ledger = ledger;
  }

  /** By the policy, in its order; what it doesn't have is named by the ledger. */
  static RowNames of(
      Desired desired, Ledger ledger, Family family, TableName table, ChainName chain) {
    RowNames names = new RowNames(ledger);
    Optional<Desired.Chain> wanted = desired.table(family, table).chain(chain);
    if (wanted.isPresent()) {
      for (Desired.Counting rule : wanted.get().rules()) {
        if (names.rows.putIfAbsent(rule.kernelWhole(), rule.name()) == null) {
          names.order.add(rule.name());
        }
      }
    }
    return names;
  }

  /** By the names in the kernel, in the order of the rules. */
  public static RowNames of(List<Counted.Count> rules, Ledger ledger) {
    RowNames names = new RowNames(ledger);
    rules.forEach(rule -> names.items.add(rule.address().item()));
    for (Counted.Count rule : rules) {
      String row = names.name(rule);
      if (names.rows.putIfAbsent(row, row) == null) {
        names.order.add(row);
      }
    }
    return names;
  }

  /** The name of the row that a rule belongs to. */
  public String name(Counted.Count rule) {
    String item = rule.address().item();
    Optional<String> known = ledger.entry(rule.address()).flatMap(Entry::policyName);
    if (known.isPresent()) {
      return PartName.of(known.get()).whole();
    }
    String whole = PartName.of(item).whole();
    // acct's first part has no number: who writes anna#1 and anna#2 means two customers.
    boolean isPart =
        !items.contains(whole + "#1")
            && (NAME.matcher(whole).matches() || items.contains(whole) || rows.containsKey(whole));
    if (!whole.equals(item) && (!isPart || !Counted.hasOwnName(rule))) {
      return item;
    }
    return rows.getOrDefault(item, rows.getOrDefault(whole, whole));
  }

  /** The rows in their order; what the policy doesn't have comes behind. */
  List<String> order() {
    return order;
  }
}
