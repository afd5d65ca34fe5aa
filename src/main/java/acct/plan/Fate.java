package acct.plan;

import acct.netfilter.Counters;

/** What becomes of a counter. None ends in silence. */
public sealed interface Fate {
  /** A rule that was not there: it starts at zero. */
  record New() implements Fate {}

  /**
   * The rule is rebuilt and its counter goes on from the last value read.
   *
   * @param counters that value
   * @param exact whether packets between that read and the change are known afterwards, to be the
   *     counter's offset in the journal; {@code [p:b]} alone loses them
   */
  record Carried(Counters counters, boolean exact) implements Fate {}

  /**
   * The rule goes, or changes its meaning.
   *
   * @param counters the last value read
   */
  record Ended(Counters counters) implements Fate {}
}
