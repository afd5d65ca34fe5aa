package acct.host;

import acct.netfilter.Backend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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
    return boot() + "/" + NetworkNamespace.here() + "/";
  }

  /**
   * The network namespace that an epoch is of, where it is another one of this boot that is still
   * there: its counters count on.
   */
  public static Optional<String> otherNamespace(String epoch) {
    String[] parts = epoch.split("/", -1);
    boolean other =
        isOfThisBoot(epoch) && parts.length > 1 && !parts[1].equals(NetworkNamespace.here());
    return other ? NetworkNamespace.living(parts[1]) : Optional.empty();
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
}
