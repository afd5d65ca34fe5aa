package acct.plan;

import acct.compile.OwnerMark;
import acct.counter.HelperChains;
import acct.counter.LiveView;
import acct.diagnostic.Diagnostics;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.netfilter.TableName;
import acct.text.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What names a plan, and the state it was made from. No counter enters, so traffic changes neither.
 *
 * @param base of the policies and the intent, the backend and its version, and acct's own part of
 *     the live state
 * @param planId of the base and of what the plan does
 */
public record Fingerprint(String base, String planId) {
  private static final int HEX_DIGITS = 32;

  /** The fingerprint of a plan. */
  public static Fingerprint of(Plan plan) {
    Hashed base = new Hashed();
    base.add(plan.policies().toString());
    base.add(plan.intent().toString());
    base.add(plan.backends().toString());
    for (TablePlan table : plan.tables()) {
      base.add(table.family() + "/" + table.table());
      table.wantedJumps().forEach(jump -> base.add("want " + jump));
      table.liveJumps().forEach(jump -> base.add("live " + jump));
      for (ChainPlan chain : table.chains()) {
        base.add(chain.name().value() + " " + chain.owner() + " " + chain.kind());
        chain.wanted().forEach(rule -> base.add("want", rule.rule().words()));
        chain.live().forEach(rule -> base.add("live", rule.words()));
        chain.unmanaged().forEach(rule -> base.add("kept " + rule.livePosition()));
      }
    }
    Hashed whole = new Hashed();
    whole.add(base.hex());
    for (Plan.Located located : plan.changes()) {
      whole.add(located.change().action() + " " + located.address());
      whole.add(place(located.change()));
    }
    return new Fingerprint(base.hex(), whole.hex());
  }

  /**
   * Names the rules that policies own in live rulesets, without their counters: what has to be the
   * same for an undo to fit.
   */
  public static String ofOwned(Set<String> owners, List<LiveRuleset> live) {
    Hashed hashed = new Hashed();
    for (LiveRuleset found : live) {
      LiveRuleset one = HelperChains.without(found);
      for (TableName name : new TreeSet<>(one.ruleset().tables().keySet())) {
        addOwned(hashed, owners, one.family(), one.ruleset().table(name));
      }
    }
    return hashed.hex();
  }

  /**
   * Names the rules that policies own in one table, by which it is told whether a transaction
   * stands.
   *
   * @param renames the new names of chains, by their old ones, that are taken to be given already
   */
  public static String ofOwned(
      Set<String> owners, LiveRuleset live, TableName name, Map<ChainName, ChainName> renames) {
    LiveTable table = HelperChains.without(live).ruleset().table(name);
    Hashed hashed = new Hashed();
    addOwned(hashed, owners, live.family(), Renaming.given(renames, table));
    return hashed.hex();
  }

  /**
   * Adds the chains of a table that policies own, and the jumps to them from other chains. The
   * words are those of the dump: the kernel prints equal rules alike, and reading them costs more
   * than all the rest.
   */
  private static void addOwned(Hashed hashed, Set<String> owners, Family family, LiveTable table) {
    LiveView view = new LiveView(family, table, "", new Diagnostics());
    List<LiveView.Reference> jumps = new ArrayList<>();
    for (ChainName chain : new TreeSet<>(view.ownedChains())) {
      String owner = view.owner(chain).orElseThrow();
      if (owners.contains(owner)) {
        hashed.add(family + "/" + table.name() + "/" + chain.value() + " " + owner);
        for (LiveRule rule : table.chain(chain).map(LiveChain::rules).orElse(List.of())) {
          hashed.add("rule", rule.words());
        }
        jumps.addAll(view.references(chain));
      }
    }
    jumps.removeIf(
        jump ->
            view.owner(jump.from()).isPresent()
                || OwnerMark.owner(jump.rule().rule().comments()).isEmpty());
    jumps.sort(Comparator.comparing(LiveView.Reference::from).thenComparing(order -> order));
    jumps.forEach(jump -> hashed.add(jump.from().value(), jump.rule().live().words()));
  }

  private static String place(Change change) {
    String from =
        change instanceof Change.Taken taken ? Integer.toString(taken.livePosition()) : "";
    String to = change instanceof Change.Written written ? written.slot().toString() : "";
    return from + ">" + to;
  }

  /** Text that is hashed at once: a call for each word takes longer than the hash itself. */
  private static final class Hashed {
    private final StringBuilder text = new StringBuilder();

    void add(String one) {
      text.append(one).append('\0');
    }

    void add(String kind, List<String> words) {
      text.append(kind).append(' ').append(words.size()).append('\0');
      for (String word : words) {
        text.append(word).append('\0');
      }
    }

    String hex() {
      return Sha256.hex(text.toString().getBytes(StandardCharsets.UTF_8)).substring(0, HEX_DIGITS);
    }
  }
}
