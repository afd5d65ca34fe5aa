package acct.compile;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.diagnostic.Spelling;
import acct.policy.Policy.Written;
import acct.policy.Yaml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names with their values, and how {@code ${name}} and {@code ${name.key}} are filled in by them.
 */
final class Template {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{([A-Za-z][A-Za-z0-9_]*(?:\\.[A-Za-z][A-Za-z0-9_]*)*)\\}");

  private final Map<String, Yaml> values;
  private final Diagnostics diagnostics;

  Template(Map<String, Yaml> values, Diagnostics diagnostics) {
    this.values = values;
    this.diagnostics = diagnostics;
  }

  /** The same, with one name more. */
  Template with(String name, Yaml value) {
    Map<String, Yaml> more = new HashMap<>(values);
    more.put(name, value);
    return new Template(more, diagnostics);
  }

  /** The value of a text that is one reference and nothing else. */
  Optional<Yaml> value(Position position, String text) {
    Matcher matcher = REFERENCE.matcher(text);
    if (!matcher.matches()) {
      diagnostics.error(
          Code.BAD_VALUE, position, "\"" + text + "\" is not one ${name} or ${name.key}");
      return Optional.empty();
    }
    return look(position, matcher.group(1));
  }

  /**
   * What a value becomes: the reference's own scalar or elements, or a text with parts filled in.
   */
  List<Written> values(Written written) {
    if (!REFERENCE.matcher(written.text()).matches()) {
      return text(written).map(List::of).orElse(List.of());
    }
    Optional<Yaml> value = value(written.position(), written.text());
    if (value.isEmpty()) {
      return List.of();
    }
    List<Written> all = new ArrayList<>();
    List<Yaml> items =
        value.get() instanceof Yaml.Sequence sequence ? sequence.items() : List.of(value.get());
    for (Yaml item : items) {
      if (!(item instanceof Yaml.Scalar scalar)) {
        diagnostics.error(
            Code.BAD_VALUE,
            written.position(),
            written.text() + " is " + item.kind() + ", and a value is wanted here");
        return List.of();
      }
      all.add(new Written(written.position(), scalar.type(), scalar.text()));
    }
    return all;
  }

  /** A text with its references filled in by the texts of scalars. */
  Optional<Written> text(Written written) {
    if (!written.isTemplate()) {
      return Optional.of(written);
    }
    StringBuilder out = new StringBuilder();
    Matcher matcher = REFERENCE.matcher(written.text());
    int from = 0;
    while (matcher.find()) {
      out.append(written.text(), from, matcher.start());
      from = matcher.end();
      Optional<Yaml> value = look(written.position(), matcher.group(1));
      if (value.isEmpty()) {
        return Optional.empty();
      }
      if (!(value.get() instanceof Yaml.Scalar scalar)) {
        diagnostics.error(
            Code.BAD_VALUE,
            written.position(),
            matcher.group() + " is " + value.get().kind() + ", and a text is wanted here");
        return Optional.empty();
      }
      out.append(scalar.text());
    }
    out.append(written.text().substring(from));
    if (from == 0) {
      diagnostics.error(
          Code.BAD_VALUE,
          written.position(),
          "\"" + written.text() + "\": a reference is written ${name} or ${name.key}");
      return Optional.empty();
    }
    return Optional.of(new Written(written.position(), Yaml.Scalar.Type.STRING, out.toString()));
  }

  private Optional<Yaml> look(Position position, String path) {
    String[] names = path.split("\\.");
    Yaml value = values.get(names[0]);
    if (value == null) {
      unknown(position, names[0], List.copyOf(values.keySet()));
      return Optional.empty();
    }
    for (int i = 1; i < names.length; i++) {
      Optional<Yaml.Entry> entry =
          value instanceof Yaml.Mapping mapping ? mapping.entry(names[i]) : Optional.empty();
      if (entry.isEmpty()) {
        List<String> keys =
            value instanceof Yaml.Mapping mapping
                ? mapping.entries().stream().map(Yaml.Entry::key).toList()
                : List.of();
        unknown(position, path, keys);
        return Optional.empty();
      }
      value = entry.get().value();
    }
    return Optional.of(value);
  }

  private void unknown(Position position, String name, List<String> known) {
    String meant =
        Spelling.nearest(name, known).map(near -> "; did you mean " + near + "?").orElse("");
    diagnostics.error(
        Code.UNKNOWN_PARAMETER,
        position,
        "there is no parameter or variable " + name + " here" + meant);
  }
}
