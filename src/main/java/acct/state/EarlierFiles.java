package acct.state;

import acct.host.HostException;
import acct.host.PrivateFiles;
import acct.host.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a file that is replaced as a whole had before: a directory of hard links, so that to keep
 * one costs no copy. The last few are kept, and of the older ones the oldest of each time that is
 * twice as long as the one after it: some twenty reach back a year. Of large files only the last
 * few are.
 */
public final class EarlierFiles {
  private static final int LAST = 4;
  private static final long MINUTE = 60_000;

  /** Some twenty of these take more of a disk than what they are good for. */
  private static final long LARGE = 4L << 20;

  private final Path directory;

  EarlierFiles(Path directory) {
    this.directory = directory;
  }

  /** The kept files, the last one first; none where they can't be read. */
  public List<WholeFile> all() {
    try {
      return PrivateFiles.check(directory).isEmpty()
          ? List.of()
          : times().stream().map(time -> new WholeFile(file(time))).toList();
    } catch (IOException | HostException e) {
      return List.of();
    }
  }

  /**
   * Keeps a file as it is, which is about to be replaced; where that can't be done, on a full disk
   * or a file system without links, it is lost, and nothing else is.
   *
   * @param now the time that it is kept under
   */
  public void keep(WholeFile file, Instant now) {
    try {
      PrivateFiles.directory(directory);
      Files.createLink(file(now.toEpochMilli()), file.path());
      boolean large = Files.size(file.path()) > LARGE;
      for (long time : superfluous(times(), now.toEpochMilli(), large)) {
        Files.deleteIfExists(file(time));
      }
    } catch (IOException | HostException e) {
      // What is kept helps to tell a restore from a zero, and no total depends on it.
    }
  }

  private Path file(long time) {
    return directory.resolve(Long.toString(time));
  }

  private List<Long> times() throws IOException {
    List<Long> times = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.matches("[1-9][0-9]{0,15}")) {
          times.add(Long.parseLong(name));
        }
      }
    }
    times.sort(Collections.reverseOrder());
    return times;
  }

  /** Those that are not needed any more, of times from the last one on. */
  static List<Long> superfluous(List<Long> times, long now, boolean large) {
    Map<Integer, Long> oldest = new HashMap<>();
    List<Long> superfluous = new ArrayList<>();
    List<Long> older = times.subList(Math.min(LAST, times.size()), times.size());
    if (large) {
      return List.copyOf(older);
    }
    for (long time : older) {
      int age = Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, now - time) / MINUTE);
      Long younger = oldest.put(age, time);
      if (younger != null) {
        superfluous.add(younger);
      }
    }
    return superfluous;
  }
}
