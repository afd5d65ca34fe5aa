package acct.state;

import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.Lock;
import acct.host.PrivateFiles;
import acct.host.Reasons;
import acct.host.RestoreLock;
import acct.host.WholeFile;
import acct.netfilter.Family;
import acct.text.PrintableText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where acct keeps what the kernel does not: its lock, the journal, and what a failed apply leaves
 * as evidence. None of it is state that a plan needs.
 */
public final class StateDirectory {
  /** Where it is unless the user says otherwise. */
  public static final Path DEFAULT = Path.of("/var/lib/acct");

  private static final Duration POLL = Duration.ofMillis(50);
  private static final String AGENT_LOCK = "agent.lock";
  private static final int MOST_HOLDER_BYTES = 200;

  private final Path path;
  private final LedgerFile ledger;

  private StateDirectory(Path path) {
    this.path = path;
    this.ledger = ledgerIn(path);
  }

  /**
   * Opens it, and makes it when it is not there: readable by its owner alone, since counters tell
   * who talks to whom.
   *
   * <p>One that is there keeps its mode: an administrator may let a group read it (0750). But no
   * other user may write to it or exchange it, also where it is reached by a symbolic link; see
   * {@link PrivateFiles}.
   *
   * @throws HostException when it can't be written to, or others can
   */
  public static StateDirectory open(Path path) throws HostException {
    Path real;
    try {
      real = PrivateFiles.directory(path);
    } catch (IOException e) {
      throw unusable(path, e);
    }
    if (!Files.isWritable(real)) {
      throw new HostException(
          Kind.FAILED, "the state directory " + shown(path) + " can't be written to");
    }
    return new StateDirectory(path);
  }

  private static HostException unusable(Path path, IOException e) {
    return Reasons.failure("the state directory " + shown(path) + " can't be used", e);
  }

  private static String shown(Path path) {
    return PrintableText.of(path.toString());
  }

  /** The journal in it. */
  public JournalFile journal() {
    return journalIn(path);
  }

  /** The journal of a directory that is only read. */
  public static JournalFile journalIn(Path path) {
    return new JournalFile(path.resolve("journal.jsonl"));
  }

  /** The totals of all counters. */
  public LedgerFile ledger() {
    return ledger;
  }

  /** The totals of a directory that is only read. */
  public static LedgerFile ledgerIn(Path path) {
    return new LedgerFile(new WholeFile(path.resolve("ledger")));
  }

  /** What the totals were before. */
  public EarlierFiles earlierLedgers() {
    return earlierLedgersIn(path);
  }

  /** The same of a directory that is only read. */
  public static EarlierFiles earlierLedgersIn(Path path) {
    return new EarlierFiles(path.resolve("ledger.earlier"));
  }

  /** What an apply, undo or zero has begun and the totals do not have yet. */
  public WholeFile pending() {
    return pendingIn(path);
  }

  /** The same of a directory that is only read. */
  public static WholeFile pendingIn(Path path) {
    return new WholeFile(path.resolve("pending"));
  }

  /** When nothing was to be done for the last time. */
  public InSyncFile inSync() {
    return inSyncIn(path);
  }

  /** The same of a directory that is only read. */
  public static InSyncFile inSyncIn(Path path) {
    return new InSyncFile(new WholeFile(path.resolve("in-sync")));
  }

  /** What the agent reports. */
  public static WholeFile agentIn(Path path) {
    return new WholeFile(path.resolve("agent.json"));
  }

  /** Until when the agent is paused. */
  public static WholeFile pauseIn(Path path) {
    return new WholeFile(path.resolve("paused"));
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** What brings acct's chains of a family back at the boot; {@code acct-boot} reads it too. */
  public WholeFile boot(Family family) {
    return new WholeFile(path.resolve("boot." + family.label()));
  }

  /** The lock that every restore holds to its end, also when acct is killed before that. */
  public RestoreLock restoreLock() {
    return new RestoreLock(path.resolve("restore.lock"));
  }

  /** acct's own lock, held until it is closed or the process ends. */
  public static final class Lock implements AutoCloseable {
    private final FileChannel channel;

    private Lock(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void close() {
      try {
        channel.truncate(0);
        channel.close();
      } catch (IOException e) {
        // The lock is gone with the process at the latest, and its text is only for people.
        return;
      }
    }
  }

  /**
   * Takes acct's lock, so that one acct changes the rules at a time.
   *
   * @param holder what to tell others who holds it
   * @param timeout how long to wait for another acct
   * @throws HostException LOCKED when the other is not done by then
   */
  public Lock lock(String holder, Duration timeout) throws HostException {
    Path file = path.resolve("lock");
    try {
      FileChannel channel = PrivateFiles.update(file);
      long end = System.nanoTime() + timeout.toNanos();
      FileLock lock = channel.tryLock();
      while (lock == null && System.nanoTime() < end) {
        Thread.sleep(POLL.toMillis());
        lock = channel.tryLock();
      }
      if (lock == null) {
        String other = text(channel);
        channel.close();
        throw new HostException(
            Kind.LOCKED,
            "another acct is at work ("
                + (other.isEmpty() ? "it does not say which" : PrintableText.of(other))
                + "; lock "
                + shown(file)
                + "): waited "
                + timeout.toSeconds()
                + " seconds; see --lock-timeout");
      }
      restoreLock().await(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      write(channel, holder);
      return new Lock(channel);
    } catch (IOException e) {
      throw unusable(path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostException(Kind.LOCKED, "interrupted while waiting for " + shown(file));
    }
  }

  /** On a full disk the lock holds all the same; only its text is lost. */
  private static void write(FileChannel channel, String holder) {
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException e) {
      return;
    }
  }

  private static String text(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(MOST_HOLDER_BYTES);
    channel.read(buffer, 0);
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
  }

  /**
   * Takes the place of the one agent of this directory, until it is closed or the process ends.
   *
   * @throws HostException LOCKED where there is one already
   */
  public Lock agent() throws HostException {
    Path file = path.resolve(AGENT_LOCK);
    try {
      FileChannel channel = PrivateFiles.update(file);
      if (channel.tryLock() == null) {
        channel.close();
        throw new HostException(
            Kind.LOCKED, "another agent is at work with " + shown(path) + "; see acct status");
      }
      return new Lock(channel);
    } catch (IOException e) {
      throw unusable(path, e);
    }
  }

  /** Whether an agent is at work with a directory that is only read. */
  public static boolean hasAgent(Path path) {
    try (FileChannel channel = FileChannel.open(path.resolve(AGENT_LOCK));
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return lock == null;
    } catch (IOException e) {
      return false;
    }
  }

  /** A file of evidence. */
  public record Evidence(String name, String content) {}

  /**
   * Leaves evidence of what went wrong.
   *
   * @param name of a directory that is made for it
   * @return where it lies
   */
  public Path leave(String name, List<Evidence> files) throws HostException {
    Path directory = path.resolve("failed").resolve(name);
    try {
      PrivateFiles.directory(path.resolve("failed"));
      PrivateFiles.directory(directory);
      for (Evidence file : files) {
        try (FileChannel channel = PrivateFiles.replace(directory.resolve(file.name()))) {
          ByteBuffer bytes = ByteBuffer.wrap(file.content().getBytes(StandardCharsets.ISO_8859_1));
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        }
      }
    } catch (IOException e) {
      throw unusable(path, e);
    }
    return directory;
  }
}
