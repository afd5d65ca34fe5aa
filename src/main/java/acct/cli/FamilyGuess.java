package acct.cli;

import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveTable;
import acct.netfilter.Ruleset;
import java.util.List;
import java.util.Optional;

/**
 * Tells the family of a dump without a header, such as /etc/sysconfig/iptables, by its addresses.
 */
final class FamilyGuess {
  private FamilyGuess() {}

  /** The family of the first address in a rule; nothing when there is none. */
  static Optional<Family> of(Ruleset ruleset) {
    for (LiveTable table : ruleset.tables().values()) {
      for (LiveChain chain : table.chains().values()) {
        for (LiveRule rule : chain.rules()) {
          Optional<Family> family = of(rule.words());
          if (family.isPresent()) {
            return family;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Family> of(List<String> words) {
    for (int i = 0; i + 1 < words.size() && !words.get(i).equals("-m"); i++) {
      boolean address = words.get(i).equals("-s") || words.get(i).equals("-d");
      if (address) {
        return Optional.of(words.get(i + 1).indexOf(':') >= 0 ? Family.IPV6 : Family.IPV4);
      }
    }
    return Optional.empty();
  }
}
