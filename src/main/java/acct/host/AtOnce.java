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
   * Begins all, and does the last of them here before it returns.
   *
   * @return one for each, in their order, for {@link #result}
   */
  public static <T> List<FutureTask<T>> begin(String name, List<Callable<T>> all) {
    List<FutureTask<T>> tasks = new ArrayList<>();
    for (Callable<T> work : all.subList(0, Math.max(0, all.size() - 1))) {
      tasks.add(begin(name, work));
    }
    if (!all.isEmpty()) {
      FutureTask<T> last = new FutureTask<>(all.get(all.size() - 1));
      last.run();
      tasks.add(last);
    }
    return tasks;
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
