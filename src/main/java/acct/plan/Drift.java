package acct.plan;

import acct.netfilter.ChainName;

/**
 * Something that somebody else has done to a chain of acct's, as far as it can be told from a
 * changed policy.
 */
public sealed interface Drift {
  /** A rule of others that jumps to the chain, so that it counts more than the policy says. */
  record ForeignJump(ChainName from, int position) implements Drift {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.foreignJump(this);
    }
  }

  /** The chain is there with the policy's rules, and no jump leads to it. */
  record JumpGone() implements Drift {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.jumpGone(this);
    }
  }

  /**
   * The chain is the policy's by its jump, and has no rule; acct never leaves one so.
   *
   * @param rules that are written anew
   */
  record Emptied(int rules) implements Drift {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.emptied(this);
    }
  }

  /** Dispatches by kind. */
  <T> T match(Cases<T> cases);

  /**
   * What to do for each kind. A new kind does not compile until every one handles it.
   *
   * @param <T> what comes out
   */
  interface Cases<T> {
    T foreignJump(ForeignJump drift);

    T jumpGone(JumpGone drift);

    T emptied(Emptied drift);
  }
}
