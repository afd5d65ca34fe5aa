package acct.view;

import acct.text.PrintableText;
import acct.text.Utf8Bytes;
import acct.view.JournalEntry.Changed;
import java.util.List;

/** The journal as a person reads it, the oldest entry first. */
public final class LogView {
  private static final int ADDRESS_WIDTH = 40;
  private static final int COMMIT_DIGITS = 12;

  private LogView() {}

  /** The entries as text. */
  public static String of(List<? extends Logged> entries) {
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

  private static void note(JournalNote note, StringBuilder out) {
    out.append(text(note.time())).append("  ").append(text(note.command()));
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

  private static void entry(JournalEntry entry, StringBuilder out) {
    out.append(text(entry.time())).append("  ").append(text(entry.command()));
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

  private static void change(Changed change, StringBuilder out) {
    String sign =
        switch (change.action()) {
          case "add" -> "+";
          case "remove" -> "-";
          case "move" -> ">";
          default -> "~";
        };
    out.append("  ").append(sign).append(' ').append(address(text(change.address())));
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
