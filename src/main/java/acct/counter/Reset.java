package acct.counter;

import acct.netfilter.Counters;
import java.time.Instant;

/**
 * A kernel counter that began anew without acct's doing.
 *
 * @param last what it had when it was last read, which is in its total
 * @param seenAt when that was: what it counted from then to the reset is lost
 */
public record Reset(CounterId address, Cause cause, Counters last, Instant seenAt) {
  /** How it is known. */
  public enum Cause {
    /** The machine has booted since, or the network namespace is another. */
    REBOOT("reboot"),
    /** It is smaller than it was. */
    SMALLER("zeroed by another program"),
    /** Its rule is gone. */
    GONE("rule removed by another program");

    private final String label;

    Cause(String label) {
      this.label = label;
    }

    /** In a sentence. */
    public String label() {
      return label;
    }
  }
}
