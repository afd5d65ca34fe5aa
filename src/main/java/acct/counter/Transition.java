package acct.counter;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;

/** What a transaction that acct has written does to a counter. */
public sealed interface Transition {
  /** A chain has another name: all its counters, and those of the jumps to it, go on under it. */
  record ChainRenamed(Family family, TableName table, ChainName from, ChainName to)
      implements Transition {}

  /**
   * A counter ends.
   *
   * @param last the value that was read last
   */
  record Ended(CounterId address, Counters last) implements Transition {}

  /** A counter begins at zero. */
  record Begun(CounterId address) implements Transition {}

  /**
   * A counter goes on in a rule that is written anew.
   *
   * @param last the value that was read last, at which the new rule begins unless a shadow chain
   *     knew better
   */
  record Carried(CounterId from, CounterId to, Counters last) implements Transition {}

  /**
   * A counter that the transaction before had ended goes on.
   *
   * @param start the value that its rule was written with
   */
  record Revived(CounterId address, Counters start) implements Transition {}

  /**
   * The count begins anew with the kernel's counter at zero.
   *
   * @param last the value that was read last
   */
  record Zeroed(CounterId address, Counters last) implements Transition {}

  /**
   * The count begins anew in the ledger, and the kernel's counter goes on.
   *
   * @param last the value that was read last
   */
  record Rebased(CounterId address, Counters last) implements Transition {}
}
