package acct.cli;

import acct.dataplane.Dataplane;
import acct.host.HostException;
import acct.netfilter.Family;
import java.util.EnumSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Takes the lock and begins to read the rules while the policies are read. What is to be said of it
 * is said when it is asked for, so that invalid policies are told first and alone.
 */
final class HostAhead implements AutoCloseable {
  /** A state directory that is locked, and the machine, which is being read. */
  record Opened(State state, Dataplane dataplane) {}

  private final FutureTask<Opened> opening;
  private final Thread thread;

  private HostAhead(FutureTask<Opened> opening) {
    this.opening = opening;
    this.thread = new Thread(opening, "open the state directory");
    thread.setDaemon(true);
    thread.start();
  }

  /** Begins. */
  static HostAhead begin(String command, Arguments arguments, Console console) {
    return new HostAhead(
        new FutureTask<>(
            () -> {
              State state = State.locked(command, arguments);
              Dataplane dataplane = Planning.dataplane(arguments, console, state);
              dataplane.readAhead(EnumSet.allOf(Family.class));
              state.checkNamespace();
              return new Opened(state, dataplane);
            }));
  }

  /**
   * What was opened.
   *
   * @throws HostException where the state directory can't be used, or another acct is at work
   */
  Opened opened(Console console) throws UsageException, HostException {
    try {
      Opened opened = opening.get();
      opened.state().warning().ifPresent(console::noticeLines);
      return opened;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostException(HostException.Kind.FAILED, "interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HostException failure) {
        throw failure;
      }
      if (e.getCause() instanceof UsageException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Gives up waiting for the lock, or gives it back. */
  @Override
  public void close() {
    if (!opening.isDone()) {
      thread.interrupt();
    }
    try {
      opening.get().state().close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      // It was not opened, which whoever asked for it was told.
      return;
    }
  }
}
