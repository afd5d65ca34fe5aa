package acct.netfilter;

/**
 * A text that is no such value. The message says what was found, what is allowed, what was meant.
 */
public final class BadValueException extends Exception {
  private static final long serialVersionUID = 1L;

  public BadValueException(String message) {
    super(message);
  }
}
