package acct.host;

import acct.host.HostException.Kind;
import acct.text.PrintableText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The lock of legacy's commands: taken with flock(1), since Java's own file locks are others. */
public final class Lock {
  /** What flock is told to return when the lock was not to be had in time. */
  static final int CONFLICT = 75;

  private static final Path HELD = Path.of("/proc/locks");

  private final CommandLimits terms;

  public Lock(CommandLimits terms) {
    this.terms = terms;
  }

  /** The words to put before those of a command that is to run under the lock. */
  public List<String> prefix() throws HostException {
    return List.of(
        Programs.find("flock").toString(),
        "--wait",
        seconds(),
        "--conflict-exit-code",
        Integer.toString(CONFLICT),
        terms.lockFile().toString());
  }

  /** How long to wait for it. */
  public String seconds() {
    return Long.toString(terms.lockWait().toSeconds());
  }

  /** It could not be had. */
  HostException held() {
    List<String> holders = holders();
    return new HostException(
        Kind.LOCKED,
        "another program has held the xtables lock ("
            + PrintableText.of(terms.lockFile().toString())
            + ") for "
            + seconds()
            + " seconds"
            + (holders.isEmpty() ? "" : ": " + PrintableText.of(String.join(", ", holders)))
            + "; try again when it is done");
  }

  /** Who holds it now: {@code process 1234 (ufw)}; nobody when that can't be told. */
  private List<String> holders() {
    List<String> holders = new ArrayList<>();
    try {
      Object inode = Files.getAttribute(terms.lockFile(), "unix:ino");
      for (String line : Files.readAllLines(HELD, StandardCharsets.ISO_8859_1)) {
        // 1: FLOCK  ADVISORY  WRITE 1234 00:19:5678 0 EOF; one that waits has -> behind its number.
        String[] cells = line.strip().split(" +");
        if (cells.length > 5 && cells[1].equals("FLOCK") && cells[5].endsWith(":" + inode)) {
          processName(cells[4]).ifPresent(holders::add);
        }
      }
    } catch (IOException | UnsupportedOperationException e) {
      return List.of();
    }
    return holders;
  }

  private static Optional<String> processName(String id) {
    try {
      String name = Files.readString(Path.of("/proc", id, "comm"), StandardCharsets.ISO_8859_1);
      return Optional.of("process " + id + " (" + name.strip() + ")");
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
