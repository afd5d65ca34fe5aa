package acct.compile;

import acct.netfilter.ChainName;
import acct.netfilter.Hook;
import acct.netfilter.Target;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The ways of packets through one table's chains: from which hooks each chain is reached, how deep
 * the jumps are, and how many rules a packet may meet.
 */
final class Walk {
  /** What a chain's jumps lead to, once for each jump. */
  private final Map<String, List<String>> calls = new HashMap<>();

  private final Map<String, Set<Hook>> hooks = new HashMap<>();
  private final Map<String, Long> rules = new HashMap<>();
  private final Map<String, Integer> depths = new HashMap<>();
  private final Map<String, Integer> sizes = new HashMap<>();

  Walk(Desired.Table table) {
    for (Desired.Chain chain : table.chains()) {
      sizes.put(chain.name().value(), chain.rules().size());
    }
    for (Desired.Chain chain : table.chains()) {
      List<String> called = new ArrayList<>();
      for (Desired.Counting rule : chain.rules()) {
        collectCall(rule, called);
      }
      calls.put(chain.name().value(), called);
    }
    for (Desired.Jump jump : table.jumps()) {
      reach(jump.to().value(), jump.hook());
    }
  }

  private void collectCall(Desired.Counting rule, List<String> into) {
    if (rule.body().target() instanceof Target.Jump jump && sizes.containsKey(jump.name())) {
      into.add(jump.name());
    }
  }

  private void reach(String start, Hook hook) {
    List<String> open = new ArrayList<>(List.of(start));
    while (!open.isEmpty()) {
      String chain = open.remove(open.size() - 1);
      boolean first = hooks.computeIfAbsent(chain, name -> EnumSet.noneOf(Hook.class)).add(hook);
      if (first) {
        open.addAll(calls.getOrDefault(chain, List.of()));
      }
    }
  }

  /** The hooks whose packets come to a chain. */
  Set<Hook> hooks(ChainName chain) {
    return hooks.getOrDefault(chain.value(), Set.of());
  }

  /** How many jumps lie behind a chain: none for one that only counts. */
  int depthBelow(ChainName chain) {
    return depthBelow(chain.value());
  }

  private int depthBelow(String chain) {
    Integer known = depths.get(chain);
    if (known == null) {
      known = 0;
      for (String called : calls.getOrDefault(chain, List.of())) {
        known = Math.max(known, 1 + depthBelow(called));
      }
      depths.put(chain, known);
    }
    return known;
  }

  /** How many rules a packet meets in a chain and in all it calls, at the most. */
  long rulesWalked(ChainName chain) {
    return rulesWalked(chain.value());
  }

  private long rulesWalked(String chain) {
    Long known = rules.get(chain);
    if (known == null) {
      known = (long) sizes.getOrDefault(chain, 0);
      for (String called : calls.getOrDefault(chain, List.of())) {
        known += rulesWalked(called);
      }
      rules.put(chain, known);
    }
    return known;
  }
}
