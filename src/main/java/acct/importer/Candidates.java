package acct.importer;

import acct.compile.OwnerMark;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveTable;
import acct.netfilter.TableName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Live chains that a policy could describe: all their rules count, return, or jump to such a chain,
 * and one at least counts.
 */
public final class Candidates {
  /**
   * A chain that only counts.
   *
   * @param families in which it does; it has to in all in which it exists
   * @param rules the most it has in one family
   * @param from the chains that jump there, in any family
   * @param owner the policy whose chain it is already
   */
  public record Candidate(
      TableName table,
      ChainName chain,
      Set<Family> families,
      int rules,
      Set<ChainName> from,
      Optional<String> owner) {
    public Candidate {
      families = Set.copyOf(families);
      from = Set.copyOf(from);
    }
  }

  /** What is known of a chain of one family. */
  private static final class Node {
    private final Set<ChainName> callers = new TreeSet<>();
    private final int rules;
    private boolean counts;
    private boolean decides;
    private Optional<String> owner = Optional.empty();

    Node(int rules) {
      this.rules = rules;
    }
  }

  private Candidates() {}

  /** Those of one table, by name, in the order of the dumps. */
  public static List<Candidate> of(TableName name, List<Importer.Source> sources) {
    Map<ChainName, Candidate> found = new LinkedHashMap<>();
    Set<ChainName> decide = new HashSet<>();
    for (Importer.Source source : sources) {
      nodes(source.table())
          .forEach(
              (chain, node) -> {
                if (node.decides) {
                  decide.add(chain);
                } else if (node.counts) {
                  Candidate here =
                      new Candidate(
                          name,
                          chain,
                          Set.of(source.family()),
                          node.rules,
                          node.callers,
                          node.owner);
                  found.merge(chain, here, Candidates::both);
                }
              });
    }
    found.keySet().removeAll(decide);
    return List.copyOf(found.values());
  }

  private static Candidate both(Candidate one, Candidate other) {
    Set<Family> families = new HashSet<>(one.families());
    families.addAll(other.families());
    Set<ChainName> from = new HashSet<>(one.from());
    from.addAll(other.from());
    return new Candidate(
        one.table(),
        one.chain(),
        families,
        Math.max(one.rules(), other.rules()),
        from,
        one.owner().or(other::owner));
  }

  private static Map<ChainName, Node> nodes(LiveTable table) {
    Map<ChainName, Node> nodes = new LinkedHashMap<>();
    for (LiveChain chain : table.chains().values()) {
      Node node = new Node(chain.rules().size());
      nodes.put(chain.name(), node);
      // No policy's chain is called so, whatever its rules do.
      node.decides = chain.name().isBuiltIn();
    }
    for (LiveChain chain : table.chains().values()) {
      for (LiveRule rule : chain.rules()) {
        look(chain.name(), rule, table, nodes);
      }
    }
    spread(nodes);
    return nodes;
  }

  private static void look(
      ChainName chain, LiveRule rule, LiveTable table, Map<ChainName, Node> nodes) {
    Node node = nodes.get(chain);
    List<String> words = rule.words();
    boolean jumps = words.contains("-j");
    if (!jumps && !words.contains("-g")) {
      node.counts = true;
      return;
    }
    Optional<ChainName> to = table.target(rule);
    if (to.isPresent()) {
      Node target = nodes.get(to.get());
      target.callers.add(chain);
      Optional<String> mark = OwnerMark.owner(words);
      target.owner = target.owner.or(() -> mark);
    }
    boolean returns = words.get(words.size() - 1).equals("RETURN");
    node.decides |= !jumps || to.isEmpty() && !returns;
  }

  /** A chain that leads to one that decides does so itself; likewise for one that counts. */
  private static void spread(Map<ChainName, Node> nodes) {
    Deque<Node> open = new ArrayDeque<>(nodes.values());
    while (!open.isEmpty()) {
      Node node = open.remove();
      for (ChainName caller : new ArrayList<>(node.callers)) {
        Node above = nodes.get(caller);
        boolean changed = node.decides && !above.decides || node.counts && !above.counts;
        above.decides |= node.decides;
        above.counts |= node.counts;
        if (changed) {
          open.add(above);
        }
      }
    }
  }
}
