package acct.state;

import acct.counter.Amount;
import java.util.List;

/**
 * What the journal tells of counters beside applies.
 *
 * @param time in UTC, as ISO 8601 writes it
 * @param command that wrote it
 */
public record JournalNote(
    String id, String time, Event event, String command, String user, List<Line> lines)
    implements Logged {
  public JournalNote {
    lines = List.copyOf(lines);
  }

  @Override
  public <T> T match(Cases<T> cases) {
    return cases.note(this);
  }

  /** What happened to them. */
  public enum Event {
    /** The kernel's counters began anew, and not by acct. */
    RESET("counters began anew, not by acct"),
    /** acct has ended them, and this is what they came to. */
    ENDED("totals of counters that ended"),
    /** acct has set them to zero, and this is what they came to. */
    ZEROED("totals of counters that were set to zero"),
    /** acct was about to, and could not: their totals go on. */
    ZERO_FAILED("counters could not be set to zero: their totals go on");

    private final String title;

    Event(String title) {
      this.title = title;
    }

    /** As it stands in the journal. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** As a person reads it. */
    public String title() {
      return title;
    }
  }

  /**
   * A counter.
   *
   * @param amount what it had
   * @param remark since when, or why
   */
  public record Line(String address, Amount amount, String remark) {}
}
