package acct.state;

import acct.netfilter.Family;
import acct.plan.Fingerprint;
import acct.plan.Intent;
import acct.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * A plan in a file: the JSON of the plan, and the policies it was made from. It is carried out only
 * where the same policies give the same plan again; so traffic never makes it stale, and it applies
 * once.
 *
 * @param fingerprint of the plan when it was saved
 * @param families that were compared
 * @param intent what was asked for beyond the policies
 * @param inputs what it was made from
 */
public record SavedPlan(
    Fingerprint fingerprint, List<Family> families, Intent intent, Inputs inputs) {
  public SavedPlan {
    families = List.copyOf(families);
  }

  /** A file that a plan was made from, as text. */
  public record Source(String name, String text) {}

  /**
   * All that a plan was made from, but for the live rules.
   *
   * @param policies their files, in the order given
   * @param values of {@code --values}
   * @param sets of {@code --set}
   */
  public record Inputs(List<Source> policies, List<Source> values, List<String> sets) {
    public Inputs {
      policies = List.copyOf(policies);
      values = List.copyOf(values);
      sets = List.copyOf(sets);
    }
  }

  /** The file's text. */
  public static String write(Plan plan, Inputs inputs) {
    return PlanJson.of(plan, Fingerprint.of(plan), json -> write(json, plan.intent(), inputs));
  }

  private static void write(JsonGenerator json, Intent intent, Inputs inputs) {
    json.writeObjectPropertyStart("inputs");
    json.writeBooleanProperty("prune", intent.prune());
    write(json, "policies", inputs.policies());
    write(json, "values", inputs.values());
    json.writeArrayPropertyStart("set");
    inputs.sets().forEach(json::writeString);
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String name, List<Source> sources) {
    json.writeArrayPropertyStart(name);
    for (Source source : sources) {
      json.writeStartObject();
      json.writeStringProperty("file", source.name());
      json.writeStringProperty("text", source.text());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /**
   * Reads a file; nothing where it is no saved plan of this format: a value of another type, or a
   * key twice, was not written by acct.
   */
  public static Optional<SavedPlan> read(String text) {
    try {
      JsonNode plan = StrictJson.read(text);
      JsonNode inputs = plan.path("inputs");
      boolean known =
          plan.isObject()
              && text(plan, "formatVersion").startsWith("1.")
              && !text(plan, "planId").isEmpty()
              && inputs.isObject();
      List<Source> policies = sources(inputs, "policies");
      if (!known || policies.isEmpty()) {
        return Optional.empty();
      }
      List<Family> families = new ArrayList<>();
      for (Family family : Family.values()) {
        if (plan.path("backend").has(family.label())) {
          families.add(family);
        }
      }
      List<String> sets = new ArrayList<>();
      array(inputs, "set").forEach(set -> sets.add(StrictJson.string(set)));
      return Optional.of(
          new SavedPlan(
              new Fingerprint(text(plan, "base"), text(plan, "planId")),
              families,
              new Intent(flag(inputs, "prune")),
              new Inputs(policies, sources(inputs, "values"), sets)));
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static List<Source> sources(JsonNode inputs, String name) {
    List<Source> sources = new ArrayList<>();
    for (JsonNode node : array(inputs, name)) {
      String text = StrictJson.string(node.path("text"));
      // The file's bytes, a character each.
      if (text.chars().anyMatch(c -> c > 0xFF)) {
        throw new IllegalArgumentException(name);
      }
      sources.add(new Source(StrictJson.string(node.path("file")), text));
    }
    return sources;
  }

  private static JsonNode array(JsonNode node, String name) {
    JsonNode array = node.path(name);
    if (!array.isArray() && !array.isMissingNode()) {
      throw new IllegalArgumentException(name);
    }
    return array;
  }

  /** Empty where it is not there. */
  private static String text(JsonNode node, String name) {
    JsonNode text = node.path(name);
    return text.isMissingNode() ? "" : StrictJson.string(text);
  }

  private static boolean flag(JsonNode node, String name) {
    JsonNode flag = node.path(name);
    return !flag.isMissingNode() && flag.booleanValue();
  }
}
