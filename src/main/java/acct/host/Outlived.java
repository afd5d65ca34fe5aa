package acct.host;

import acct.host.HostException.Kind;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A restore goes on when acct is killed with SIGKILL, and then holds no lock of acct's. */
final class Outlived {
  private Outlived() {}

  /**
   * Waits for every restore that runs now. Those of other programs are waited for as well: they are
   * over soon, and can't be told apart.
   *
   * @param nanos how long
   */
  static void await(long nanos) throws HostException, InterruptedException {
    long end = System.nanoTime() + nanos;
    for (ProcessHandle restore : running()) {
      try {
        restore.onExit().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        throw new HostException(
            Kind.LOCKED,
            "an acct was killed, and an iptables-restore that may be its own still runs (process "
                + restore.pid()
                + "): try again when it has ended");
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static List<ProcessHandle> running() {
    return ProcessHandle.allProcesses()
        .filter(
            process -> {
              Optional<String[]> arguments = process.info().arguments();
              if (arguments.isEmpty()) {
                return false;
              }
              List<String> words = List.of(arguments.get());
              return words.contains("--noflush") && words.contains("--counters");
            })
        .toList();
  }
}
