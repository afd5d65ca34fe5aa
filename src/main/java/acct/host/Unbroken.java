package acct.host;

import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** While it is open, acct's own end (Ctrl-C, a signal) waits, and says what for. */
public final class Unbroken {
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  private Unbroken(String what, Consumer<String> notices) {
    hook =
        new Thread(
            () -> {
              if (done.getCount() == 0) {
                return;
              }
              notices.accept(
                  "waiting for "
                      + what
                      + " to end: killed now, it could leave every counter of a table at zero");
              waitForEnd();
            },
            "wait-for-restore");
  }

  private void waitForEnd() {
    boolean waiting = true;
    while (waiting) {
      try {
        done.await();
        waiting = false;
      } catch (InterruptedException e) {
        // A shutdown hook has nobody to hand the interrupt to, and this wait must not be cut short.
        Thread.interrupted();
      }
    }
  }

  /**
   * Opens it.
   *
   * @throws HostException when acct's end has begun: then nothing more may be started
   */
  public static Unbroken begin(String what, Consumer<String> notices) throws HostException {
    Unbroken guard = new Unbroken(what, notices);
    try {
      Runtime.getRuntime().addShutdownHook(guard.hook);
    } catch (IllegalStateException e) {
      throw new HostException(
          HostException.Kind.LEFT, "acct was asked to end: " + what + " was not started");
    }
    return guard;
  }

  /** It has ended: whoever waits may go. */
  public void end() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The end has begun already; the hook is running and has just been let go.
      return;
    }
  }
}
