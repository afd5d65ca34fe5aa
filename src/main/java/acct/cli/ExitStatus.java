package acct.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

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

  /** What each means, in their order: for help and docs. */
  static final Map<Integer, String> MEANINGS = meanings();

  private ExitStatus() {}

  private static Map<Integer, String> meanings() {
    Map<Integer, String> meanings = new LinkedHashMap<>();
    meanings.put(OK, "done, or nothing to do");
    meanings.put(ERROR, "error");
    meanings.put(
        CHANGES,
        "changes are pending, or were made by an apply (only with --detailed-exitcode); or counters"
            + " are shown that are not in the kernel any more");
    meanings.put(
        INVALID, "the policy or saved plan is invalid, or something on the host stands against it");
    meanings.put(NOT_PERMITTED, "no permission, or a lock was held");
    meanings.put(STALE, "a saved plan, or what is to be undone, is stale");
    meanings.put(USAGE, "wrong usage");
    return Collections.unmodifiableMap(meanings);
  }
}
