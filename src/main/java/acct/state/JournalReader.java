package acct.state;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Puts the lines of a journal together, and hands on each entry once nothing can belong to it any
 * more; so a journal of any length is read in little memory.
 *
 * <p>acct's lock lets one apply or undo write at a time, so what stands before a line that begins
 * one is complete. A line that can't be read is passed over, and counted.
 */
public final class JournalReader {
  /** How many entries wait for their end; between the lines of an apply stand very few others. */
  private static final int MOST_WAITING = 64;

  private final Consumer<Logged> entries;
  private final Deque<Logged> waiting = new ArrayDeque<>();
  private int unreadable;
  private boolean lastIsDamaged;

  /**
   * A reader at the begin of a journal.
   *
   * @param entries is given them, the oldest first
   */
  public JournalReader(Consumer<Logged> entries) {
    this.entries = entries;
  }

  /**
   * Reads a line.
   *
   * @return whether it can be read; a blank one too
   */
  public boolean line(String line) {
    if (line.isBlank()) {
      return true;
    }
    JournalLine read = JournalLine.read(line);
    if (read instanceof JournalLine.Begin begin) {
      handOnAll();
      waiting.add(begin.entry());
      lastIsDamaged = false;
    } else if (read instanceof JournalLine.End end) {
      end(end.id(), end.end());
    } else if (read instanceof JournalLine.Note note) {
      note(note.note());
    } else if (read instanceof JournalLine.Unreadable bad) {
      unreadable++;
      lastIsDamaged |= bad.begins();
      return false;
    }
    while (waiting.size() > MOST_WAITING) {
      entries.accept(waiting.remove());
    }
    return true;
  }

  /** Counts a line that is not even text. */
  public void unreadable() {
    unreadable++;
  }

  /** Hands on what is left at the end of the journal. */
  public void finish() {
    handOnAll();
  }

  /** How many lines could not be read. */
  public int unreadableLines() {
    return unreadable;
  }

  /**
   * Whether behind the last apply or undo stands another one, whose line is damaged: the way back
   * is lost then, and the one before it is not the last.
   */
  public boolean isLastDamaged() {
    return lastIsDamaged;
  }

  private void handOnAll() {
    waiting.forEach(entries);
    waiting.clear();
  }

  private void end(String id, JournalEntry.End end) {
    replace(
        one ->
            one instanceof JournalEntry entry && entry.id().equals(id)
                ? Optional.of(entry.with(end))
                : Optional.empty());
  }

  /** One with the id of an earlier note says better what that one said. */
  private void note(JournalNote note) {
    boolean replaced =
        replace(
            one ->
                one instanceof JournalNote earlier && earlier.id().equals(note.id())
                    ? Optional.of(note)
                    : Optional.empty());
    if (!replaced) {
      waiting.add(note);
    }
  }

  private interface Replacement {
    Optional<Logged> of(Logged one);
  }

  /** Replaces the first that waits and has a replacement. */
  private boolean replace(Replacement replacement) {
    Deque<Logged> checked = new ArrayDeque<>(waiting.size());
    boolean replaced = false;
    for (Logged one : waiting) {
      Optional<Logged> other = replaced ? Optional.empty() : replacement.of(one);
      checked.add(other.orElse(one));
      replaced |= other.isPresent();
    }
    waiting.clear();
    waiting.addAll(checked);
    return replaced;
  }
}
