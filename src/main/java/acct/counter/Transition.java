package acct.counter;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;

/** What a transaction that acct has written does to a counter. */
public sealed interface Transition {
  /**
   * What to make of each transition: a new one does not compile before everybody who asks has said.
   *
   * @param <T> what comes out
   */
  interface Cases<T> {
    T chainRenamed(ChainRenamed transition);

    T ended(Ended transition);

    T begun(Begun transition);

    T carried(Carried transition);

    T revived(Revived transition);

    T zeroed(Zeroed transition);

    T rebased(Rebased transition);
  }

  /** Asks what to make of this one. */
  <T> T match(Cases<T> cases);

  /** A chain has another name: all its counters, and those of the jumps to it, go on under it. */
  record ChainRenamed(Family family, TableName table, ChainName from, ChainName to)
      implements Transition {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.chainRenamed(this);
    }
  }

  /**
   * A counter ends.
   *
   * @param last the value that was read last
   */
  record Ended(CounterId address, Counters last) implements Transition {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.ended(this);
    }
  }

  /** A counter begins at zero. */
  record Begun(CounterId address) implements Transition {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.begun(this);
    }
  }

  /**
   * A counter goes on in a rule that is written anew.
   *
   * @param last the value that was read last, at which the new rule begins unless a shadow chain
   *     knew better
   */
  record Carried(CounterId from, CounterId to, Counters last) implements Transition {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.carried(this);
    }
  }

  /**
   * A counter that the transaction before had ended goes on.
   *
   * @param start the value that its rule was written with
   */
  record Revived(CounterId address, Counters start) implements Transition {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.revived(this);
    }
  }

  /**
   * The count begins anew with the kernel's counter at zero.
   *
   * @param last the value that was read last
   */
  record Zeroed(CounterId address, Counters last) implements Transition {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.zeroed(this);
    }
  }

  /**
   * The count begins anew in the ledger, and the kernel's counter goes on.
   *
   * @param last the value that was read last
   */
  record Rebased(CounterId address, Counters last) implements Transition {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.rebased(this);
    }
  }
}
