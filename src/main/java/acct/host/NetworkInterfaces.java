package acct.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The network interfaces of the namespace that acct runs in. */
public final class NetworkInterfaces {
  /** Of the process, not of the mount of sysfs: {@code unshare -n} leaves that as it was. */
  private static final Path DEVICES = Path.of("/proc/self/net/dev");

  private NetworkInterfaces() {}

  /** Their names; nothing where they can't be read. */
  public static Optional<Set<String>> here() {
    try {
      return Optional.of(of(Files.readString(DEVICES, StandardCharsets.ISO_8859_1)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The names in the text of {@code /proc/net/dev}: each line but two begins with one. */
  static Set<String> of(String text) {
    Set<String> names = new HashSet<>();
    for (String line : text.split("\n")) {
      // A name may have a colon itself, and the figures have none.
      int colon = line.lastIndexOf(':');
      if (colon > 0) {
        names.add(line.substring(0, colon).strip());
      }
    }
    return names;
  }
}
