package acct.state;

import acct.counter.Ledger;
import acct.counter.LedgerText;
import acct.counter.LedgerText.BadLedgerException;
import acct.counter.Pending;
import acct.counter.PendingText;
import acct.counter.RestoredCounters;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.WholeFile;
import acct.text.PrintableText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the files of the ledger: the totals, those before, and what a run has written down. */
public final class LedgerFiles {
  private LedgerFiles() {}

  /**
   * The ledger that a file has; an empty one where there is none yet.
   *
   * @throws HostException where it is not whole: it is not begun anew without a word
   */
  public static Ledger load(WholeFile file) throws HostException {
    Optional<String> text = file.read();
    if (text.isEmpty()) {
      return Ledger.EMPTY;
    }
    try {
      return LedgerText.read(text.get());
    } catch (BadLedgerException e) {
      throw new HostException(
          Kind.FAILED,
          "the totals in "
              + PrintableText.of(file.path().toString())
              + " can't be trusted: "
              + PrintableText.of(e.getMessage())
              + ". Put a copy back, or move it away: then totals begin anew at what the kernel has");
    }
  }

  /** Earlier ledgers; one that can't be read is left out, for none of them has to be there. */
  public static RestoredCounters.Earlier earlier(EarlierFiles files) {
    return () -> {
      List<Ledger> ledgers = new ArrayList<>();
      for (WholeFile file : files.all()) {
        try {
          ledgers.add(load(file));
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
