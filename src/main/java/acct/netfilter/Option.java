package acct.netfilter;

import java.util.List;
import java.util.Optional;

/**
 * One option of iptables that narrows what a rule matches: a row of {@link MatchTable}.
 *
 * @param name as iptables-save prints it: {@code -s}, {@code --dport}
 * @param aliases other spellings that iptables reads
 * @param arity how many words follow
 * @param reader what those words mean
 * @param vanishing the value under which the option says nothing, and iptables-save leaves it out
 * @param standsFor the option that this one is another way to say
 * @param writes when it writes what other rules see, or the packet
 */
public record Option(
    String name,
    List<String> aliases,
    int arity,
    Reader reader,
    Optional<Value> vanishing,
    Optional<Option> standsFor,
    Writes writes) {
  /** When an option makes its match write what other rules see. */
  public enum Writes {
    NEVER,
    UNLESS_NEGATED,
    ALWAYS
  }

  /** Reads an option's words as iptables does. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads the words behind one option.
     *
     * @param words as many as the option's arity
     * @throws BadValueException where iptables would refuse them
     */
    Value read(List<String> words, Family family) throws BadValueException;
  }

  /** An option of one word that is always printed. */
  static Option of(String name, Reader reader, String... aliases) {
    return ofWords(name, 1, reader, aliases);
  }

  /** An option of several words. */
  static Option ofWords(String name, int arity, Reader reader, String... aliases) {
    return new Option(
        name, List.of(aliases), arity, reader, Optional.empty(), Optional.empty(), Writes.NEVER);
  }

  /** An option without a word. */
  static Option flag(String name, String... aliases) {
    return ofWords(name, 0, (words, family) -> Flag.SET, aliases);
  }

  /** The same, left out when it has that value. */
  Option vanishingAt(Value value) {
    return new Option(name, aliases, arity, reader, Optional.of(value), standsFor, writes);
  }

  /** The same, left out when it has that text as its value. */
  Option vanishingAt(String text) {
    return vanishingAt(new Text(text));
  }

  /** The same, as another way to say that option. */
  Option standingFor(Option other) {
    return new Option(name, aliases, arity, reader, vanishing, Optional.of(other), writes);
  }

  /** The same, as one that makes its match write what other rules see. */
  Option writing(Writes when) {
    return new Option(name, aliases, arity, reader, vanishing, standsFor, when);
  }

  /** An extension has one option of a name. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Option option && name.equals(option.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
