package acct.policy;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.Family;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what every part of a policy is made of: blocks, lists and texts. */
final class NodeReader {
  private static final Pattern VARIABLE = Pattern.compile(PolicyPatterns.VARIABLE);

  private final Diagnostics diagnostics;

  NodeReader(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** Names in the order in which a message lists them. */
  static Set<String> named(String... keys) {
    return with(Set.of(), keys);
  }

  /** The same, more of them. */
  static Set<String> with(Set<String> keys, String... more) {
    Set<String> all = new LinkedHashSet<>(keys);
    all.addAll(List.of(more));
    return all;
  }

  Optional<Keys> keys(Yaml yaml, Position parent, String where, Set<String> known) {
    return Keys.of(yaml, parent, where, known, diagnostics);
  }

  /** The elements of a list that may be missing. */
  List<Yaml> items(Optional<Yaml.Entry> entry) {
    return entry.isEmpty() ? List.of() : items(entry.get(), entry.get().key());
  }

  /** The elements of a list that has some. */
  List<Yaml> items(Yaml.Entry entry, String what) {
    if (!(entry.value() instanceof Yaml.Sequence sequence)) {
      String as =
          entry.value() instanceof Yaml.Scalar scalar
              ? "; write " + what + ": [" + scalar.text() + "]"
              : "";
      bad(entry.value(), what + " is a list, and this is " + entry.value().kind() + as);
      return List.of();
    }
    if (sequence.items().isEmpty()) {
      bad(entry.value(), what + " is an empty list; it has at least one element");
    }
    return sequence.items();
  }

  Optional<Yaml.Scalar> text(Yaml yaml, String what) {
    if (yaml instanceof Yaml.Scalar scalar && scalar.type() == Yaml.Scalar.Type.STRING) {
      return Optional.of(scalar);
    }
    String hint =
        yaml instanceof Yaml.Scalar scalar && scalar.type() != Yaml.Scalar.Type.NULL
            ? "; write it in quotes"
            : "";
    bad(yaml, what + " is a text, and this is " + yaml.kind() + hint);
    return Optional.empty();
  }

  Optional<Yaml.Scalar> patterned(
      Optional<Yaml.Entry> entry, String what, Pattern pattern, String allowed) {
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    Optional<Yaml.Scalar> scalar = text(entry.get().value(), what);
    return scalar.isPresent() && matches(pattern, scalar.get(), allowed)
        ? scalar
        : Optional.empty();
  }

  /** The same of a text that may have a ${…} in it: that is held to its pattern when filled in. */
  Optional<Yaml.Scalar> templated(
      Optional<Yaml.Entry> entry, String what, Pattern pattern, String allowed) {
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    Optional<Yaml.Scalar> scalar = text(entry.get().value(), what);
    boolean fits =
        scalar.isPresent()
            && (scalar.get().text().contains("${") || matches(pattern, scalar.get(), allowed));
    return fits ? scalar : Optional.empty();
  }

  boolean matches(Pattern pattern, Yaml.Scalar scalar, String allowed) {
    if (pattern.matcher(scalar.text()).matches()) {
      return true;
    }
    bad(scalar, "\"" + scalar.text() + "\": " + allowed);
    return false;
  }

  /** A scalar that YAML itself makes trouble with is reported once. */
  void bad(Yaml yaml, String message) {
    if (!diagnostics.hasErrorAt(yaml.position())) {
      diagnostics.error(Code.BAD_VALUE, yaml.position(), message);
    }
  }

  static Optional<Policy.Written> written(Optional<Yaml.Scalar> scalar) {
    return scalar.isEmpty() ? Optional.empty() : Optional.of(written(scalar.get()));
  }

  static Policy.Written written(Yaml.Scalar scalar) {
    return new Policy.Written(scalar.position(), scalar.type(), scalar.text());
  }

  void description(Keys keys) {
    Optional<Yaml.Entry> description = keys.find("description");
    if (description.isPresent()) {
      text(description.get().value(), "description");
    }
  }

  /** A key that has one value. */
  void constant(Keys keys, String key, String value) {
    Optional<Yaml.Entry> entry = keys.require(key, "write " + key + ": " + value);
    Optional<Yaml.Scalar> scalar =
        entry.isPresent() ? text(entry.get().value(), key) : Optional.empty();
    if (scalar.isPresent() && !scalar.get().text().equals(value)) {
      bad(scalar.get(), key + " is " + value + ", and this is \"" + scalar.get().text() + "\"");
    }
  }

  boolean isVariable(Yaml.Entry entry) {
    boolean fits = VARIABLE.matcher(entry.key()).matches();
    if (!fits) {
      diagnostics.error(
          Code.BAD_VALUE,
          entry.position(),
          "\"" + entry.key() + "\": a name has letters, digits and _, and begins with a letter");
    }
    return fits;
  }

  List<Family> families(Yaml.Entry entry) {
    List<Family> families = new ArrayList<>();
    for (Yaml item : items(entry, "families")) {
      Optional<Yaml.Scalar> word = text(item, "a family");
      if (word.isEmpty()) {
        continue;
      }
      Optional<Family> family = Family.of(word.get().text());
      if (family.isEmpty()) {
        bad(word.get(), "\"" + word.get().text() + "\" is not a family: ipv4 or ipv6");
      } else if (families.contains(family.get())) {
        diagnostics.error(
            Code.DUPLICATE, item.position(), word.get().text() + " stands here already");
      } else {
        families.add(family.get());
      }
    }
    return families;
  }
}
