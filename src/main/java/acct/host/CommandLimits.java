package acct.host;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What acct puts up with from the commands it runs.
 *
 * @param readLimit how long a read may take
 * @param lockWait how long to wait for the xtables lock, in whole seconds
 * @param mostOutput how many bytes a read may print
 * @param lockFile of legacy's commands
 */
public record CommandLimits(Duration readLimit, Duration lockWait, long mostOutput, Path lockFile) {
  private static final long MOST_OUTPUT = 256L << 20;

  /**
   * What holds on a host. A ruleset of 100,000 rules takes three seconds to read on nft, and some
   * ten megabytes; where Java has little memory, less than all of it has to do.
   */
  public static CommandLimits ofHost() {
    String file = System.getenv("XTABLES_LOCKFILE");
    return new CommandLimits(
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Math.min(MOST_OUTPUT, Runtime.getRuntime().maxMemory() / 4),
        Path.of(file == null || file.isEmpty() ? "/run/xtables.lock" : file));
  }

  /** The same with another lock. */
  public CommandLimits with(Path otherLock) {
    return new CommandLimits(readLimit, lockWait, mostOutput, otherLock);
  }
}
