package acct.cli;

/** How acct ends. Scripts depend on the numbers. */
public final class ExitStatus {
  /** Done, or nothing to do. */
  public static final int OK = 0;

  /** Something failed. */
  public static final int ERROR = 1;

  /**
   * Changes are pending, or were made by an apply: only with {@code --detailed-exitcode}; or what
   * is shown is not in the kernel any more.
   */
  public static final int CHANGES = 2;

  /** The policy or plan is invalid, or the host stands against it. */
  public static final int INVALID = 3;

  /** No permission, or a lock was held. */
  public static final int NOT_PERMITTED = 4;

  /** The host is not what the saved plan was made for, or what the undone apply left. */
  public static final int STALE = 5;

  /** Wrong usage of the command (sysexits' EX_USAGE). */
  public static final int USAGE = 64;

  private ExitStatus() {}
}
