package acct.state;

import acct.counter.Offset;
import acct.dataplane.WayBack;
import acct.plan.Fingerprint;
import acct.plan.Plan;
import acct.text.Utf8Bytes;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/**
 * The lines of the journal. An apply writes two: one before it changes anything, with all that will
 * end and the way back, and one when it is done; so an apply that was cut off is told, too.
 */
public final class JournalText {
  /** Of the lines: a minor number adds, a major one breaks. */
  public static final String FORMAT_VERSION = "1.1";

  /**
   * Who begins what.
   *
   * @param id names the apply in both of its lines
   * @param time in UTC, as ISO 8601 writes it
   * @param command {@code apply} or {@code undo}
   * @param user who runs acct
   * @param files that the policies were read from
   * @param commit that is checked out where the first of them lies
   */
  public record Begin(
      String id,
      String time,
      String command,
      String user,
      List<SourceFile> files,
      Optional<String> commit) {
    public Begin {
      files = List.copyOf(files);
    }
  }

  /** A file of policies, and the SHA-256 of its bytes in hexadecimal. */
  public record SourceFile(String name, String sha256) {}

  /** How it ended. */
  public enum Outcome {
    /** All is done, and was read back. */
    APPLIED,
    /** It failed, and what it had done was undone. */
    UNDONE,
    /** It failed, and something of it stands. */
    FAILED;

    /** As it stands in the journal. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private JournalText() {}

  /**
   * The first line.
   *
   * @param undo the way back from each of the plan's transactions, in their order
   * @param state names acct's part of the live rules before
   */
  public static String begin(Begin begin, Plan plan, List<WayBack> undo, String state) {
    Fingerprint fingerprint = Fingerprint.of(plan);
    return JsonCells.line(
        json -> {
          head(json, "begin", begin.id(), begin.time());
          json.writeStringProperty("command", begin.command());
          json.writeStringProperty("user", begin.user());
          json.writeArrayPropertyStart("policies");
          plan.policies().forEach(json::writeString);
          json.writeEndArray();
          json.writeArrayPropertyStart("files");
          for (SourceFile file : begin.files()) {
            json.writeStartObject();
            json.writeStringProperty("name", file.name());
            json.writeStringProperty("sha256", file.sha256());
            json.writeEndObject();
          }
          json.writeEndArray();
          begin.commit().ifPresent(commit -> json.writeStringProperty("commit", commit));
          json.writeStringProperty("planId", fingerprint.planId());
          json.writeStringProperty("state", state);
          PlanJson.writeChanges(json, plan);
          UndoJson.write(json, undo);
          json.writeEndObject();
        });
  }

  /**
   * The first line of an undo.
   *
   * @param of the id of what is undone
   * @param policies whose rules it is about
   * @param state names acct's part of the live rules before
   */
  public static String beginUndo(Begin begin, String of, List<String> policies, String state) {
    return JsonCells.line(
        json -> {
          head(json, "begin", begin.id(), begin.time());
          json.writeStringProperty("command", begin.command());
          json.writeStringProperty("user", begin.user());
          json.writeStringProperty("undoes", of);
          json.writeArrayPropertyStart("policies");
          policies.forEach(json::writeString);
          json.writeEndArray();
          json.writeStringProperty("state", state);
          json.writeEndObject();
        });
  }

  /**
   * The second line.
   *
   * @param message what a failure said; empty for none
   * @param offsets what the kernel's counters lack of those that were carried
   * @param state names acct's part of the live rules afterwards
   */
  public static String end(
      String id, String time, Outcome outcome, String message, List<Offset> offsets, String state) {
    return JsonCells.line(
        json -> {
          head(json, "end", id, time);
          json.writeStringProperty("outcome", outcome.label());
          if (!message.isEmpty()) {
            json.writeStringProperty("message", message);
          }
          if (!offsets.isEmpty()) {
            json.writeArrayPropertyStart("offsets");
            for (Offset offset : offsets) {
              json.writeStartObject();
              json.writeStringProperty("address", Utf8Bytes.textOf(offset.counter().toString()));
              JsonCells.counters(json, offset.lacks());
              json.writeEndObject();
            }
            json.writeEndArray();
          }
          json.writeStringProperty("state", state);
          json.writeEndObject();
        });
  }

  /** The line of a note. */
  public static String note(JournalNote note) {
    return JsonCells.line(
        json -> {
          head(json, note.event().label(), note.id(), note.time());
          json.writeStringProperty("command", note.command());
          json.writeStringProperty("user", note.user());
          json.writeArrayPropertyStart("counters");
          for (JournalNote.Line line : note.lines()) {
            json.writeStartObject();
            json.writeStringProperty("address", Utf8Bytes.textOf(line.address()));
            JsonCells.amount(json, line.amount());
            json.writeStringProperty("remark", line.remark());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void head(JsonGenerator json, String event, String id, String time) {
    json.writeStartObject();
    json.writeStringProperty("formatVersion", FORMAT_VERSION);
    json.writeStringProperty("event", event);
    json.writeStringProperty("id", id);
    json.writeStringProperty("time", time);
  }
}
