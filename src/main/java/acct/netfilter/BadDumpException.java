package acct.netfilter;

/** A dump that can't be trusted: cut, lying, mixed, or no dump at all. */
public final class BadDumpException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;

  /**
   * What is wrong, and where.
   *
   * @param line where in the dump, from 1
   * @param message what is wrong with it, and what would help
   */
  public BadDumpException(int line, String message) {
    super(message);
    this.line = line;
  }

  public int line() {
    return line;
  }
}
