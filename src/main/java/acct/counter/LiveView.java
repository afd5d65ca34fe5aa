package acct.counter;

import acct.compile.Desired;
import acct.compile.OwnerMark;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveTable;
import acct.netfilter.Rule;
import acct.netfilter.RuleParser;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * A live table as the diff sees it: who owns which chain, who jumps where, and the rules of chains
 * that matter, read. Rules of others are only looked at for where they jump.
 */
public final class LiveView {
  /** A live rule, read. */
  public record Parsed(int position, LiveRule live, Rule rule) {}

  /**
   * A jump or goto to a chain of the table.
   *
   * @param from the chain it stands in
   * @param to the chain it leads to
   */
  public record Reference(ChainName from, ChainName to, Parsed rule)
      implements Comparable<Reference> {
    /** By their place in the chain they stand in. */
    @Override
    public int compareTo(Reference other) {
      return Integer.compare(rule.position(), other.rule.position());
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  private final Family family;
  private final LiveTable table;
  private final String dump;
  private final Map<ChainName, List<Reference>> references = new HashMap<>();
  private final Map<ChainName, String> owners = new LinkedHashMap<>();

  public LiveView(Family family, LiveTable table, String dump, Diagnostics diagnostics) {
    this.family = family;
    this.table = table;
    this.dump = dump;
    collectReferences();
    collectOwners(diagnostics);
  }

  private void collectReferences() {
    for (LiveChain chain : table.chains().values()) {
      int position = 0;
      for (LiveRule live : chain.rules()) {
        position++;
        Optional<ChainName> target = table.target(live);
        if (target.isPresent()) {
          Parsed rule = new Parsed(position, live, RuleParser.parseLive(live.words(), family));
          references
              .computeIfAbsent(target.get(), name -> new ArrayList<>())
              .add(new Reference(chain.name(), target.get(), rule));
        }
      }
    }
  }

  private void collectOwners(Diagnostics diagnostics) {
    for (Map.Entry<ChainName, List<Reference>> to : references.entrySet()) {
      for (Reference jump : to.getValue()) {
        Optional<String> owner = OwnerMark.owner(jump.rule().rule().comments());
        if (owner.isPresent()) {
          own(to.getKey(), owner.get(), jump, diagnostics);
        }
      }
    }
    collectReached();
  }

  /**
   * A chain that nothing but one policy's own chains lead to is the policy's as well. Each jump is
   * looked at once, when the chain it stands in is known to be owned: there may be 20,000 chains in
   * a row.
   */
  private void collectReached() {
    Map<ChainName, List<ChainName>> targets = new HashMap<>();
    Map<ChainName, Integer> open = new HashMap<>();
    references.forEach(
        (chain, jumps) -> {
          open.put(chain, jumps.size());
          for (Reference jump : jumps) {
            targets.computeIfAbsent(jump.from(), from -> new ArrayList<>()).add(chain);
          }
        });
    Map<ChainName, String> common = new HashMap<>();
    Set<ChainName> divided = new HashSet<>();
    Deque<ChainName> owned = new ArrayDeque<>(owners.keySet());
    while (!owned.isEmpty()) {
      ChainName from = owned.remove();
      String owner = owners.get(from);
      for (ChainName chain : targets.getOrDefault(from, List.of())) {
        if (!owner.equals(common.computeIfAbsent(chain, first -> owner))) {
          divided.add(chain);
        }
        boolean all = open.merge(chain, -1, Integer::sum) == 0;
        boolean reached = all && !divided.contains(chain) && !chain.isBuiltIn();
        if (reached && owners.putIfAbsent(chain, owner) == null) {
          owned.add(chain);
        }
      }
    }
  }

  private void own(ChainName chain, String owner, Reference jump, Diagnostics diagnostics) {
    String other = owners.putIfAbsent(chain, owner);
    if (other != null && !other.equals(owner)) {
      diagnostics.error(
          Code.CONFLICT,
          position(jump.rule()),
          "chain " + chain + " is marked by two policies, " + other + " and " + owner);
    }
  }

  public Optional<String> owner(ChainName chain) {
    return Optional.ofNullable(owners.get(chain));
  }

  /** All policies that own a chain here, sorted. */
  public Set<String> owners() {
    return new TreeSet<>(owners.values());
  }

  /** The chains that have an owner, in the order of the dump. */
  public List<ChainName> ownedChains() {
    List<ChainName> owned = new ArrayList<>();
    for (ChainName chain : table.chains().keySet()) {
      if (owners.containsKey(chain)) {
        owned.add(chain);
      }
    }
    return owned;
  }

  public boolean exists(ChainName chain) {
    return table.chains().containsKey(chain);
  }

  public Family family() {
    return family;
  }

  /** Shows every rule of the table, with the chain it stands in. */
  public void eachRule(BiConsumer<ChainName, LiveRule> look) {
    for (LiveChain chain : table.chains().values()) {
      for (LiveRule rule : chain.rules()) {
        look.accept(chain.name(), rule);
      }
    }
  }

  /** The chain of the table that a rule leads to. */
  public Optional<ChainName> target(LiveRule rule) {
    return table.target(rule);
  }

  /** Who jumps there. */
  public List<Reference> references(ChainName chain) {
    return references.getOrDefault(chain, List.of());
  }

  /** The rules of a chain that is no longer asked for, read; none when there is no such chain. */
  public List<Parsed> rules(ChainName chain) {
    return rules(chain, List.of());
  }

  /**
   * The rules of a chain, read; none when there is no such chain. One that says word for word what
   * is asked for in its place is taken as read.
   */
  public List<Parsed> rules(ChainName chain, List<Desired.Counting> expected) {
    List<LiveRule> live = live(chain);
    List<Parsed> rules = new ArrayList<>(live.size());
    for (int i = 0; i < live.size(); i++) {
      LiveRule rule = live.get(i);
      boolean asExpected = i < expected.size() && expected.get(i).rule().isSaidBy(rule.words());
      Rule read = asExpected ? expected.get(i).rule() : RuleParser.parseLive(rule.words(), family);
      rules.add(new Parsed(i + 1, rule, read));
    }
    return rules;
  }

  private List<LiveRule> live(ChainName chain) {
    Optional<LiveChain> found = table.chain(chain);
    return found.isPresent() ? found.get().rules() : List.of();
  }

  /** Whether the dump has counters for a chain's rules; also where it has none. */
  public boolean hasCounters(ChainName chain) {
    for (LiveRule rule : live(chain)) {
      if (!rule.counters().known()) {
        return false;
      }
    }
    return true;
  }

  /** How many rules a chain has. */
  public int size(ChainName chain) {
    return live(chain).size();
  }

  /** Where a live rule stands in the dump. */
  public Position position(Parsed rule) {
    return new Position(dump, rule.live().line(), 0);
  }

  /** The dump as a whole. */
  public Position position() {
    return Position.file(dump);
  }
}
