package acct.compile;

import acct.netfilter.ChainName;
import acct.netfilter.Hook;
import acct.netfilter.Target;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The ways of packets through one table's chains: from which hooks each chain is reached, how deep
 * the jumps are, and how many rules a packet may meet.
 */
final class Walk {
  private static final long MOST_RULES = Long.MAX_VALUE / 2;

  /** What a chain's jumps lead to, once for each jump. */
  private final Map<String, List<String>> calls = new HashMap<>();

  private final Map<String, Set<Hook>> hooks = new HashMap<>();
  private final Set<String> fromOthers = new HashSet<>();
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
      Optional<Hook> hook = Hook.of(jump.from().value());
      if (hook.isPresent()) {
        reach(jump.to().value(), chain -> hooksOf(chain).add(hook.get()));
      } else {
        reach(jump.to().value(), fromOthers::add);
      }
    }
  }

  private void collectCall(Desired.Counting rule, List<String> into) {
    if (rule.body().target() instanceof Target.Jump jump && sizes.containsKey(jump.name())) {
      into.add(jump.name());
    }
  }

  /**
   * Goes from a chain to all that it calls, and on from each that is new.
   *
   * @param isNew notes a chain, and says whether it was not noted before
   */
  private void reach(String start, Predicate<String> isNew) {
    List<String> open = new ArrayList<>(List.of(start));
    while (!open.isEmpty()) {
      String chain = open.remove(open.size() - 1);
      if (isNew.test(chain)) {
        open.addAll(calls.getOrDefault(chain, List.of()));
      }
    }
  }

  /** Whether packets come from a chain of others, which may be in any hook. */
  boolean isReachedFromOthers(ChainName chain) {
    return fromOthers.contains(chain.value());
  }

  private Set<Hook> hooksOf(String chain) {
    return hooks.computeIfAbsent(chain, name -> EnumSet.noneOf(Hook.class));
  }

  /** The hooks whose packets come to a chain. */
  Set<Hook> hooks(ChainName chain) {
    return hooks.getOrDefault(chain.value(), Set.of());
  }

  /** How many jumps lie behind a chain: none for one that only counts. */
  int depthBelow(ChainName chain) {
    measure(chain.value());
    return depths.get(chain.value());
  }

  /** How many rules a packet meets in a chain and in all it calls, at the most. */
  long rulesWalked(ChainName chain) {
    measure(chain.value());
    return rules.get(chain.value());
  }

  /**
   * Measures a chain after all that it calls, with a stack of its own: a policy may chain thousands
   * of chains. There are no circles, for those are refused before.
   */
  private void measure(String start) {
    Deque<String> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      String chain = open.peek();
      List<String> called = calls.getOrDefault(chain, List.of());
      int before = open.size();
      if (!depths.containsKey(chain)) {
        called.stream().filter(one -> !depths.containsKey(one)).forEach(open::push);
      }
      if (open.size() == before) {
        open.pop();
        measure(chain, called);
      }
    }
  }

  private void measure(String chain, List<String> called) {
    int depth = 0;
    long walked = sizes.getOrDefault(chain, 0);
    for (String one : called) {
      depth = Math.max(depth, 1 + depths.get(one));
      // Chains that each call the next one twice make more than any number holds.
      walked = Math.min(MOST_RULES, walked + rules.get(one));
    }
    depths.put(chain, depth);
    rules.put(chain, walked);
  }
}
