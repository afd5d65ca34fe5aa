package acct.dataplane;

import acct.counter.CounterId;
import acct.counter.Entry;
import acct.counter.Offset;
import acct.host.HostException;
import java.util.List;
import java.util.Map;

/** What came of transactions that were to be carried out one after another. */
public sealed interface Executed {
  /** What was read afterwards, without helper chains. */
  Snapshot after();

  /** How many of the transactions stand. */
  int standing();

  /** Dispatches by how it ended. */
  <T, E extends Exception> T match(Cases<T, E> cases) throws E;

  /**
   * All of them stand.
   *
   * @param offsets what the kernel's counters lack of those that were carried
   * @param ended counters that ended, with what they came to
   */
  record Whole(Snapshot after, int standing, List<Offset> offsets, Map<CounterId, Entry> ended)
      implements Executed {
    public Whole {
      offsets = List.copyOf(offsets);
    }

    @Override
    public <T, E extends Exception> T match(Cases<T, E> cases) throws E {
      return cases.whole(this);
    }
  }

  /**
   * The first ones stand, one or more; the next one was refused, and nothing of it was done.
   *
   * @param failure why
   * @param ended counters that ended by those that stand
   */
  record Stopped(Snapshot after, int standing, HostException failure, Map<CounterId, Entry> ended)
      implements Executed {
    @Override
    public <T, E extends Exception> T match(Cases<T, E> cases) throws E {
      return cases.stopped(this);
    }
  }

  /**
   * None stands: the first one was refused, or could not be prepared.
   *
   * @param failure why
   */
  record NothingDone(Snapshot after, HostException failure) implements Executed {
    @Override
    public int standing() {
      return 0;
    }

    @Override
    public <T, E extends Exception> T match(Cases<T, E> cases) throws E {
      return cases.nothingDone(this);
    }
  }

  /**
   * What to do for each end.
   *
   * @param <T> what comes out
   * @param <E> what may be thrown
   */
  interface Cases<T, E extends Exception> {
    T whole(Whole executed) throws E;

    T stopped(Stopped executed) throws E;

    T nothingDone(NothingDone executed) throws E;
  }
}
