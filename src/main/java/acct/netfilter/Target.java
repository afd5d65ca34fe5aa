package acct.netfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a rule does with the packets it matches, besides counting them. */
public sealed interface Target {
  /** No {@code -j} and no {@code -g}. */
  record None() implements Target {}

  /**
   * {@code -j NAME}: a chain, a verdict, or an extension.
   *
   * @param arguments of an extension; none for a chain
   */
  record Jump(String name, List<String> arguments) implements Target {
    public Jump {
      arguments = List.copyOf(arguments);
    }
  }

  /** {@code -g CHAIN}: a jump that does not come back here, but to where this chain was called. */
  record Goto(String chain) implements Target {}

  /** A rule that could not be read: whatever it does, acct must not touch it. */
  record Unknown() implements Target {}

  /** No target: the packet goes on to the next rule. */
  static None none() {
    return new None();
  }

  /** The packet leaves the chain, as if at its end. */
  static Jump returning() {
    return new Jump("RETURN", List.of());
  }

  /** A jump to a chain. */
  static Jump call(ChainName chain) {
    return new Jump(chain.value(), List.of());
  }

  default boolean isReturn() {
    return this instanceof Jump jump && jump.name().equals("RETURN");
  }

  /** Whether this is a jump to that very chain. */
  default boolean calls(ChainName chain) {
    return this instanceof Jump jump
        && jump.arguments().isEmpty()
        && jump.name().equals(chain.value());
  }

  /** Whether this is a jump to one of those chains. */
  default boolean callsOneOf(Set<ChainName> chains) {
    return this instanceof Jump jump
        && jump.arguments().isEmpty()
        && ChainName.isValid(jump.name())
        && chains.contains(new ChainName(jump.name()));
  }

  /** The words that say it. */
  default List<String> words() {
    if (this instanceof Jump jump) {
      if (jump.arguments().isEmpty()) {
        return List.of("-j", jump.name());
      }
      List<String> words = new ArrayList<>(List.of("-j", jump.name()));
      words.addAll(jump.arguments());
      return List.copyOf(words);
    }
    return this instanceof Goto jump ? List.of("-g", jump.chain()) : List.of();
  }
}
