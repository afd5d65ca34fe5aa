package acct.totals;

import acct.compile.Desired;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.RuleBody;
import acct.netfilter.RuleParser;
import acct.netfilter.TableName;
import acct.plan.Counted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the rules of a chain are called, and which of them are one counter: a rule with a list is
 * NAME, NAME.2, NAME.3 … in the kernel.
 */
public final class Naming {
  private static final int MOST_DIGITS = 6;

  private final Map<String, String> names = new HashMap<>();
  private final Map<RuleBody, String> byBody = new HashMap<>();
  private final List<String> order = new ArrayList<>();

  private Naming() {}

  /** By the policy: what came from one of its rules is one counter, in its order. */
  static Naming of(Desired desired, Family family, TableName table, ChainName chain) {
    Naming naming = new Naming();
    for (Desired.Chain one : desired.table(family, table).chains()) {
      if (!one.name().equals(chain)) {
        continue;
      }
      String whole = "";
      Desired.Counting first = null;
      for (Desired.Counting rule : one.rules()) {
        boolean part =
            first != null
                && rule.position().equals(first.position())
                && isPart(rule.label(), whole);
        if (!part) {
          whole = rule.label();
          first = rule;
          naming.order.add(whole);
        }
        naming.names.put(rule.label(), whole);
        naming.byBody.putIfAbsent(rule.body(), whole);
      }
    }
    return naming;
  }

  /** By the names alone: NAME.2 belongs to a NAME that is there, NAME.3 to a NAME.2. */
  public static Naming of(List<Counted.Count> rules) {
    Naming naming = new Naming();
    Set<String> all = new HashSet<>();
    for (Counted.Count rule : rules) {
      all.add(item(rule));
    }
    Map<String, Integer> lasts = new HashMap<>();
    for (Counted.Count rule : rules) {
      String item = item(rule);
      String whole = whole(item, all, lasts);
      naming.names.put(item, whole);
      if (whole.equals(item)) {
        naming.order.add(item);
      }
    }
    return naming;
  }

  private static boolean isPart(String label, String whole) {
    return label.startsWith(whole + ".") && isNumber(label.substring(whole.length() + 1));
  }

  private static String whole(String item, Set<String> all, Map<String, Integer> lasts) {
    int dot = item.lastIndexOf('.');
    String tail = item.substring(dot + 1);
    boolean numbered = dot > 0 && !tail.isEmpty() && tail.length() <= MOST_DIGITS;
    if (!numbered || !isNumber(tail) || !all.contains(item.substring(0, dot))) {
      return item;
    }
    String base = item.substring(0, dot);
    int number = Integer.parseInt(tail);
    int last = lasts.computeIfAbsent(base, name -> last(name, all));
    return number > 1 && number <= last ? base : item;
  }

  /** The last of NAME.2, NAME.3 … without a gap. */
  private static int last(String name, Set<String> all) {
    int last = 1;
    while (all.contains(name + "." + (last + 1))) {
      last++;
    }
    return last;
  }

  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static String item(Counted.Count rule) {
    return rule.address().item().orElse("");
  }

  /** The name of the row that a rule belongs to. */
  public String name(Counted.Count rule) {
    String name = names.get(item(rule));
    if (name != null) {
      return name;
    }
    if (!byBody.isEmpty()) {
      RuleBody body = RuleParser.parseLive(rule.rule().words(), rule.address().family()).body();
      String meant = byBody.get(body);
      if (meant != null) {
        return meant;
      }
    }
    return item(rule);
  }

  /** The rows in their order; what the policy doesn't have comes behind. */
  List<String> order() {
    return order;
  }
}
