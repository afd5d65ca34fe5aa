package acct.state;

import acct.counter.CounterIdCells;
import acct.counter.LedgerText.BadLedgerException;
import acct.counter.PendingText;
import acct.counter.Transition;
import acct.dataplane.Operation;
import acct.dataplane.Transaction;
import acct.dataplane.WayBack;
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
 * {@link Transaction#text}.
 */
final class UndoJson {
  private UndoJson() {}

  /** Of each transaction of an apply, in their order. */
  static void write(JsonGenerator json, List<WayBack> ways) {
    json.writeArrayPropertyStart("undo");
    for (WayBack way : ways) {
      json.writeStartObject();
      json.writeStringProperty("family", way.transaction().family().label());
      json.writeStringProperty("table", way.transaction().table().value());
      json.writeArrayPropertyStart("commands");
      way.transaction().steps().forEach(step -> write(json, step));
      json.writeEndArray();
      json.writeArrayPropertyStart("transitions");
      way.done().forEach(one -> json.writeString(PendingText.line(one)));
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Transaction.Step step) {
    json.writeStartObject();
    step.operation().match(new Fields(json));
    if (step.carry().isPresent()) {
      Transaction.Carry carry = step.carry().get();
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

  /** Writes what an operation has, into an object; returns the generator. */
  private record Fields(JsonGenerator json) implements Operation.Cases<JsonGenerator> {
    private JsonGenerator head(String command, Operation operation) {
      json.writeStringProperty("command", command);
      return json.writeStringProperty("chain", operation.chain().value());
    }

    @Override
    public JsonGenerator newChain(Operation.NewChain operation) {
      return head("newChain", operation);
    }

    @Override
    public JsonGenerator renameChain(Operation.RenameChain operation) {
      return head("renameChain", operation).writeStringProperty("to", operation.to().value());
    }

    @Override
    public JsonGenerator append(Operation.Append operation) {
      JsonCells.counters(head("append", operation), operation.start());
      return words(json, "words", operation.words());
    }

    @Override
    public JsonGenerator insert(Operation.Insert operation) {
      head("insert", operation).writeNumberProperty("position", operation.position());
      JsonCells.counters(json, operation.start());
      return words(json, "words", operation.words());
    }

    @Override
    public JsonGenerator deleteAt(Operation.DeleteAt operation) {
      return head("deleteAt", operation).writeNumberProperty("position", operation.position());
    }

    @Override
    public JsonGenerator deleteRule(Operation.DeleteRule operation) {
      return words(head("deleteRule", operation), "words", operation.words());
    }

    @Override
    public JsonGenerator zeroAt(Operation.ZeroAt operation) {
      return head("zeroAt", operation).writeNumberProperty("position", operation.position());
    }

    @Override
    public JsonGenerator flush(Operation.Flush operation) {
      return head("flush", operation);
    }

    @Override
    public JsonGenerator removeChain(Operation.RemoveChain operation) {
      return head("removeChain", operation);
    }
  }

  private static JsonGenerator words(JsonGenerator json, String name, List<String> words) {
    json.writeArrayPropertyStart(name);
    words.forEach(json::writeString);
    return json.writeEndArray();
  }

  /** Reads it; nothing where any of it is not what {@link #write} writes. */
  static Optional<List<WayBack>> read(JsonNode undo) {
    if (!undo.isArray()) {
      return Optional.empty();
    }
    try {
      List<WayBack> ways = new ArrayList<>();
      for (JsonNode way : undo) {
        Family family = Family.of(text(way, "family")).orElseThrow(IllegalArgumentException::new);
        TableName table = new TableName(text(way, "table"));
        List<Transaction.Step> lines = new ArrayList<>();
        for (JsonNode command : array(way, "commands")) {
          lines.add(line(command));
        }
        List<Transition> done = new ArrayList<>();
        for (JsonNode transition : array(way, "transitions")) {
          done.add(PendingText.transition(StrictJson.string(transition)));
        }
        ways.add(new WayBack(new Transaction(family, table, lines), done));
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

  private static Transaction.Step line(JsonNode node) {
    ChainName chain = new ChainName(text(node, "chain"));
    Operation command =
        switch (text(node, "command")) {
          case "newChain" -> new Operation.NewChain(chain);
          case "renameChain" -> new Operation.RenameChain(chain, new ChainName(text(node, "to")));
          case "append" -> new Operation.Append(counters(node), chain, words(node, "words"));
          case "insert" ->
              new Operation.Insert(counters(node), chain, position(node), words(node, "words"));
          case "deleteAt" -> new Operation.DeleteAt(chain, position(node));
          case "deleteRule" -> new Operation.DeleteRule(chain, words(node, "words"));
          case "zeroAt" -> new Operation.ZeroAt(chain, position(node));
          case "flush" -> new Operation.Flush(chain);
          case "removeChain" -> new Operation.RemoveChain(chain);
          default -> throw new IllegalArgumentException(text(node, "command"));
        };
    JsonNode carry = node.path("carry");
    Optional<Transaction.Carry> carried =
        carry.isMissingNode() ? Optional.empty() : Optional.of(carry(carry));
    return new Transaction.Step(command, Optional.empty(), carried);
  }

  private static int position(JsonNode node) {
    return node.required("position").intValue();
  }

  private static Transaction.Carry carry(JsonNode node) {
    ChainName chain = new ChainName(text(node, "chain"));
    return new Transaction.Carry(
        CounterIdCells.read(words(node, "counter")),
        chain,
        position(node),
        words(node, "match"),
        words(node, "words"),
        node.required("exact").booleanValue());
  }
}
