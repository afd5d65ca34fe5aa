package acct.state;

import acct.counter.Ledger;
import acct.counter.LedgerText;
import acct.counter.LedgerText.BadLedgerException;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.WholeFile;
import acct.text.PrintableText;
import java.util.Optional;

/**
 * The file of the totals. What was read is kept in memory as long as the file is the same: a run
 * asks for it several times, and to read ten thousand counters takes as long as to diff them.
 */
public final class LedgerFile {
  private final WholeFile file;
  private Optional<WholeFile.Stamp> stamp = Optional.empty();
  private Ledger ledger = Ledger.EMPTY;

  private int version;

  /** What was read of the file and not parsed yet. */
  private Optional<String> text = Optional.empty();

  LedgerFile(WholeFile file) {
    this.file = file;
  }

  /** The file itself. */
  public WholeFile file() {
    return file;
  }

  /**
   * The ledger that it has; an empty one where there is no file yet.
   *
   * @throws HostException where it is not whole: it is not begun anew without a word
   */
  public Ledger load() throws HostException {
    fetch();
    return fetched();
  }

  /** Reads the bytes of the file; {@link #fetched} is what the ledger was at that time. */
  public void fetch() throws HostException {
    Optional<WholeFile.Stamp> now = file.stamp();
    if (now.isEmpty() || !now.equals(stamp)) {
      text = Optional.of(file.read().orElse(""));
      stamp = now;
    }
  }

  /** Counts the ledgers that were found here: as long as it is the same, so is the ledger. */
  public int version() {
    return version;
  }

  /** Whether the last {@link #fetch} has found a file. */
  public boolean isThere() {
    return stamp.isPresent();
  }

  /**
   * The ledger of the last {@link #fetch}.
   *
   * @throws HostException as {@link #load} does
   */
  public Ledger fetched() throws HostException {
    if (text.isPresent()) {
      String whole = text.get();
      text = Optional.empty();
      ledger = Ledger.EMPTY;
      version++;
      try {
        ledger = whole.isEmpty() ? Ledger.EMPTY : parse(whole, file);
      } catch (HostException e) {
        stamp = Optional.empty();
        throw e;
      }
    }
    return ledger;
  }

  /** Replaces it. */
  public void write(Ledger next) throws HostException {
    stamp = Optional.empty();
    text = Optional.empty();
    file.write(LedgerText.write(next));
    ledger = next;
    version++;
    stamp = file.stamp();
  }

  /** The ledger that a file has, as {@link #load()}. */
  static Ledger read(WholeFile file) throws HostException {
    Optional<String> text = file.read();
    return text.isPresent() ? parse(text.get(), file) : Ledger.EMPTY;
  }

  private static Ledger parse(String text, WholeFile file) throws HostException {
    try {
      return LedgerText.read(text);
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
}
