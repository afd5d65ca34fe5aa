package acct.state;

import acct.counter.Offset;
import acct.dataplane.WayBack;
import acct.host.HostException;
import acct.plan.Plan;
import acct.state.JournalText.Outcome;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Writes down what is done to the kernel's rules: before, and after. */
public final class Journal {
  private final JournalFile file;
  private final Clock clock;
  private final RandomGenerator random;
  private final Header header;

  /** What is the same for all that one run of acct does. */
  public record Header(
      String command, String user, List<JournalText.SourceFile> files, Optional<String> commit) {
    public Header {
      files = List.copyOf(files);
    }
  }

  /**
   * A journal in a file.
   *
   * @param random makes the ids
   */
  public Journal(JournalFile file, Clock clock, RandomGenerator random, Header header) {
    this.file = file;
    this.clock = clock;
    this.random = random;
    this.header = header;
  }

  private String time() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Writes what will be done, and returns the id to end it with. */
  public String begin(Plan plan, List<WayBack> undo, String state) throws HostException {
    String id = HexFormat.of().toHexDigits(random.nextLong());
    JournalText.Begin begin =
        new JournalText.Begin(
            id, time(), header.command(), header.user(), header.files(), header.commit());
    file.append(JournalText.begin(begin, plan, undo, state));
    return id;
  }

  /** Writes that an entry will be undone. */
  public String beginUndo(JournalEntry entry, String state) throws HostException {
    String id = HexFormat.of().toHexDigits(random.nextLong());
    JournalText.Begin begin =
        new JournalText.Begin(
            id, time(), header.command(), header.user(), List.of(), Optional.empty());
    file.append(JournalText.beginUndo(begin, entry.id(), entry.policies(), state));
    return id;
  }

  public void end(String id, Outcome outcome, String message, String state) throws HostException {
    end(id, outcome, message, List.of(), state);
  }

  public void end(String id, Outcome outcome, String message, List<Offset> offsets, String state)
      throws HostException {
    file.append(JournalText.end(id, time(), outcome, message, offsets, state));
  }

  /**
   * Writes what happened to counters beside an apply; nothing where there is nothing to tell.
   *
   * @return the id of the note
   */
  public String note(JournalNote.Event event, List<JournalNote.Line> lines) throws HostException {
    String id = HexFormat.of().toHexDigits(random.nextLong());
    if (!lines.isEmpty()) {
      note(id, event, lines);
    }
    return id;
  }

  /** The same in the place of an earlier note. */
  public void note(String id, JournalNote.Event event, List<JournalNote.Line> lines)
      throws HostException {
    file.append(
        JournalText.note(
            new JournalNote(id, time(), event, header.command(), header.user(), lines)));
  }
}
