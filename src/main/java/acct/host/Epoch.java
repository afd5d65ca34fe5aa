package acct.host;

import acct.netfilter.Backend;
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

  /**
   * The present one, by what does not change while counters count on.
   *
   * @param backend whose counters they are: the two have nothing in common
   */
  public static String now(Backend.Kind backend) {
    return here() + backend.label();
  }

  private static String here() {
    return boot() + "/" + namespace() + "/";
  }

  /** Whether that was now and here, and of another backend. */
  public static boolean isOfAnother(String epoch, Backend.Kind backend) {
    return epoch.startsWith(here()) && !epoch.equals(now(backend));
  }

  /** Whether that was in this boot. */
  public static boolean isOfThisBoot(String epoch) {
    return epoch.startsWith(boot() + "/");
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
