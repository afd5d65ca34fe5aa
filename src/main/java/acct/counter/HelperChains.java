package acct.counter;

import acct.netfilter.ChainName;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.netfilter.Ruleset;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The chains that acct makes for a moment while it rebuilds rules. Each has a random token of its
 * run in its name and one rule, which counts and whose comment has the token too. A chain that only
 * is called so is somebody else's.
 */
public final class HelperChains {
  private static final String PREFIX = "acct-carry-";
  private static final int TOKEN = 8;

  private HelperChains() {}

  /**
   * The name of one.
   *
   * @param token of the run: eight hexadecimal digits
   * @param number of the chain in the run, from 1
   */
  public static ChainName name(String token, int number) {
    return new ChainName(PREFIX + token + "-" + number);
  }

  /** The comment of its rule, and of the jump to it. */
  public static String comment(String token) {
    return PREFIX + token;
  }

  private static Optional<String> token(ChainName chain) {
    String name = chain.value();
    int end = PREFIX.length() + TOKEN;
    boolean named = name.startsWith(PREFIX) && name.length() > end + 1 && name.charAt(end) == '-';
    return named ? Optional.of(name.substring(PREFIX.length(), end)) : Optional.empty();
  }

  /** Whether a live chain is one. */
  public static boolean isHelper(LiveChain chain) {
    Optional<String> token = token(chain.name());
    return token.isPresent()
        && chain.rules().size() == 1
        && chain
            .rules()
            .get(0)
            .words()
            .equals(List.of("-m", "comment", "--comment", comment(token.get())));
  }

  /** Those of a table. */
  public static Set<ChainName> of(LiveTable table) {
    Set<ChainName> helpers = new HashSet<>();
    for (LiveChain chain : table.chains().values()) {
      if (chain.name().value().startsWith(PREFIX) && isHelper(chain)) {
        helpers.add(chain.name());
      }
    }
    return helpers;
  }

  /**
   * The helper chain that a rule jumps to.
   *
   * @param helpers of its table
   */
  public static Optional<ChainName> target(LiveRule rule, Set<ChainName> helpers) {
    Optional<String> name = rule.jumpTarget();
    if (name.isEmpty() || !name.get().startsWith(PREFIX)) {
      return Optional.empty();
    }
    ChainName chain = new ChainName(name.get());
    return helpers.contains(chain) ? Optional.of(chain) : Optional.empty();
  }

  /** Whether a table has any. */
  public static boolean anyIn(Ruleset ruleset) {
    for (LiveTable table : ruleset.tables().values()) {
      if (!of(table).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /**
   * A ruleset as it is without them: what a run that was interrupted has left is no rule of a
   * policy, and the next run that may write removes it.
   */
  public static Ruleset without(Ruleset ruleset) {
    Map<TableName, LiveTable> tables = new LinkedHashMap<>();
    ruleset.tables().forEach((name, table) -> tables.put(name, without(table)));
    return new Ruleset(ruleset.family(), ruleset.backend(), tables);
  }

  /** The same of a live ruleset. */
  public static LiveRuleset without(LiveRuleset live) {
    return anyIn(live.ruleset())
        ? new LiveRuleset(live.family(), without(live.ruleset()), live.name(), live.backend())
        : live;
  }

  private static LiveTable without(LiveTable table) {
    Set<ChainName> helpers = of(table);
    if (helpers.isEmpty()) {
      return table;
    }
    Map<ChainName, LiveChain> chains = new LinkedHashMap<>();
    for (LiveChain chain : table.chains().values()) {
      if (!helpers.contains(chain.name())) {
        List<LiveRule> rules = new ArrayList<>(chain.rules());
        rules.removeIf(rule -> target(rule, helpers).isPresent());
        chains.put(
            chain.name(), new LiveChain(chain.name(), chain.policy(), chain.counters(), rules));
      }
    }
    return new LiveTable(table.name(), chains, table.undecoded());
  }
}
