package acct.host;

import acct.host.HostException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A lock that iptables-restore itself holds until it has ended: flock(1) runs it. A restore is
 * never killed, so it goes on when acct is (SIGKILL), and the next run has to wait for it.
 */
public final class RestoreLock {
  private static final int CONFLICT = 75;

  private final Path file;

  public RestoreLock(Path file) {
    this.file = file;
  }

  /**
   * The words to put before those of a restore; none where flock is not installed or the file can't
   * be made, for a restore is not refused for that. The restore does not get the lock's descriptor:
   * a program that it leaves behind would hold the lock on (MisbehavingHostTest).
   */
  public List<String> prefix() {
    Optional<Path> flock = Programs.lookUp("flock");
    try {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
    } catch (IOException e) {
      return List.of();
    }
    boolean usable = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    return flock.isPresent() && usable
        ? List.of(flock.get().toString(), "--close", file.toString())
        : List.of();
  }

  /**
   * Waits for a restore that has outlived its acct.
   *
   * @param limit how long
   * @throws HostException LOCKED where it has not ended by then
   */
  public void await(Duration limit) throws HostException {
    if (!isHeld()) {
      return;
    }
    String seconds = Long.toString(Math.max(0, limit.toSeconds()));
    try {
      Command.Result result =
          new Command(
                  List.of(
                      Programs.find("flock").toString(),
                      "--wait",
                      seconds,
                      "--conflict-exit-code",
                      Integer.toString(CONFLICT),
                      file.toString(),
                      "true"))
              .run();
      if (result.exitStatus() == CONFLICT) {
        throw new HostException(
            Kind.LOCKED,
            "an acct was killed, and its iptables-restore still runs (lock "
                + file
                + "): try again when it has ended");
      }
    } catch (IOException e) {
      throw new HostException(Kind.FAILED, "can't wait for " + file + ": " + e.getMessage());
    }
  }

  /** Looked up where the kernel lists its locks, so that an ordinary run starts no program. */
  private boolean isHeld() {
    try {
      Object inode = Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
      for (String line : Files.readAllLines(Path.of("/proc/locks"), StandardCharsets.ISO_8859_1)) {
        String[] cells = line.strip().split(" +");
        if (cells.length > 5 && cells[1].equals("FLOCK") && cells[5].endsWith(":" + inode)) {
          return true;
        }
      }
      return false;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
