package acct.state;

import acct.counter.CounterIdCells;
import acct.counter.LedgerText.BadLedgerException;
import acct.counter.PendingText;
import acct.counter.Transition;
import acct.dataplane.iptables.Block;
import acct.dataplane.iptables.ScriptCommand;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * The way back from an apply, in the journal: for each transaction the commands that take it back,
 * as values, and what it did to counters. Never a script: what is read here becomes one only by
 * {@link Block#text}.
 */
final class UndoJson {
  private UndoJson() {}

  /** Of each transaction of an apply, in their order. */
  static void write(JsonGenerator json, List<JournalEntry.Way> ways) {
    json.writeArrayPropertyStart("undo");
    for (JournalEntry.Way way : ways) {
      json.writeStartObject();
      json.writeStringProperty("family", way.block().family().label());
      json.writeStringProperty("table", way.block().table().value());
      json.writeArrayPropertyStart("commands");
      way.block().lines().forEach(line -> write(json, line));
      json.writeEndArray();
      json.writeArrayPropertyStart("transitions");
      way.done().forEach(one -> json.writeString(PendingText.line(one)));
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Block.Line line) {
    ScriptCommand command = line.command();
    json.writeStartObject();
    json.writeStringProperty("command", name(command));
    json.writeStringProperty("chain", command.chain().value());
    if (command instanceof ScriptCommand.RenameChain rename) {
      json.writeStringProperty("to", rename.to().value());
    } else if (command instanceof ScriptCommand.DeleteAt delete) {
      json.writeNumberProperty("position", delete.position());
    } else if (command instanceof ScriptCommand.DeleteRule delete) {
      words(json, "words", delete.words());
    } else if (command instanceof ScriptCommand.Append append) {
      JsonCells.counters(json, append.start());
      words(json, "words", append.words());
    } else if (command instanceof ScriptCommand.Insert insert) {
      json.writeNumberProperty("position", insert.position());
      JsonCells.counters(json, insert.start());
      words(json, "words", insert.words());
    }
    if (line.carry().isPresent()) {
      Block.Carry carry = line.carry().get();
      json.writeObjectPropertyStart("carry");
      words(json, "counter", CounterIdCells.of(carry.from()));
      json.writeStringProperty("chain", carry.chain().value());
      json.writeNumberProperty("position", carry.position());
      words(json, "match", carry.match());
      words(json, "words", carry.words());
      json.writeBooleanProperty("exact", carry.exact());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void words(JsonGenerator json, String name, List<String> words) {
    json.writeArrayPropertyStart(name);
    words.forEach(json::writeString);
    json.writeEndArray();
  }

  private static String name(ScriptCommand command) {
    if (command instanceof ScriptCommand.NewChain) {
      return "newChain";
    } else if (command instanceof ScriptCommand.RenameChain) {
      return "renameChain";
    } else if (command instanceof ScriptCommand.Append) {
      return "append";
    } else if (command instanceof ScriptCommand.Insert) {
      return "insert";
    } else if (command instanceof ScriptCommand.DeleteAt) {
      return "deleteAt";
    } else if (command instanceof ScriptCommand.DeleteRule) {
      return "deleteRule";
    } else if (command instanceof ScriptCommand.Flush) {
      return "flush";
    } else if (command instanceof ScriptCommand.RemoveChain) {
      return "removeChain";
    }
    throw new IllegalArgumentException("no undo has " + command);
  }

  /** Reads it; nothing where any of it is not what {@link #write} writes. */
  static Optional<List<JournalEntry.Way>> read(JsonNode undo) {
    if (!undo.isArray()) {
      return Optional.empty();
    }
    try {
      List<JournalEntry.Way> ways = new ArrayList<>();
      for (JsonNode way : undo) {
        Family family = Family.of(text(way, "family")).orElseThrow(IllegalArgumentException::new);
        TableName table = new TableName(text(way, "table"));
        List<Block.Line> lines = new ArrayList<>();
        for (JsonNode command : array(way, "commands")) {
          lines.add(line(command));
        }
        List<Transition> done = new ArrayList<>();
        for (JsonNode transition : array(way, "transitions")) {
          done.add(PendingText.transition(StrictJson.string(transition)));
        }
        ways.add(new JournalEntry.Way(new Block(family, table, lines), done));
      }
      return Optional.of(ways);
    } catch (RuntimeException | BadLedgerException e) {
      // A value of another type, a number that is none: the line is damaged, and nothing of it
      // used.
      return Optional.empty();
    }
  }

  private static String text(JsonNode node, String name) {
    return StrictJson.string(node.required(name));
  }

  private static JsonNode array(JsonNode node, String name) {
    JsonNode array = node.required(name);
    if (!array.isArray()) {
      throw new IllegalArgumentException(name);
    }
    return array;
  }

  private static List<String> words(JsonNode node, String name) {
    List<String> words = new ArrayList<>();
    for (JsonNode word : array(node, name)) {
      words.add(StrictJson.string(word));
    }
    return words;
  }

  private static Counters counters(JsonNode node) {
    return new Counters(
        Long.parseUnsignedLong(node.required("packets").asString()),
        Long.parseUnsignedLong(node.required("bytes").asString()));
  }

  private static Block.Line line(JsonNode node) {
    ChainName chain = new ChainName(text(node, "chain"));
    ScriptCommand command =
        switch (text(node, "command")) {
          case "newChain" -> new ScriptCommand.NewChain(chain);
          case "renameChain" ->
              new ScriptCommand.RenameChain(chain, new ChainName(text(node, "to")));
          case "append" -> new ScriptCommand.Append(counters(node), chain, words(node, "words"));
          case "insert" ->
              new ScriptCommand.Insert(counters(node), chain, position(node), words(node, "words"));
          case "deleteAt" -> new ScriptCommand.DeleteAt(chain, position(node));
          case "deleteRule" -> new ScriptCommand.DeleteRule(chain, words(node, "words"));
          case "flush" -> new ScriptCommand.Flush(chain);
          case "removeChain" -> new ScriptCommand.RemoveChain(chain);
          default -> throw new IllegalArgumentException(text(node, "command"));
        };
    JsonNode carry = node.path("carry");
    Optional<Block.Carry> carried =
        carry.isMissingNode() ? Optional.empty() : Optional.of(carry(carry));
    return new Block.Line(command, Optional.empty(), carried);
  }

  private static int position(JsonNode node) {
    return node.required("position").intValue();
  }

  private static Block.Carry carry(JsonNode node) {
    ChainName chain = new ChainName(text(node, "chain"));
    return new Block.Carry(
        CounterIdCells.read(words(node, "counter")),
        chain,
        position(node),
        words(node, "match"),
        words(node, "words"),
        node.required("exact").booleanValue());
  }
}
