package acct.view;

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
import tools.jackson.databind.json.JsonMapper;

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
    return JsonView.of(plan, Fingerprint.of(plan), json -> write(json, plan.intent(), inputs));
  }

  private static void write(JsonGenerator json, Intent intent, Inputs inputs) {
    json.writeObjectPropertyStart("inputs");
    json.writeBooleanProperty("prune", intent.prune());
    json.writeBooleanProperty("relabel", intent.relabel());
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

  /** Reads a file; nothing where it is no saved plan of this format. */
  public static Optional<SavedPlan> read(String text) {
    try {
      JsonNode plan = new JsonMapper().readTree(text);
      JsonNode inputs = plan.path("inputs");
      boolean known = plan.path("formatVersion").asString("").startsWith("1.");
      if (!known || !inputs.isObject() || plan.path("planId").isMissingNode()) {
        return Optional.empty();
      }
      List<Family> families = new ArrayList<>();
      for (Family family : Family.values()) {
        if (plan.path("backend").has(family.label())) {
          families.add(family);
        }
      }
      List<String> sets = new ArrayList<>();
      inputs.path("set").forEach(set -> sets.add(set.asString()));
      return Optional.of(
          new SavedPlan(
              new Fingerprint(plan.path("base").asString(""), plan.path("planId").asString("")),
              families,
              new Intent(
                  inputs.path("prune").asBoolean(false), inputs.path("relabel").asBoolean(false)),
              new Inputs(sources(inputs.path("policies")), sources(inputs.path("values")), sets)));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static List<Source> sources(JsonNode nodes) {
    List<Source> sources = new ArrayList<>();
    for (JsonNode node : nodes) {
      sources.add(new Source(node.path("file").asString(""), node.path("text").asString("")));
    }
    return sources;
  }
}
