package acct.host;

/**
 * This machine can't do what was asked: the message says why, and what to do. Its newlines are
 * acct's own, or between the lines that a program printed; text of others is written out in it.
 */
public class HostException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What stands in the way; it decides the exit status. */
  public enum Kind {
    /** A command is not installed. */
    MISSING,
    /** Not root, or without the capabilities. */
    PERMISSION,
    /** Another program holds a lock. */
    LOCKED,
    /** A command failed, hung, or printed what can't be trusted. */
    FAILED,
    /** A file or directory of acct's that other users may have written. */
    UNTRUSTED,
    /** The rules are not what they would have to be for what was asked. */
    STALE,
    /** The same, and something of the change stands, or trying again would be no use. */
    LEFT
  }

  private final Kind kind;

  public HostException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
