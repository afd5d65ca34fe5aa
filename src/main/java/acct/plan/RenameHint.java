package acct.plan;

import acct.compile.PartName;
import acct.netfilter.RuleBody;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An entry for {@code moved} that would keep a counter: a rule goes, and a new one in the same
 * chain matches just what it matched.
 *
 * @param from {@code CHAIN/rule}, the name that goes
 * @param to {@code CHAIN/rule}, the new name
 */
public record RenameHint(String from, String to) {
  /** What a plan could be told; each name once, and the same in both families once. */
  public static List<RenameHint> of(Plan plan) {
    List<RenameHint> hints = new ArrayList<>();
    Set<String> used = new HashSet<>();
    for (TablePlan table : plan.tables()) {
      for (ChainPlan chain : table.chains()) {
        collect(chain, used, hints);
      }
    }
    return hints;
  }

  private static void collect(ChainPlan chain, Set<String> used, List<RenameHint> into) {
    Map<RuleBody, Change.RuleRemoved> gone = new HashMap<>();
    for (Change change : chain.changes()) {
      if (change instanceof Change.RuleRemoved removed && removed.named()) {
        gone.putIfAbsent(removed.body(), removed);
      }
    }
    if (gone.isEmpty()) {
      return;
    }
    for (Change change : chain.changes()) {
      if (change instanceof Change.RuleAdded added && gone.containsKey(added.rule().body())) {
        String was = PartName.of(gone.get(added.rule().body()).label()).whole();
        String from = chain.name().value() + "/" + was;
        String to = chain.name().value() + "/" + added.rule().name();
        boolean isNew = !was.equals(added.rule().name()) && used.add(from) & used.add(to);
        if (isNew) {
          into.add(new RenameHint(from, to));
        }
      }
    }
  }
}
