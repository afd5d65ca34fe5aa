package acct.host;

import acct.host.Command.Stop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.commons.exec.ProcessDestroyer;

/**
 * Makes an end of a program that goes beyond its limits, and of its children: flock has iptables as
 * a child, and a child left over keeps the streams open, so that acct would wait for it.
 */
final class ProcessKiller implements ProcessDestroyer {
  private final CountDownLatch ended = new CountDownLatch(1);
  private Optional<Process> process = Optional.empty();
  private Optional<Stop> stopped = Optional.empty();

  @Override
  public synchronized boolean add(Process started) {
    process = Optional.of(started);
    // The limit may have been reached before the process was known.
    stopped.ifPresent(why -> destroy(started));
    return true;
  }

  @Override
  public synchronized boolean remove(Process gone) {
    return true;
  }

  @Override
  public synchronized int size() {
    return process.isPresent() ? 1 : 0;
  }

  void killAfter(Duration limit) {
    Thread watch =
        new Thread(
            () -> {
              try {
                if (!ended.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                  kill(Stop.TOO_LONG);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "time-limit");
    watch.setDaemon(true);
    watch.start();
  }

  synchronized void kill(Stop why) {
    boolean gone = process.isPresent() && !process.get().isAlive();
    if (stopped.isEmpty() && !gone) {
      stopped = Optional.of(why);
      process.ifPresent(ProcessKiller::destroy);
    }
  }

  /** First the parent, so that it can't start another child, then those it had. */
  private static void destroy(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.toHandle().destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  /** There is nothing to be killed any more. */
  void rest() {
    ended.countDown();
  }

  synchronized Optional<Stop> stopped() {
    return stopped;
  }

  /** As a shell would say it: 128 and the signal's number for one that a signal ended. */
  synchronized int exitStatus() throws IOException {
    if (process.isEmpty()) {
      throw new IOException("it was not started");
    }
    return process.get().exitValue();
  }
}
