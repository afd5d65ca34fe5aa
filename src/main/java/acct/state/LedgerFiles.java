package acct.state;

import acct.counter.Ledger;
import acct.counter.LedgerText.BadLedgerException;
import acct.counter.Pending;
import acct.counter.PendingText;
import acct.counter.RestoredCounters;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.WholeFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the files beside the ledger: earlier totals, and what a run has written down. */
public final class LedgerFiles {
  private LedgerFiles() {}

  /** Earlier ledgers; one that can't be read is left out, for none of them has to be there. */
  public static RestoredCounters.Earlier earlier(EarlierFiles files) {
    return () -> {
      List<Ledger> ledgers = new ArrayList<>();
      for (WholeFile file : files.all()) {
        try {
          ledgers.add(LedgerFile.read(file));
        } catch (HostException e) {
          // It was damaged, or removed meanwhile.
        }
      }
      return ledgers;
    };
  }

  /**
   * What a file has of a run that is not in the ledger yet.
   *
   * @throws HostException where it is not whole: no total can be told then
   */
  public static Optional<Pending> pending(WholeFile file) throws HostException {
    Optional<String> text = file.read();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(PendingText.read(text.get()));
    } catch (BadLedgerException e) {
      throw new HostException(
          Kind.FAILED,
          file.path()
              + " can't be trusted: "
              + e.getMessage()
              + ". It says how far an interrupted run of acct came; move it away, and totals go on"
              + " from what the ledger has");
    }
  }
}
