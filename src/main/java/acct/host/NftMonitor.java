package acct.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Tells of every change of the nft ruleset of this network namespace, by {@code nft monitor}. */
public final class NftMonitor implements AutoCloseable {
  private final Process process;

  private NftMonitor(Process process) {
    this.process = process;
  }

  /**
   * Begins to listen.
   *
   * @param changed is called for each line that nft prints, from another thread, and once more when
   *     nft has ended
   * @return nothing where there is no nft, or it can't be run
   */
  public static Optional<NftMonitor> start(Runnable changed) {
    Optional<Path> nft = Programs.lookUp("nft");
    if (nft.isEmpty()) {
      return Optional.empty();
    }
    try {
      Process process =
          new ProcessBuilder(nft.get().toString(), "monitor")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      Thread reader =
          new Thread(
              () -> {
                try (BufferedReader lines =
                    new BufferedReader(
                        new InputStreamReader(
                            process.getInputStream(), StandardCharsets.ISO_8859_1))) {
                  while (lines.readLine() != null) {
                    changed.run();
                  }
                } catch (IOException e) {
                  // It was closed.
                }
                changed.run();
              },
              "nft monitor");
      reader.setDaemon(true);
      reader.start();
      return Optional.of(new NftMonitor(process));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether nft is still at work. */
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
