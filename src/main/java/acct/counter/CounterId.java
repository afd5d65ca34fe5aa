package acct.counter;

import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.RuleBody;
import acct.netfilter.TableName;
import acct.netfilter.Words;
import java.util.Optional;

/**
 * What is counted, as the ledger, show, the journal and other programs know it: the counter of a
 * rule in a chain of acct's, or of a jump that leads there from a chain that is not acct's.
 */
public sealed interface CounterId {
  Family family();

  TableName table();

  /** The chain that the rule or the jump stands in. */
  ChainName chain();

  /** What it is called in that chain: a rule's label, or the chain that a jump leads to. */
  String item();

  /** For users: {@code ipv4/filter/INET_IN/http}. As bytes, like the names in it. */
  default String path() {
    return family().label() + "/" + table() + "/" + chain().value() + "/" + item();
  }

  /**
   * The counter of a rule.
   *
   * @param chain acct's
   * @param label the name that the kernel has for it, unique in its chain
   */
  record Rule(Family family, TableName table, ChainName chain, String label) implements CounterId {
    // Written out: what the compiler makes for a record is linked at run time, some ms each.
    @Override
    public boolean equals(Object other) {
      return other instanceof Rule that
          && label.equals(that.label)
          && chain.equals(that.chain)
          && table.equals(that.table)
          && family.equals(that.family);
    }

    @Override
    public int hashCode() {
      int hash = label.hashCode();
      hash = 31 * hash + chain.hashCode();
      hash = 31 * hash + table.hashCode();
      hash = 31 * hash + family.hashCode();
      return hash;
    }

    @Override
    public String item() {
      return label;
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.rule(this);
    }

    @Override
    public String toString() {
      return path();
    }
  }

  /**
   * The counter of a jump.
   *
   * @param chain a built-in chain, or another that is not acct's
   * @param to a chain of acct's
   * @param match what the jump matches, in the kernel's words; empty for one that matches all.
   *     Nothing in a ledger that was written before jumps were told apart by it
   * @param number among the jumps with all that in common, from 1
   */
  record Jump(
      Family family,
      TableName table,
      ChainName chain,
      ChainName to,
      Optional<String> match,
      int number)
      implements CounterId {
    // Written out: what the compiler makes for a record is linked at run time, some ms each.
    @Override
    public boolean equals(Object other) {
      return other instanceof Jump that
          && to.equals(that.to)
          && chain.equals(that.chain)
          && table.equals(that.table)
          && family.equals(that.family)
          && match.equals(that.match)
          && number == that.number;
    }

    @Override
    public int hashCode() {
      int hash = to.hashCode();
      hash = 31 * hash + chain.hashCode();
      hash = 31 * hash + table.hashCode();
      hash = 31 * hash + family.hashCode();
      hash = 31 * hash + match.hashCode();
      hash = 31 * hash + number;
      return hash;
    }

    /** The only jump that matches that. */
    public static Jump of(
        Family family, TableName table, ChainName chain, ChainName to, RuleBody body) {
      return new Jump(family, table, chain, to, Optional.of(Words.join(body.matchWords())), 1);
    }

    /** The same jump to a chain of another name. */
    public Jump to(ChainName other) {
      return new Jump(family, table, chain, other, match, number);
    }

    /** What is left of it where only jumps between the same chains are counted through. */
    public Jump withoutMatch(int other) {
      return new Jump(family, table, chain, to, Optional.empty(), other);
    }

    /** The same jump, as the number of equal ones. */
    public Jump numbered(int other) {
      return other == number ? this : new Jump(family, table, chain, to, match, other);
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.jump(this);
    }

    @Override
    public String item() {
      String matching = match.filter(text -> !text.isEmpty()).map(text -> " " + text).orElse("");
      return to.value() + matching + (number == 1 ? "" : " #" + number);
    }

    @Override
    public String toString() {
      return path();
    }
  }

  /** Dispatches by what counts. */
  <T> T match(Cases<T> cases);

  /**
   * What to do for each kind. A new kind does not compile until every one handles it.
   *
   * @param <T> what comes out
   */
  interface Cases<T> {
    T rule(Rule id);

    T jump(Jump id);
  }
}
