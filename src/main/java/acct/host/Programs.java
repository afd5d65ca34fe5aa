package acct.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds programs: on PATH, and where the system's own are, which an ordinary user's PATH lacks. */
public final class Programs {
  private static final List<String> SYSTEM = List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin");

  /** The packages of what is not iptables' own. */
  private static final Map<String, String> PACKAGES =
      Map.of("flock", "util-linux", "setsid", "util-linux", "getent", "the C library's tools");

  private Programs() {}

  /** The program's file. */
  public static Path find(String name) throws HostException {
    return lookUp(name)
        .orElseThrow(
            () ->
                new HostException(
                    HostException.Kind.MISSING,
                    name
                        + " is not installed on this machine (not on PATH, nor in /usr/sbin):"
                        + " install "
                        + PACKAGES.getOrDefault(name, "iptables")
                        + ", or plan offline with --against DUMP"));
  }

  public static Optional<Path> lookUp(String name) {
    List<String> directories = new ArrayList<>();
    String path = System.getenv("PATH");
    if (path != null) {
      directories.addAll(List.of(path.split(":")));
    }
    directories.addAll(SYSTEM);
    for (String directory : directories) {
      // An empty or relative entry means the working directory, which others may write to.
      if (directory.startsWith("/")) {
        Path file = Path.of(directory, name);
        if (Files.isExecutable(file) && !Files.isDirectory(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }
}
