package acct.counter;

import acct.compile.DerivedName;
import acct.compile.OwnerMark;
import acct.diagnostic.Diagnostics;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.netfilter.Rule;
import acct.netfilter.RuleParser;
import acct.netfilter.TableName;
import acct.netfilter.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The counters of a live ruleset by the names they go by: what a rule's comment says, else what a
 * policy would call it. No policy is needed for it, since the mark of ownership is in the kernel.
 */
public final class Counted {
  /**
   * A rule and its name.
   *
   * @param position in its chain, from 1
   */
  public record Count(CounterId address, int position, LiveRule rule) {}

  /**
   * A chain that counts.
   *
   * @param owner the policy it belongs to; nothing for a chain that acct never saw
   * @param jumps what leads there from chains that are not acct's
   */
  public record Chain(
      Family family,
      TableName table,
      ChainName name,
      Optional<String> owner,
      List<Count> jumps,
      List<Count> rules) {
    public Chain {
      jumps = List.copyOf(jumps);
      rules = List.copyOf(rules);
    }
  }

  private Counted() {}

  /** A chain of a table. */
  public record Place(Family family, TableName table, ChainName chain) {
    // Written out: what the compiler makes for a record is linked at run time, some ms each.
    @Override
    public boolean equals(Object other) {
      return other instanceof Place that
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

  /** All chains that policies own, by table, in the dump's order. */
  public static List<Chain> owned(LiveRuleset live) {
    return owned(live, Set.of());
  }

  /**
   * The same.
   *
   * @param found a live ruleset
   * @param also chains that were owned and may have lost their mark, if they are still there
   */
  public static List<Chain> owned(LiveRuleset found, Set<Place> also) {
    LiveRuleset live = HelperChains.without(found);
    List<Chain> owned = new ArrayList<>();
    for (LiveTable table : live.ruleset().tables().values()) {
      LiveView view = new LiveView(live.family(), table, live.name(), new Diagnostics());
      for (ChainName chain : table.chains().keySet()) {
        boolean known = also.contains(new Place(live.family(), table.name(), chain));
        if (known || view.owner(chain).isPresent()) {
          owned.add(chain(live.family(), table, view, chain));
        }
      }
    }
    return owned;
  }

  /** The chain of that name in every table that has one, whoever made it. */
  public static List<Chain> named(LiveRuleset live, ChainName name) {
    List<Chain> named = new ArrayList<>();
    for (LiveTable table : live.ruleset().tables().values()) {
      if (table.chain(name).isPresent()) {
        LiveView view = new LiveView(live.family(), table, live.name(), new Diagnostics());
        named.add(chain(live.family(), table, view, name));
      }
    }
    return named;
  }

  private static Chain chain(Family family, LiveTable table, LiveView view, ChainName name) {
    List<LiveRule> rules = table.chain(name).map(LiveChain::rules).orElse(List.of());
    List<String> labels = new ArrayList<>(rules.size());
    for (LiveRule rule : rules) {
      labels.add(label(rule, family));
    }
    List<Count> counts = new ArrayList<>(rules.size());
    List<String> items = unique(labels);
    for (int i = 0; i < items.size(); i++) {
      CounterId address = new CounterId.Rule(family, table.name(), name, items.get(i));
      counts.add(new Count(address, i + 1, rules.get(i)));
    }
    List<Count> jumps = new ArrayList<>();
    Map<CounterId, Integer> seen = new HashMap<>();
    for (LiveView.Reference jump : view.references(name)) {
      if (view.owner(jump.from()).isEmpty()) {
        CounterId.Jump one =
            CounterId.Jump.of(family, table.name(), jump.from(), name, jump.rule().rule().body());
        CounterId id = one.numbered(seen.merge(one, 1, Integer::sum));
        jumps.add(new Count(id, jump.rule().position(), jump.rule().live()));
      }
    }
    return new Chain(family, table.name(), name, view.owner(name), jumps, counts);
  }

  /**
   * Whether a rule only counts: it has no target, RETURN, or a chain that is acct's. Any other is
   * somebody else's, also where it stands in a chain of acct's.
   *
   * @param ours the chains of its table that are acct's
   */
  public static boolean onlyCounts(LiveRule rule, Family family, Set<ChainName> ours) {
    if (rule.jumpTarget().isEmpty()) {
      return true;
    }
    Target target = RuleParser.parseLive(rule.words(), family).body().target();
    return target instanceof Target.None || target.isReturn() || target.callsOneOf(ours);
  }

  /** The comment, found without reading the rule: there may be a hundred thousand. */
  private static String label(LiveRule rule, Family family) {
    List<String> words = rule.words();
    List<String> comments = new ArrayList<>(1);
    for (int i = 2; i + 1 < words.size(); i++) {
      boolean isComment =
          words.get(i).equals("--comment")
              && words.get(i - 1).equals("comment")
              && words.get(i - 2).equals("-m");
      if (isComment) {
        comments.add(words.get(i + 1));
      }
    }
    Optional<String> label = OwnerMark.label(comments);
    return label.isPresent()
        ? label.get()
        : DerivedName.of(RuleParser.parseLive(words, family).body());
  }

  /** Whether a rule goes by a name of its own, and not by one that was numbered. */
  public static boolean hasOwnName(Count count) {
    return label(count.rule(), count.address().family()).equals(count.address().item());
  }

  /** The names that the rules of a chain go by, in their order. */
  public static List<String> items(List<Rule> rules) {
    List<String> labels = new ArrayList<>(rules.size());
    for (Rule rule : rules) {
      labels.add(OwnerMark.label(rule.comments()).orElseGet(() -> DerivedName.of(rule.body())));
    }
    return unique(labels);
  }

  /**
   * In a chain that somebody else has written into, a name may stand twice: then it is numbered,
   * and not like a name that is there.
   */
  private static List<String> unique(List<String> labels) {
    Set<String> taken = new HashSet<>(2 * labels.size());
    boolean allUnique = true;
    for (String label : labels) {
      allUnique &= taken.add(label);
    }
    if (allUnique) {
      return labels;
    }
    Set<String> used = new HashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    List<String> unique = new ArrayList<>(labels.size());
    for (String label : labels) {
      String name = label;
      boolean isFree = used.add(name);
      while (!isFree) {
        name = numbered(label, seen.merge(label, 2, (count, one) -> count + 1));
        isFree = !taken.contains(name) && used.add(name);
      }
      unique.add(name);
    }
    return unique;
  }

  private static String numbered(String label, int count) {
    return count == 1 ? label : label + "#" + count;
  }
}
