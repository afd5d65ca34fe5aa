package acct.dataplane;

import acct.counter.CounterId;
import acct.counter.Entry;
import acct.counter.LedgerUpdate;
import acct.counter.Pending;
import acct.host.HostException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Is told how far an execution has come, and keeps it: what it has is on the disk before the kernel
 * is touched, so that an interrupted run can be resolved.
 */
public interface Recorder {
  /** When it is, in whole seconds. */
  Instant now();

  /** Writes down what is about to be done, before the kernel is touched. */
  void begin(Pending pending) throws HostException;

  /**
   * Brings the ledger over transactions that stand, and writes it.
   *
   * @param after what was read after the last of them, with helper chains
   * @return counters that ended, with what they came to
   * @throws HostException where it can't be written
   */
  Map<CounterId, Entry> settle(
      Pending pending, List<Pending.Part> standing, LedgerUpdate.Switches switches, Snapshot after)
      throws HostException;

  /** It is in the ledger, or nothing was done. */
  void finish();

  /** Keeps nothing. */
  Recorder NONE =
      new Recorder() {
        @Override
        public Instant now() {
          return Instant.EPOCH;
        }

        @Override
        public void begin(Pending pending) {}

        @Override
        public Map<CounterId, Entry> settle(
            Pending pending,
            List<Pending.Part> standing,
            LedgerUpdate.Switches switches,
            Snapshot after) {
          return Map.of();
        }

        @Override
        public void finish() {}
      };
}
