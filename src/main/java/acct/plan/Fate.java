package acct.plan;

import acct.netfilter.Counters;

/** What becomes of a counter. None ends in silence. */
public sealed interface Fate {
  /**
   * What to make of each fate: a new one does not compile before everybody who asks has said.
   *
   * @param <T> what comes out
   */
  interface Cases<T> {
    T begins(New fate);

    T carried(Carried fate);

    T ended(Ended fate);
  }

  /** Asks what to make of this one. */
  <T> T match(Cases<T> cases);

  /** A rule that was not there: it starts at zero. */
  record New() implements Fate {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.begins(this);
    }
  }

  /**
   * The rule is rebuilt and its counter goes on from the last value read.
   *
   * @param counters that value
   * @param exact whether packets between that read and the change are known afterwards, to be the
   *     counter's offset in the journal; {@code [p:b]} alone loses them
   */
  record Carried(Counters counters, boolean exact) implements Fate {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.carried(this);
    }
  }

  /**
   * The rule goes, or changes its meaning.
   *
   * @param counters the last value read
   */
  record Ended(Counters counters) implements Fate {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.ended(this);
    }
  }
}
