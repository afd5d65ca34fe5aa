package acct.host;

import acct.host.HostException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Does several things at the same time, where each waits most of its time for commands. */
public final class AtOnce {
  private AtOnce() {}

  /** Begins one in a thread of its own, which does not keep acct from ending. */
  public static <T> FutureTask<T> begin(String name, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  /**
   * Does all, the last of them in the caller's thread, and waits until each has ended.
   *
   * @return what came of them, in their order
   * @throws HostException that of the first that failed, once all have ended
   */
  public static <T> List<T> run(String name, List<Callable<T>> all) throws HostException {
    List<FutureTask<T>> tasks = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (i < all.size() - 1) {
        tasks.add(begin(name, all.get(i)));
      } else {
        FutureTask<T> last = new FutureTask<>(all.get(i));
        last.run();
        tasks.add(last);
      }
    }
    List<T> results = new ArrayList<>();
    List<HostException> failures = new ArrayList<>();
    for (FutureTask<T> task : tasks) {
      try {
        results.add(result(task));
      } catch (HostException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
    return results;
  }

  /**
   * What came of one, once it has ended.
   *
   * @throws HostException its own; FAILED where the waiting was interrupted
   */
  public static <T> T result(FutureTask<T> task) throws HostException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostException(Kind.FAILED, "interrupted while waiting for a command");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HostException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
