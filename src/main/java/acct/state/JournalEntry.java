package acct.state;

import acct.dataplane.WayBack;
import acct.netfilter.Counters;
import acct.state.JournalText.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the journal tells of one apply or undo.
 *
 * @param time when it began
 * @param undoes the id of the entry that this one undoes
 * @param policies the owners it was about
 * @param changes in the plan's order
 * @param undo what takes each of its transactions back, in the order they were written in; nothing
 *     where that can't be read
 * @param state names acct's part of the live rules before
 * @param end nothing where acct was cut off
 */
public record JournalEntry(
    String id,
    String time,
    String command,
    String user,
    Optional<String> undoes,
    List<String> policies,
    Optional<String> commit,
    List<Changed> changes,
    Optional<List<WayBack>> undo,
    String state,
    Optional<End> end)
    implements Logged {
  public JournalEntry {
    policies = List.copyOf(policies);
    changes = List.copyOf(changes);
    undo = undo.map(List::copyOf);
  }

  /**
   * A change as it was planned.
   *
   * @param fate {@code ended}, {@code carried}, {@code new}; nothing for a chain
   * @param counters the last value read
   */
  public record Changed(
      String action,
      String address,
      String before,
      String after,
      Optional<String> fate,
      Counters counters) {}

  /**
   * What a rule's kernel counter lacks since it was carried: its total is the counter and this.
   *
   * @param address of the rule, as it is shown
   */
  public record Offset(String address, Counters counters) {}

  /** How it ended. */
  public record End(
      String time, Outcome outcome, String message, List<Offset> offsets, String state) {
    public End {
      offsets = List.copyOf(offsets);
    }
  }

  /**
   * All that a journal has.
   *
   * @param unreadable lines that were torn, or that a later version wrote
   */
  public record Book(List<Logged> all, int unreadable) {
    public Book {
      all = List.copyOf(all);
    }

    /** Applies and undos alone. */
    public List<JournalEntry> entries() {
      List<JournalEntry> entries = new ArrayList<>();
      for (Logged one : all) {
        if (one instanceof JournalEntry entry) {
          entries.add(entry);
        }
      }
      return entries;
    }
  }

  /** Reads a journal's lines. A line that can't be read is passed over, and counted. */
  public static Book read(List<String> lines) {
    List<Logged> all = new ArrayList<>();
    JournalReader reader = new JournalReader(all::add);
    lines.forEach(reader::line);
    reader.finish();
    return new Book(all, reader.unreadableLines());
  }

  JournalEntry with(End ended) {
    return new JournalEntry(
        id,
        time,
        command,
        user,
        undoes,
        policies,
        commit,
        changes,
        undo,
        state,
        Optional.of(ended));
  }

  /** The same without what makes it large: it can be listed, and not undone. */
  public JournalEntry outline() {
    return new JournalEntry(
        id,
        time,
        command,
        user,
        undoes,
        policies,
        commit,
        List.of(),
        Optional.empty(),
        state,
        end.map(e -> new End(e.time(), e.outcome(), e.message(), List.of(), e.state())));
  }

  @Override
  public <T> T match(Cases<T> cases) {
    return cases.entry(this);
  }

  /** Whether something of it stands. */
  public boolean stands() {
    return end.isEmpty() || end.get().outcome() != Outcome.UNDONE;
  }
}
