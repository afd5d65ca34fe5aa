package acct.agent;

import acct.policy.AgentConfig;
import acct.state.JsonCells;
import acct.state.StrictJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** The status of an agent as JSON: what it publishes, and what {@code acct status} prints. */
public final class AgentStatusJson {
  /** A minor number adds, a major one breaks. */
  public static final String FORMAT_VERSION = "1.0";

  private AgentStatusJson() {}

  /**
   * Writes one.
   *
   * @param running whether the agent is at work
   */
  public static String write(AgentStatus status, boolean running) {
    return JsonCells.write(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("formatVersion", FORMAT_VERSION);
          json.writeBooleanProperty("running", running);
          json.writeNumberProperty("process", status.process());
          json.writeStringProperty("started", status.started().toString());
          json.writeStringProperty("mode", status.mode().label());
          json.writeArrayPropertyStart("policies");
          status.policies().forEach(json::writeString);
          json.writeEndArray();
          time(json, "pausedUntil", status.paused());
          time(json, "lastComparison", status.compared());
          time(json, "lastCorrection", status.corrected());
          json.writeNumberProperty("corrections", status.corrections());
          json.writeArrayPropertyStart("conditions");
          for (Condition condition : status.conditions()) {
            json.writeStartObject();
            json.writeStringProperty("type", condition.type().label());
            json.writeStringProperty("status", condition.status().label());
            json.writeStringProperty("reason", condition.reason());
            json.writeStringProperty("message", condition.message());
            json.writeStringProperty("lastTransitionTime", condition.since().toString());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void time(JsonGenerator json, String name, Optional<Instant> time) {
    time.ifPresent(at -> json.writeStringProperty(name, at.toString()));
  }

  /** Reads one; nothing where the text is none. */
  public static Optional<AgentStatus> read(String text) {
    try {
      JsonNode node = StrictJson.read(text);
      List<String> policies = new ArrayList<>();
      node.required("policies").forEach(one -> policies.add(one.asString()));
      List<Condition> conditions = new ArrayList<>();
      for (JsonNode one : node.required("conditions")) {
        conditions.add(
            new Condition(
                named(Condition.Type.values(), Condition.Type::label, one, "type"),
                named(Condition.Status.values(), Condition.Status::label, one, "status"),
                one.required("reason").asString(),
                one.required("message").asString(),
                Instant.parse(one.required("lastTransitionTime").asString())));
      }
      return Optional.of(
          new AgentStatus(
              node.required("process").asLong(),
              Instant.parse(node.required("started").asString()),
              named(AgentConfig.Mode.values(), AgentConfig.Mode::label, node, "mode"),
              policies,
              time(node, "pausedUntil"),
              time(node, "lastComparison"),
              time(node, "lastCorrection"),
              node.required("corrections").asLong(),
              conditions));
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> time(JsonNode node, String name) {
    return node.has(name)
        ? Optional.of(Instant.parse(node.get(name).asString()))
        : Optional.empty();
  }

  private interface Label<T> {
    String of(T one);
  }

  private static <T> T named(T[] all, Label<T> label, JsonNode node, String key) {
    String text = node.required(key).asString();
    for (T one : all) {
      if (label.of(one).equals(text)) {
        return one;
      }
    }
    throw new IllegalArgumentException(text);
  }
}
