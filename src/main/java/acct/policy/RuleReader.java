package acct.policy;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the rules of a chain. */
public final class RuleReader {
  private static final String RULE_NAME = "a rule's name has 1 to 63 letters, digits and . _ -";
  private static final Pattern RULE = Pattern.compile(PolicyPatterns.RULE);
  private static final Pattern JUMP = Pattern.compile(PolicyPatterns.CHAIN);
  private static final Pattern COMMENT = Pattern.compile(PolicyPatterns.COMMENT);
  private static final Pattern OPTIONS = Pattern.compile(PolicyPatterns.OPTIONS);
  private static final List<Policy.OnChange> ON_CHANGE = List.of(Policy.OnChange.values());

  private static final Set<String> KEYS =
      NodeReader.with(
          ClauseReader.KEYS,
          "forEach",
          "name",
          "sum",
          "comment",
          "families",
          "description",
          "options",
          "jump",
          "onChange");

  private final NodeReader nodes;
  private final ClauseReader clauseReader;

  RuleReader(NodeReader nodes, ClauseReader clauseReader) {
    this.nodes = nodes;
    this.clauseReader = clauseReader;
  }

  /** Whether a rule's name that was filled in is one; reports it when not. */
  public static boolean checkName(Policy.Written name, Diagnostics diagnostics) {
    boolean fits = RULE.matcher(name.text()).matches();
    if (!fits) {
      diagnostics.error(Code.BAD_VALUE, name.position(), "\"" + name.text() + "\": " + RULE_NAME);
    }
    return fits;
  }

  // A policy has many rules, and a lambda costs more than what it does here, each time and when it
  // is linked; so loops and ifs.
  Optional<Policy.RuleSpec> rule(Yaml item) {
    Optional<Keys> keys = nodes.keys(item, item.position(), "a rule", KEYS);
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    nodes.description(keys.get());
    Optional<Yaml.Scalar> name = nodes.templated(keys.get().find("name"), "name", RULE, RULE_NAME);
    Optional<Yaml.Scalar> comment =
        nodes.patterned(
            keys.get().find("comment"),
            "comment",
            COMMENT,
            "a comment is 1 to 255 characters on one line");
    Optional<Yaml.Scalar> jump =
        nodes.templated(
            keys.get().find("jump"), "jump", JUMP, "jump takes a chain of the policy, or RETURN");
    Optional<Yaml.Scalar> options =
        nodes.patterned(
            keys.get().find("options"),
            "options",
            OPTIONS,
            "options are 1 to 1000 characters on one line");
    List<Policy.Clause> clauses = new ArrayList<>();
    clauseReader.clauses(keys.get(), clauses);
    return Optional.of(
        new Policy.RuleSpec(
            item.position(),
            forEach(keys.get()),
            NodeReader.written(name),
            keys.get().isTrue("sum"),
            comment.map(Yaml.Scalar::text),
            keys.get().find("families").map(nodes::families).orElse(List.of()),
            clauses,
            NodeReader.written(options),
            jump.isEmpty()
                ? Optional.empty()
                : Optional.of(new Policy.JumpSpec(jump.get().position(), jump.get().text())),
            keys.get().choice("onChange", ON_CHANGE)));
  }

  List<Policy.Named> forEach(Keys rule) {
    Optional<Yaml.Entry> entry = rule.find("forEach");
    if (entry.isEmpty()) {
      return List.of();
    }
    if (!(entry.get().value() instanceof Yaml.Mapping mapping) || mapping.entries().isEmpty()) {
      nodes.bad(entry.get().value(), "forEach is a block of variables with what they run over");
      return List.of();
    }
    List<Policy.Named> variables = new ArrayList<>();
    for (Yaml.Entry variable : mapping.entries()) {
      if (nodes.isVariable(variable) && isSource(variable.value())) {
        variables.add(new Policy.Named(variable.position(), variable.key(), variable.value()));
      }
    }
    return variables;
  }

  /** What a variable may run over: a list, a parameter that is one, or the hosts of a network. */
  boolean isSource(Yaml source) {
    boolean template = source instanceof Yaml.Scalar scalar && scalar.text().contains("${");
    boolean list = source instanceof Yaml.Sequence sequence && !sequence.items().isEmpty();
    boolean hosts =
        source instanceof Yaml.Mapping mapping
            && mapping.entries().size() == 1
            && mapping.entries().get(0).key().equals("hosts")
            && mapping.entries().get(0).value() instanceof Yaml.Scalar network
            && network.type() == Yaml.Scalar.Type.STRING;
    if (!template && !list && !hosts) {
      nodes.bad(
          source,
          "a variable runs over a list with elements, \"${parameter}\", or {hosts: 192.168.1.0/28}");
    }
    return template || list || hosts;
  }
}
