package acct.host;

import acct.host.HostException.Kind;
import acct.text.PrintableText;
import acct.text.Utf8Bytes;

/** What a command that failed is said to have done. */
public final class Failure {
  /** Above it, an exit status is a signal's number (as shells have it). */
  private static final int SIGNALS = 128;

  /** What env and shells return for a program that they can't run. */
  private static final int CANT_RUN = 126;

  private Failure() {}

  /**
   * Words for an exit status that is not 0.
   *
   * @param name of the command
   */
  public static HostException of(String name, Command.Result result, Lock lock) {
    String said = PrintableText.lines(Utf8Bytes.decode(result.errors().strip()));
    int status = result.exitStatus();
    if (status == Lock.CONFLICT || status == 4 && isOfTheLock(said)) {
      return lock.held();
    }
    if (said.contains("lock file") && said.contains("Permission denied")) {
      return new HostException(
          Kind.PERMISSION,
          name
              + " may not open the lock of iptables-legacy: run acct as root, or plan offline"
              + " with --against DUMP, or set XTABLES_LOCKFILE to a file that all who change the"
              + " ruleset may write to:\n"
              + said);
    }
    if (said.contains("table names") && said.contains("Permission denied")) {
      return new HostException(
          Kind.PERMISSION,
          name
              + " can't list the tables: beside CAP_NET_ADMIN and CAP_NET_RAW, iptables-legacy needs"
              + " the user root or CAP_DAC_READ_SEARCH:\n"
              + said);
    }
    if (said.contains("Permission denied") || said.contains("must be root")) {
      return new HostException(
          Kind.PERMISSION,
          name
              + " needs root (or CAP_NET_ADMIN and CAP_NET_RAW): run acct as root, or plan offline"
              + " with --against DUMP");
    }
    String what = name + " " + ended(status);
    return new HostException(Kind.FAILED, said.isEmpty() ? what : what + ":\n" + said);
  }

  /** It waits with a line of its own for each second, so only the last one tells. */
  private static boolean isOfTheLock(String said) {
    return said.substring(said.lastIndexOf('\n') + 1).contains("xtables lock");
  }

  private static String ended(int status) {
    if (status <= SIGNALS) {
      return "failed with exit status "
          + status
          + (status == CANT_RUN || status == CANT_RUN + 1 ? " (it could not be run)" : "");
    }
    int signal = status - SIGNALS;
    String by =
        switch (signal) {
          case 6 -> "it gave itself up (SIGABRT), which is a bug of this iptables";
          case 9 -> "it was killed (SIGKILL), perhaps for lack of memory";
          case 11 -> "a segmentation fault (SIGSEGV), which is a bug of this iptables";
          case 15 -> "it was told to end (SIGTERM)";
          default -> "signal " + signal;
        };
    return "crashed, exit status " + status + ": " + by;
  }
}
