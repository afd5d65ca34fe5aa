package acct.dataplane;

import acct.counter.Transition;
import java.util.List;

/**
 * The way back from one transaction, as the journal keeps it.
 *
 * @param transaction takes it back
 * @param done what the transaction did to counters
 */
public record WayBack(Transaction transaction, List<Transition> done) {
  public WayBack {
    done = List.copyOf(done);
  }
}
