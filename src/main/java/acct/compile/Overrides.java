package acct.compile;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.diagnostic.Spelling;
import acct.policy.Policy;
import acct.policy.Yaml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What takes the place of parameters' defaults: whole values from {@code --values FILE}, and texts
 * from {@code --set NAME=VALUE}, which win. A default gives its parameter's type, and what
 * overrides it must be of that type.
 *
 * @param values by name
 * @param texts by name
 */
public record Overrides(Map<String, Yaml> values, Map<String, String> texts) {
  /** Every parameter has its default. */
  public static final Overrides NONE = new Overrides(Map.of(), Map.of());

  public Overrides {
    values = Map.copyOf(values);
    texts = Map.copyOf(texts);
  }

  /** Reports names that no policy has as a parameter. */
  void checkKnown(List<Policy> policies, Diagnostics diagnostics) {
    if (values.isEmpty() && texts.isEmpty()) {
      return;
    }
    List<String> known = new ArrayList<>();
    policies.forEach(policy -> policy.parameters().forEach(p -> known.add(p.name())));
    values.forEach((name, value) -> checkKnown(name, value.position(), known, diagnostics));
    texts.forEach((name, text) -> checkKnown(name, ofText(name), known, diagnostics));
  }

  private static void checkKnown(
      String name, Position position, List<String> known, Diagnostics diagnostics) {
    if (!known.contains(name)) {
      String meant =
          Spelling.nearest(name, known).map(near -> "; did you mean " + near + "?").orElse("");
      diagnostics.error(
          Code.UNKNOWN_PARAMETER, position, "no policy has a parameter " + name + meant);
    }
  }

  private static Position ofText(String name) {
    return Position.file("--set " + name);
  }

  /** The values of a policy's parameters. */
  Map<String, Yaml> of(Policy policy, Diagnostics diagnostics) {
    Map<String, Yaml> all = new HashMap<>();
    for (Policy.Named parameter : policy.parameters()) {
      Yaml value = parameter.value();
      Yaml given = values.get(parameter.name());
      if (given != null && sameType(value, given)) {
        value = given;
      } else if (given != null) {
        wrongType(parameter, given.position(), given.kind(), diagnostics);
      }
      String text = texts.get(parameter.name());
      if (text != null) {
        Optional<Yaml> read = read(parameter.value(), text, ofText(parameter.name()));
        if (read.isEmpty()) {
          wrongType(parameter, ofText(parameter.name()), "\"" + text + "\"", diagnostics);
        }
        value = read.orElse(value);
      }
      all.put(parameter.name(), value);
    }
    return all;
  }

  private static void wrongType(
      Policy.Named parameter, Position position, String found, Diagnostics diagnostics) {
    diagnostics.error(
        Code.BAD_VALUE,
        position,
        "the parameter "
            + parameter.name()
            + " is "
            + parameter.value().kind()
            + " by its default ("
            + parameter.position()
            + "), and this is "
            + found);
  }

  private static boolean sameType(Yaml one, Yaml other) {
    return one.kind().equals(other.kind());
  }

  /** A text as a value of the default's type; of a list, its elements between commas. */
  private static Optional<Yaml> read(Yaml like, String text, Position position) {
    if (like instanceof Yaml.Scalar scalar) {
      boolean fits =
          switch (scalar.type()) {
            case STRING -> true;
            case INTEGER -> text.matches("-?[0-9]{1,18}");
            case BOOLEAN -> text.equals("true") || text.equals("false");
            case NULL -> false;
          };
      return fits ? Optional.of(new Yaml.Scalar(position, scalar.type(), text)) : Optional.empty();
    }
    if (!(like instanceof Yaml.Sequence sequence) || sequence.items().isEmpty() || text.isEmpty()) {
      return Optional.empty();
    }
    List<Yaml> items = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Optional<Yaml> item = read(sequence.items().get(0), part, position);
      if (item.isEmpty()) {
        return Optional.empty();
      }
      items.add(item.get());
    }
    return Optional.of(new Yaml.Sequence(position, items));
  }
}
