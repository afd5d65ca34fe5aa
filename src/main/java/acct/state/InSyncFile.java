package acct.state;

import acct.host.HostException;
import acct.host.WholeFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was asked for and what was live when nothing was to be done for the last time. It is only a
 * memory: where it is damaged or gone, the plan is made again.
 */
public final class InSyncFile {
  private static final String HEAD = "acct-in-sync 1";
  private static final int HEAD_LINES = 3;
  private static final String SAID = "out ";
  private static final String WARNED = "err ";

  /**
   * A time when nothing was to be done.
   *
   * @param inputs the hash of what was asked for
   * @param live the hash of the rules, without their counters
   * @param said the lines that the plan printed
   * @param warned the lines that it printed on standard error
   */
  public record InSync(String inputs, String live, List<String> said, List<String> warned) {
    public InSync {
      said = List.copyOf(said);
      warned = List.copyOf(warned);
    }
  }

  private final WholeFile file;

  InSyncFile(WholeFile file) {
    this.file = file;
  }

  /** What is remembered, if anything is. */
  public Optional<InSync> read() {
    try {
      List<String> lines = file.read().orElse("").lines().toList();
      if (lines.size() < HEAD_LINES || !lines.get(0).equals(HEAD)) {
        return Optional.empty();
      }
      List<String> said = new ArrayList<>();
      List<String> warned = new ArrayList<>();
      for (String line : lines.subList(HEAD_LINES, lines.size())) {
        if (line.startsWith(SAID)) {
          said.add(line.substring(SAID.length()));
        } else if (line.startsWith(WARNED)) {
          warned.add(line.substring(WARNED.length()));
        } else {
          return Optional.empty();
        }
      }
      return Optional.of(new InSync(lines.get(1), lines.get(2), said, warned));
    } catch (HostException e) {
      return Optional.empty();
    }
  }

  /**
   * Remembers one in place of the last.
   *
   * @throws HostException where that can't be written; nothing depends on it
   */
  public void write(InSync one) throws HostException {
    List<String> lines = new ArrayList<>(List.of(HEAD, one.inputs(), one.live()));
    one.said().forEach(line -> lines.add(SAID + line));
    one.warned().forEach(line -> lines.add(WARNED + line));
    file.write(String.join("\n", lines) + "\n");
  }
}
