package acct.state;

import acct.counter.Amount;
import acct.netfilter.Counters;
import acct.state.JournalText.Outcome;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A line of the journal, read strictly: one with anything in it that acct does not write is
 * unreadable as a whole, for {@code acct undo} does what it says.
 */
sealed interface JournalLine {
  /** An apply or undo begins. */
  record Begin(JournalEntry entry) implements JournalLine {}

  /** The one of that id ends. */
  record End(String id, JournalEntry.End end) implements JournalLine {}

  /** Something happened to counters. */
  record Note(JournalNote note) implements JournalLine {}

  /**
   * It can't be read.
   *
   * @param begins whether it would be the begin of an apply or undo
   */
  record Unreadable(boolean begins) implements JournalLine {}

  /** Reads a line. */
  static JournalLine read(String line) {
    boolean begins = false;
    try {
      JsonNode node = StrictJson.read(line);
      if (!node.isObject() || !Parser.text(node, "formatVersion").startsWith("1.")) {
        return new Unreadable(false);
      }
      String event = Parser.text(node, "event");
      begins = event.equals("begin");
      return Parser.line(node, event);
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      return new Unreadable(begins);
    }
  }

  /** The parts of a line; what is not as acct writes it is an IllegalArgumentException. */
  final class Parser {
    /** A sum of kernel counters has no more than this. */
    private static final int MOST_DIGITS = 40;

    private static final Pattern DIGITS = Pattern.compile("-?[0-9]+");

    private Parser() {}

    private static JournalLine line(JsonNode node, String event) {
      String id = text(node, "id");
      if (id.isEmpty()) {
        throw new IllegalArgumentException("no id");
      }
      if (event.equals("begin")) {
        return new Begin(entry(node));
      }
      if (event.equals("end")) {
        return new End(id, end(node));
      }
      for (JournalNote.Event one : JournalNote.Event.values()) {
        if (one.label().equals(event)) {
          return new Note(
              new JournalNote(
                  id,
                  time(node),
                  one,
                  text(node, "command"),
                  text(node, "user"),
                  list(node, "counters", Parser::noted)));
        }
      }
      throw new IllegalArgumentException("no event of this format");
    }

    private static JournalEntry entry(JsonNode begin) {
      return new JournalEntry(
          text(begin, "id"),
          time(begin),
          text(begin, "command"),
          text(begin, "user"),
          optional(begin, "undoes"),
          list(begin, "policies", StrictJson::string),
          optional(begin, "commit"),
          list(begin, "changes", Parser::changed),
          UndoJson.read(begin.path("undo")),
          text(begin, "state"),
          Optional.empty());
    }

    private static JournalEntry.Changed changed(JsonNode node) {
      JsonNode counter = node.path("counter");
      if (!counter.isMissingNode() && !counter.isObject()) {
        throw new IllegalArgumentException("counter");
      }
      boolean known = counter.hasNonNull("packets");
      return new JournalEntry.Changed(
          text(node, "action"),
          text(node, "address"),
          text(node, "before"),
          text(node, "after"),
          optional(counter, "fate"),
          known ? counters(counter) : Counters.UNKNOWN);
    }

    private static JournalNote.Line noted(JsonNode node) {
      Amount amount = new Amount(number(node, "packets"), number(node, "bytes"));
      return new JournalNote.Line(text(node, "address"), amount, text(node, "remark"));
    }

    private static JournalEntry.End end(JsonNode node) {
      String said = text(node, "outcome");
      for (Outcome outcome : Outcome.values()) {
        if (outcome.label().equals(said)) {
          return new JournalEntry.End(
              time(node),
              outcome,
              text(node, "message"),
              list(node, "offsets", Parser::offset),
              text(node, "state"));
        }
      }
      throw new IllegalArgumentException("outcome");
    }

    private static JournalEntry.Offset offset(JsonNode node) {
      return new JournalEntry.Offset(text(node, "address"), counters(node));
    }

    private static <T> List<T> list(JsonNode node, String name, Function<JsonNode, T> reader) {
      JsonNode array = node.path(name);
      if (!array.isMissingNode() && !array.isArray()) {
        throw new IllegalArgumentException(name);
      }
      List<T> all = new ArrayList<>(array.size());
      for (JsonNode one : array) {
        all.add(reader.apply(one));
      }
      return all;
    }

    /** Empty where it is not there. */
    private static String text(JsonNode node, String name) {
      JsonNode value = node.path(name);
      return value.isMissingNode() || value.isNull() ? "" : StrictJson.string(value);
    }

    private static Optional<String> optional(JsonNode node, String name) {
      String text = text(node, name);
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** As ISO 8601 writes it, in a year of four digits. */
    private static String time(JsonNode node) {
      String text = text(node, "time");
      boolean fourDigits = text.indexOf('-') == 4;
      if (!fourDigits) {
        throw new IllegalArgumentException("time");
      }
      Instant.parse(text);
      return text;
    }

    private static Counters counters(JsonNode node) {
      return new Counters(counter(node, "packets"), counter(node, "bytes"));
    }

    private static long counter(JsonNode node, String name) {
      BigInteger value = number(node, name);
      if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
        throw new IllegalArgumentException(name);
      }
      return value.longValue();
    }

    /** A number, or beyond 2^53 its digits as a string. */
    private static BigInteger number(JsonNode node, String name) {
      JsonNode value = node.path(name);
      boolean number = value.isIntegralNumber() || value.isString();
      String digits = number ? value.asString() : "";
      // BigInteger would also take a plus sign and the digits of other scripts.
      if (digits.length() > MOST_DIGITS || !DIGITS.matcher(digits).matches()) {
        throw new IllegalArgumentException(name);
      }
      return new BigInteger(digits);
    }
  }
}
