package acct.netfilter;

import java.util.List;
import java.util.Optional;

/**
 * A rule of a dump, as the kernel holds it.
 *
 * @param counters what it has counted; {@link Counters#UNKNOWN} in a dump without {@code -c}
 * @param words what stands behind {@code -A CHAIN}
 * @param line where in the dump it begins, from 1
 */
public record LiveRule(Counters counters, List<String> words, int line) {
  /**
   * What stands behind the rule's last -j or -g: a chain or a target of an extension. Cheap, for
   * every rule of a large ruleset; {@link RuleParser} reads a rule as a whole.
   */
  public Optional<String> jumpTarget() {
    for (int i = words.size() - 2; i >= 0; i--) {
      String word = words.get(i);
      if (word.equals("-j") || word.equals("-g")) {
        return Optional.of(words.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /** Whether it jumps to that chain. */
  public boolean jumpsTo(ChainName chain) {
    return jumpTarget().filter(chain.value()::equals).isPresent();
  }
}
