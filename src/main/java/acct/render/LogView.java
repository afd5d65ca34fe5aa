package acct.render;

import acct.counter.Amount;
import acct.state.JournalEntry;
import acct.state.JournalEntry.Changed;
import acct.state.JournalNote;
import acct.state.JournalText.Outcome;
import acct.state.Logged;
import acct.text.PrintableText;
import acct.text.Utf8Bytes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The journal as a person reads it, the oldest entry first. */
public final class LogView {
  private static final int ADDRESS_WIDTH = 40;
  private static final int COMMIT_DIGITS = 12;
  private static final int ADDRESS_PARTS = 4;

  private static final int ID_DIGITS = 8;

  private final TimeText times;

  /**
   * A view of what the journal has.
   *
   * @param times how moments are written
   */
  public LogView(TimeText times) {
    this.times = times;
  }

  /** A moment of the journal; one that can't be read as it is. */
  private String time(String time) {
    try {
      return times.seconds(Instant.parse(time));
    } catch (DateTimeException e) {
      return text(time);
    }
  }

  /**
   * A line that sums an entry up.
   *
   * @return nothing for totals of counters that an apply has ended: its own line counts them
   */
  public Optional<String> summary(Logged logged) {
    if (logged instanceof JournalNote note) {
      return note.event() == JournalNote.Event.ENDED
          ? Optional.empty()
          : Optional.of(line(note.time(), note.command(), summary(note), note.id()));
    }
    JournalEntry entry = (JournalEntry) logged;
    String policies = text(String.join(", ", entry.policies()));
    String what =
        entry
            .undoes()
            .map(id -> "of " + text(shortened(id)) + ", " + policies + summary(entry))
            .orElseGet(() -> policies + ": " + summary(entry));
    return Optional.of(line(entry.time(), entry.command(), what, entry.id()));
  }

  private String line(String time, String command, String what, String id) {
    return PrintableText.line(
            time(time) + "  " + text(command) + "  " + what + "  [" + text(shortened(id)) + "]")
        + "\n";
  }

  private static String shortened(String id) {
    return id.substring(0, Math.min(ID_DIGITS, id.length()));
  }

  private static String summary(JournalNote note) {
    Amount all = Amount.ZERO;
    for (JournalNote.Line line : note.lines()) {
      all = all.plus(line.amount());
    }
    String what =
        switch (note.event()) {
          case RESET -> " began anew, not by acct, had ";
          case ENDED -> " ended, had ";
          case ZEROED -> " set to zero, had ";
          case ZERO_FAILED -> " not set to zero, had ";
        };
    return counters(note.lines().size()) + what + Amounts.of(all);
  }

  private static String counters(int count) {
    return count + (count == 1 ? " counter" : " counters");
  }

  private static String summary(JournalEntry entry) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String sign : List.of("+", "~", ">", "-")) {
      counts.put(sign, 0);
    }
    int ended = 0;
    int carried = 0;
    for (Changed change : entry.changes()) {
      counts.merge(sign(change), 1, Integer::sum);
      ended += change.fate().equals(Optional.of("ended")) ? 1 : 0;
      carried += change.fate().equals(Optional.of("carried")) ? 1 : 0;
    }
    List<String> parts = new ArrayList<>();
    counts.forEach(
        (sign, count) -> {
          if (count > 0) {
            parts.add(sign + count);
          }
        });
    String what = String.join(" ", parts);
    what += ended == 0 ? "" : ", " + ended + " ended";
    what += carried == 0 ? "" : ", " + carried + " carried";
    Outcome outcome = entry.end().map(JournalEntry.End::outcome).orElse(Outcome.APPLIED);
    if (entry.end().isEmpty()) {
      return what + ", cut off";
    }
    return switch (outcome) {
      case APPLIED -> what;
      case UNDONE -> what + ", failed and undone";
      case FAILED -> what + ", FAILED";
    };
  }

  /** Whether an entry is about a chain. */
  public static boolean isOf(Logged logged, String chain) {
    return logged.match(
        new Logged.Cases<Boolean>() {
          @Override
          public Boolean entry(JournalEntry entry) {
            return entry.changes().stream().anyMatch(change -> isOf(change.address(), chain));
          }

          @Override
          public Boolean note(JournalNote note) {
            return note.lines().stream().anyMatch(line -> isOf(line.address(), chain));
          }
        });
  }

  /** {@code family/table/chain/rule}; of a jump the rule is the chain it leads to. */
  private static boolean isOf(String address, String chain) {
    String[] parts = Utf8Bytes.textOf(address).split("/", -1);
    boolean from = parts.length > 2 && parts[2].equals(chain);
    return from || parts.length == ADDRESS_PARTS && parts[ADDRESS_PARTS - 1].equals(chain);
  }

  /** What an undo of an entry would do: its changes the other way round, the last first. */
  public String back(JournalEntry entry) {
    StringBuilder out = new StringBuilder();
    List<Changed> reversed = new ArrayList<>(entry.changes());
    Collections.reverse(reversed);
    for (Changed change : reversed) {
      String address = address(text(change.address()));
      String had = Amounts.of(change.counters());
      boolean carried = change.fate().equals(Optional.of("carried"));
      String line =
          switch (sign(change)) {
            case "+" -> "- " + address + "  ends; what it has by then goes to the journal";
            case "-" -> "+ " + address + "  comes back with " + had;
            case ">" -> "> " + address + "  goes back, its counter is carried";
            default ->
                carried
                    ? "~ " + address + "  is as it was, its counter is carried"
                    : change.fate().isEmpty()
                        ? "~ " + address + "  gets its old name " + text(change.before())
                        : "~ " + address + "  is as it was, and comes back with " + had;
          };
      out.append("  ").append(line).append('\n');
    }
    return PrintableText.lines(out.toString());
  }

  /** The entries as text. */
  public String of(List<? extends Logged> entries) {
    StringBuilder out = new StringBuilder();
    for (Logged logged : entries) {
      if (logged instanceof JournalEntry entry) {
        entry(entry, out);
      } else if (logged instanceof JournalNote note) {
        note(note, out);
      }
    }
    return PrintableText.lines(out.toString());
  }

  /** What the journal has as text. */
  private static String text(String text) {
    return PrintableText.of(text);
  }

  private void note(JournalNote note, StringBuilder out) {
    out.append(time(note.time())).append("  ").append(text(note.command()));
    out.append(" by ").append(text(note.user())).append(": ").append(note.event().title());
    out.append("  [").append(text(note.id())).append("]\n");
    for (JournalNote.Line line : note.lines()) {
      out.append("  ")
          .append(address(text(Utf8Bytes.textOf(line.address()))))
          .append("  ")
          .append(Amounts.of(line.amount()))
          .append(' ')
          .append(text(line.remark()));
      out.append('\n');
    }
    out.append('\n');
  }

  /** An address in its column, safe already. */
  private static String address(String address) {
    return Columns.left(address, ADDRESS_WIDTH);
  }

  private void entry(JournalEntry entry, StringBuilder out) {
    out.append(time(entry.time())).append("  ").append(text(entry.command()));
    entry.undoes().ifPresent(id -> out.append(" of ").append(text(id)));
    out.append(" by ").append(text(entry.user())).append(": ");
    out.append(text(String.join(", ", entry.policies())));
    entry
        .commit()
        .ifPresent(
            commit ->
                out.append(" at commit ")
                    .append(text(commit.substring(0, Math.min(COMMIT_DIGITS, commit.length())))));
    out.append("  [").append(text(entry.id())).append("]\n");
    for (Changed change : entry.changes()) {
      change(change, out);
    }
    for (JournalEntry.Offset offset :
        entry.end().map(JournalEntry.End::offsets).orElse(List.of())) {
      out.append("  total of ")
          .append(text(Utf8Bytes.textOf(offset.address())))
          .append(": its counter and ");
      out.append(Amounts.of(offset.counters())).append('\n');
    }
    out.append("  ").append(end(entry)).append("\n\n");
  }

  private static String sign(Changed change) {
    return switch (change.action()) {
      case "add" -> "+";
      case "remove" -> "-";
      case "move" -> ">";
      default -> "~";
    };
  }

  private static void change(Changed change, StringBuilder out) {
    out.append("  ").append(sign(change)).append(' ').append(address(text(change.address())));
    boolean valued = change.fate().isPresent() && !change.fate().get().equals("new");
    out.append("  ").append(text(change.fate().orElse("renamed")));
    if (valued) {
      out.append(" at ").append(Amounts.of(change.counters()));
    }
    out.append('\n');
  }

  private static String end(JournalEntry entry) {
    if (entry.end().isEmpty()) {
      return "cut off: acct did not live to say how it ended; what stands now, acct plan shows";
    }
    JournalEntry.End end = entry.end().get();
    String how =
        switch (end.outcome()) {
          case APPLIED ->
              entry.undoes().isPresent() ? "undone and verified" : "applied and verified";
          case UNDONE -> "failed, and was undone";
          case FAILED -> "failed, and something of it stands";
        };
    return end.message().isEmpty()
        ? how
        : how + ": " + PrintableText.lines(end.message()).replace("\n", "\n    ");
  }
}
