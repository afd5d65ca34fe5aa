package acct.netfilter;

import java.util.List;
import java.util.Optional;

/**
 * A chain of a dump.
 *
 * @param policy what becomes of packets at its end ({@code ACCEPT}, {@code DROP}); only a built-in
 *     chain has one
 * @param counters of the policy; legacy zeroes them at every commit, so they are worth nothing
 * @param rules in the order packets meet them
 */
public record LiveChain(
    ChainName name, Optional<String> policy, Counters counters, List<LiveRule> rules) {
  public LiveChain {
    rules = List.copyOf(rules);
  }
}
