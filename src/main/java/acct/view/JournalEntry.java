package acct.view;

import acct.dataplane.iptables.Block;
import acct.netfilter.Counters;
import acct.text.JsonText;
import acct.totals.Amount;
import acct.totals.Transition;
import acct.view.JournalView.Outcome;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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
    Optional<List<Way>> undo,
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
   * The way back from one transaction.
   *
   * @param block takes it back
   * @param done what the transaction did to counters
   */
  public record Way(Block block, List<Transition> done) {
    public Way {
      done = List.copyOf(done);
    }
  }

  /**
   * What a rule's kernel counter lacks since it was carried: its total is the counter and this.
   *
   * @param address of the rule
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
    JsonMapper mapper = new JsonMapper();
    Map<String, JsonNode> begins = new LinkedHashMap<>();
    Map<String, JsonNode> ends = new LinkedHashMap<>();
    int unreadable = 0;
    for (String line : lines) {
      if (line.isBlank()) {
        continue;
      }
      Optional<JsonNode> node = node(mapper, line);
      if (node.isEmpty()) {
        unreadable++;
      } else {
        boolean end = text(node.get(), "event").equals("end");
        (end ? ends : begins).put(text(node.get(), "id"), node.get());
      }
    }
    List<Logged> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> begin : begins.entrySet()) {
      JsonNode line = begin.getValue();
      try {
        if (text(line, "event").equals("begin")) {
          all.add(entry(line, Optional.ofNullable(ends.get(begin.getKey()))));
        } else {
          note(line).ifPresent(all::add);
        }
      } catch (NumberFormatException e) {
        unreadable++;
      }
    }
    return new Book(all, unreadable);
  }

  /**
   * The lines that are JSON, also those of a later version, with nothing hidden in them: a terminal
   * may show them.
   */
  public static List<String> json(List<String> lines) {
    JsonMapper mapper = new JsonMapper();
    List<String> json = new ArrayList<>();
    for (String line : lines) {
      if (tree(mapper, line).isPresent()) {
        json.add(JsonText.of(line.strip()));
      }
    }
    return json;
  }

  private static Optional<JsonNode> tree(JsonMapper mapper, String line) {
    try {
      return Optional.of(mapper.readTree(line)).filter(JsonNode::isObject);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Optional<JsonNode> node(JsonMapper mapper, String line) {
    return tree(mapper, line).filter(node -> text(node, "formatVersion").startsWith("1."));
  }

  /** What is no scalar is no text. */
  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }

  private static Optional<String> optional(JsonNode node, String name) {
    String text = text(node, name);
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static Optional<JournalNote> note(JsonNode node) {
    for (JournalNote.Event event : JournalNote.Event.values()) {
      if (event.label().equals(text(node, "event"))) {
        List<JournalNote.Line> lines = new ArrayList<>();
        for (JsonNode line : node.path("counters")) {
          Amount amount =
              new Amount(
                  new BigInteger(text(line, "packets")), new BigInteger(text(line, "bytes")));
          lines.add(new JournalNote.Line(text(line, "address"), amount, text(line, "remark")));
        }
        return Optional.of(
            new JournalNote(
                text(node, "id"),
                text(node, "time"),
                event,
                text(node, "command"),
                text(node, "user"),
                lines));
      }
    }
    return Optional.empty();
  }

  private static JournalEntry entry(JsonNode begin, Optional<JsonNode> end) {
    List<String> policies = new ArrayList<>();
    begin.path("policies").forEach(policy -> policies.add(policy.asString("")));
    List<Changed> changes = new ArrayList<>();
    begin.path("changes").forEach(change -> changes.add(changed(change)));
    return new JournalEntry(
        text(begin, "id"),
        text(begin, "time"),
        text(begin, "command"),
        text(begin, "user"),
        optional(begin, "undoes"),
        policies,
        optional(begin, "commit"),
        changes,
        UndoJson.read(begin.path("undo")),
        text(begin, "state"),
        end.map(JournalEntry::end));
  }

  private static Changed changed(JsonNode change) {
    JsonNode counter = change.path("counter");
    Counters counters =
        counter.path("packets").isMissingNode() || counter.path("packets").isNull()
            ? Counters.UNKNOWN
            : new Counters(number(counter.path("packets")), number(counter.path("bytes")));
    return new Changed(
        text(change, "action"),
        text(change, "address"),
        text(change, "before"),
        text(change, "after"),
        optional(counter, "fate"),
        counters);
  }

  private static long number(JsonNode node) {
    return Long.parseUnsignedLong(node.asString(""));
  }

  private static End end(JsonNode end) {
    Outcome outcome = Outcome.FAILED;
    for (Outcome one : Outcome.values()) {
      outcome = one.label().equals(text(end, "outcome")) ? one : outcome;
    }
    List<Offset> offsets = new ArrayList<>();
    for (JsonNode offset : end.path("offsets")) {
      Counters counters =
          new Counters(number(offset.path("packets")), number(offset.path("bytes")));
      offsets.add(new Offset(text(offset, "address"), counters));
    }
    return new End(text(end, "time"), outcome, text(end, "message"), offsets, text(end, "state"));
  }

  /** Whether something of it stands. */
  public boolean stands() {
    return end.isEmpty() || end.get().outcome() != Outcome.UNDONE;
  }
}
