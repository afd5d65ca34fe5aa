package acct.compile;

import acct.netfilter.ChainName;
import acct.netfilter.Hook;
import acct.netfilter.Target;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The ways of packets through one table's chains: from which hooks each chain is reached, how deep
 * the jumps are, and how many rules a packet may meet.
 */
final class Walk {
  private final Map<String, Desired.Chain> chains = new HashMap<>();
  private final Map<String, Set<Hook>> hooks = new HashMap<>();
  private final Map<String, Long> rules = new HashMap<>();
  private final Map<String, Integer> depths = new HashMap<>();

  Walk(Desired.Table table) {
    for (Desired.Chain chain : table.chains()) {
      chains.put(chain.name().value(), chain);
    }
    for (Desired.Jump jump : table.jumps()) {
      reach(jump.to().value(), jump.hook());
    }
  }

  private void reach(String start, Hook hook) {
    List<String> open = new ArrayList<>(List.of(start));
    while (!open.isEmpty()) {
      String chain = open.remove(open.size() - 1);
      boolean first = hooks.computeIfAbsent(chain, name -> EnumSet.noneOf(Hook.class)).add(hook);
      if (first) {
        for (Desired.Counting rule : rulesOf(chain)) {
          called(rule).ifPresent(open::add);
        }
      }
    }
  }

  private List<Desired.Counting> rulesOf(String chain) {
    Desired.Chain found = chains.get(chain);
    return found == null ? List.of() : found.rules();
  }

  private Optional<String> called(Desired.Counting rule) {
    boolean call =
        rule.body().target() instanceof Target.Jump jump && chains.containsKey(jump.name());
    return call ? Optional.of(((Target.Jump) rule.body().target()).name()) : Optional.empty();
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
      for (Desired.Counting rule : rulesOf(chain)) {
        Optional<String> to = called(rule);
        known = to.isPresent() ? Math.max(known, 1 + depthBelow(to.get())) : known;
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
      known = 0L;
      for (Desired.Counting rule : rulesOf(chain)) {
        known += 1 + called(rule).map(this::rulesWalked).orElse(0L);
      }
      rules.put(chain, known);
    }
    return known;
  }
}
