package acct.cli;

import acct.counter.KnownNames;
import acct.dataplane.Dataplane;
import acct.host.GitCommit;
import acct.host.HostException;
import acct.host.NetworkNamespace;
import acct.reconcile.Keeping;
import acct.reconcile.Readings;
import acct.reconcile.Totals;
import acct.state.Journal;
import acct.state.JournalText;
import acct.state.StateDirectory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * The state directory as a command uses it: its lock, its journal. Without one that can be written
 * acct works all the same, and says so; with {@code --require-journal} it does not, and never with
 * one that other users can write to.
 */
final class State implements AutoCloseable {
  static final Flag DIRECTORY =
      new Flag(
          "state-dir",
          "DIR",
          "Where the lock, the journal and the evidence of failures are kept; "
              + StateDirectory.DEFAULT
              + " by default.");

  static final Flag LOCK_TIMEOUT =
      new Flag(
          "lock-timeout",
          "SECONDS",
          "How long to wait for another acct that is at work; 30 by default, 0 for not at all.");

  static final Flag REQUIRE_JOURNAL =
      Flag.toggle("require-journal", "Change nothing when the journal can't be written.");

  static final List<Flag> FLAGS = List.of(DIRECTORY, LOCK_TIMEOUT, REQUIRE_JOURNAL);

  private static final long DEFAULT_TIMEOUT = 30;
  private static final long MOST_SECONDS = 86_400;

  private final Optional<StateDirectory> directory;
  private final Optional<StateDirectory.Lock> lock;

  private final Optional<String> warning;

  private State(
      Optional<StateDirectory> directory,
      Optional<StateDirectory.Lock> lock,
      Optional<String> warning) {
    this.directory = directory;
    this.lock = lock;
    this.warning = warning;
  }

  /**
   * Where it is: as it was told, or where that of this network namespace is.
   *
   * @throws HostException where the namespace has no name, and nothing was told
   */
  static Path path(Arguments arguments) throws HostException {
    Optional<String> told = arguments.value("state-dir");
    return told.isPresent()
        ? Path.of(told.get())
        : NetworkNamespace.stateDirectory(StateDirectory.DEFAULT);
  }

  /** Opens it and takes the lock, for a command that changes something. */
  static State open(String command, Arguments arguments, Console console)
      throws UsageException, HostException {
    State state = locked(command, arguments);
    state.warning.ifPresent(console::noticeLines);
    state.checkNamespace();
    return state;
  }

  /**
   * Takes the lock, and does not look at what is there: {@link #checkNamespace} is for the caller
   * to ask. What is to be said of it is its {@link #warning}.
   */
  static State locked(String command, Arguments arguments) throws UsageException, HostException {
    Duration timeout = timeout(arguments);
    StateDirectory directory;
    try {
      directory = StateDirectory.open(path(arguments));
    } catch (HostException e) {
      boolean trusted = e.kind() != HostException.Kind.UNTRUSTED;
      if (arguments.has("require-journal") || !trusted) {
        throw e;
      }
      String warning = e.getMessage() + "; going on without lock and journal";
      return new State(Optional.empty(), Optional.empty(), Optional.of(warning));
    }
    String holder =
        "acct "
            + command
            + ", process "
            + ProcessHandle.current().pid()
            + ", user "
            + user()
            + ", since "
            + now();
    StateDirectory.Lock lock = directory.lock(holder, timeout);
    return new State(Optional.of(directory), Optional.of(lock), Optional.empty());
  }

  /** An Instant writes itself with a formatter whose making costs more than the lock. */
  private static String now() {
    long seconds = Instant.now().getEpochSecond();
    return LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC) + "Z";
  }

  /**
   * Checks that its totals are not of another network namespace; the lock is given back where they
   * are.
   */
  void checkNamespace() throws HostException {
    if (directory.isEmpty()) {
      return;
    }
    try {
      Readings.checkNamespace(directory.get().ledger().load());
    } catch (HostException e) {
      close();
      throw e;
    }
  }

  /**
   * What acct calls live rules whose comments are others, for a plan that changes nothing: it needs
   * no state, so none of these where the totals can't be read.
   */
  static KnownNames knownNames(Arguments arguments) {
    try {
      return StateDirectory.ledgerIn(path(arguments)).load().knownNames();
    } catch (HostException e) {
      return KnownNames.NONE;
    }
  }

  private static Duration timeout(Arguments arguments) throws UsageException {
    Optional<String> given = arguments.value("lock-timeout");
    if (given.isEmpty()) {
      return Duration.ofSeconds(DEFAULT_TIMEOUT);
    }
    try {
      long seconds = Long.parseLong(given.get());
      if (seconds < 0 || seconds > MOST_SECONDS) {
        throw new UsageException("--lock-timeout is 0 to " + MOST_SECONDS + " seconds");
      }
      return Duration.ofSeconds(seconds);
    } catch (NumberFormatException e) {
      throw new UsageException("--lock-timeout takes seconds, not \"" + given.get() + "\"");
    }
  }

  /** Who runs acct: behind sudo, the one who called it. */
  private static String user() {
    String name = System.getProperty("user.name", "?");
    String caller = System.getenv("SUDO_USER");
    return caller == null || caller.isEmpty() ? name : caller + " (as " + name + ")";
  }

  /** What is to be said of it. */
  Optional<String> warning() {
    return warning;
  }

  /** Where it is kept; nothing where there is no directory that can be written. */
  Optional<StateDirectory> directory() {
    return directory;
  }

  /** What a command keeps that works from these files. */
  Keeping keeping(
      String command, List<JournalText.SourceFile> files, Dataplane dataplane, Console console) {
    if (directory.isEmpty()) {
      return Keeping.NOTHING;
    }
    Optional<String> commit =
        files.isEmpty() ? Optional.empty() : GitCommit.of(Path.of(files.get(0).name()));
    Journal journal =
        new Journal(
            directory.get().journal(),
            Clock.systemUTC(),
            new SecureRandom(),
            new Journal.Header(command, user(), files, commit));
    Totals totals =
        new Totals(directory.get(), dataplane, Clock.systemUTC(), journal, console::noticeLines);
    return new Keeping(Optional.of(journal), Optional.of(totals), directory);
  }

  @Override
  public void close() {
    lock.ifPresent(StateDirectory.Lock::close);
  }
}
