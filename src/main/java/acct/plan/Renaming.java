package acct.plan;

import acct.compile.Desired;
import acct.netfilter.ChainName;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A live table as it is once chains have their new names: {@code -E} keeps their rules and
 * counters, and the jumps to them follow.
 *
 * @param applied the renames that are to be done: those whose old name is there and new name is not
 */
record Renaming(LiveTable table, List<Change.ChainRenamed> applied) {
  static Renaming of(Desired.Table want, LiveTable live) {
    LiveTable table = live;
    List<Change.ChainRenamed> applied = new ArrayList<>();
    for (Desired.Rename rename : want.renames()) {
      if (isDue(table, rename.from(), rename.to())) {
        table = renamed(table, rename.from(), rename.to());
        applied.add(new Change.ChainRenamed(rename.from(), rename.to(), rename.position()));
      }
    }
    return new Renaming(table, applied);
  }

  /**
   * A table as it is once chains have new names, where they don't have them already.
   *
   * @param renames the new names by the old ones
   */
  static LiveTable given(Map<ChainName, ChainName> renames, LiveTable live) {
    LiveTable table = live;
    for (Map.Entry<ChainName, ChainName> rename : renames.entrySet()) {
      if (isDue(table, rename.getKey(), rename.getValue())) {
        table = renamed(table, rename.getKey(), rename.getValue());
      }
    }
    return table;
  }

  private static boolean isDue(LiveTable table, ChainName from, ChainName to) {
    return table.chain(from).isPresent() && table.chain(to).isEmpty();
  }

  private static LiveTable renamed(LiveTable table, ChainName from, ChainName to) {
    Map<ChainName, LiveChain> chains = new LinkedHashMap<>();
    for (LiveChain chain : table.chains().values()) {
      ChainName name = chain.name().equals(from) ? to : chain.name();
      List<LiveRule> rules = new ArrayList<>(chain.rules().size());
      for (LiveRule rule : chain.rules()) {
        rules.add(follows(rule, from, to));
      }
      chains.put(name, new LiveChain(name, chain.policy(), chain.counters(), rules));
    }
    return new LiveTable(table.name(), chains, table.undecoded());
  }

  /** The rule with its jump to the new name, if it jumps to the old one. */
  private static LiveRule follows(LiveRule rule, ChainName from, ChainName to) {
    if (!rule.jumpsTo(from)) {
      return rule;
    }
    // A jump to a chain has no options behind it.
    List<String> follow = new ArrayList<>(rule.words());
    follow.set(follow.size() - 1, to.value());
    return new LiveRule(rule.counters(), follow, rule.line());
  }
}
