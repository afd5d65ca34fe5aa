package acct.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Names the time through which the kernel's counters count on: this boot, and this network
 * namespace of it, for a container that is started again has other counters in the same boot.
 */
public final class Epoch {
  private Epoch() {}

  /** The present one. */
  public static String now() {
    return boot() + "/" + namespace();
  }

  private static String boot() {
    try {
      Path file = Path.of("/proc/sys/kernel/random/boot_id");
      return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static String namespace() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
