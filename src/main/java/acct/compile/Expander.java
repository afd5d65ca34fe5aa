package acct.compile;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.BadValueException;
import acct.netfilter.Prefix;
import acct.netfilter.Words;
import acct.policy.ClauseReader;
import acct.policy.Policy;
import acct.policy.Policy.Clause;
import acct.policy.Policy.Named;
import acct.policy.Policy.Written;
import acct.policy.RuleReader;
import acct.policy.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fills in parameters and makes the rules of {@code forEach}.
 *
 * <p>Filling in is typed and can't inject: {@code "${ports}"} alone is the value itself, a list
 * included; amid other text it is the text of a scalar. What comes out is held to the shape of its
 * key, as if it had been written there; in {@code options} the words are split first and filled in
 * then, so that a value is never more than a part of one word.
 */
final class Expander {
  /** How many rules one rule may become. */
  private static final int MOST = 65_536;

  private final Diagnostics diagnostics;

  private Expander(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** The policy with nothing left to fill in; what can't be is reported and left out. */
  static Policy expand(Policy policy, Overrides overrides, Diagnostics diagnostics) {
    Map<String, Yaml> parameters = overrides.of(policy, diagnostics);
    Expander expander = new Expander(diagnostics);
    List<Policy.Chain> chains = new ArrayList<>();
    for (Policy.Chain chain : policy.chains()) {
      chains.add(expander.chain(chain, new Template(parameters, diagnostics)));
    }
    return new Policy(
        policy.name(),
        policy.position(),
        policy.families(),
        policy.familiesWritten(),
        policy.table(),
        policy.unmanaged(),
        policy.allow(),
        policy.parameters(),
        policy.moves(),
        chains);
  }

  private Policy.Chain chain(Policy.Chain chain, Template template) {
    List<Policy.Attachment> attachments = new ArrayList<>();
    for (Policy.Attachment attachment : chain.attachments()) {
      attachments.add(
          new Policy.Attachment(
              attachment.position(),
              attachment.from(),
              attachment.families(),
              attachment.place(),
              clauses(attachment.match(), template)));
    }
    List<Policy.RuleSpec> rules = new ArrayList<>();
    for (Policy.RuleSpec rule : chain.rules()) {
      if (rule.forEach().isEmpty()) {
        rules.add(rule(rule, template));
      } else {
        unroll(rule, template, rules);
      }
    }
    return new Policy.Chain(chain.name(), chain.position(), attachments, rules);
  }

  /** The product of the variables, the first of them slowest. */
  private void unroll(Policy.RuleSpec rule, Template template, List<Policy.RuleSpec> into) {
    List<Template> bindings = List.of(template);
    for (Named variable : rule.forEach()) {
      List<Yaml> elements = elements(variable, template);
      if ((long) bindings.size() * elements.size() > MOST) {
        diagnostics.error(
            Code.LIMIT, variable.position(), "forEach makes more than " + MOST + " rules of one");
        return;
      }
      List<Template> more = new ArrayList<>();
      for (Template binding : bindings) {
        for (Yaml element : elements) {
          more.add(binding.with(variable.name(), element));
        }
      }
      bindings = more;
    }
    for (Template binding : bindings) {
      into.add(rule(rule, binding));
    }
  }

  private List<Yaml> elements(Named variable, Template template) {
    Yaml source = variable.value();
    if (source instanceof Yaml.Scalar scalar) {
      Optional<Yaml> value = template.value(scalar.position(), scalar.text());
      if (value.isEmpty()) {
        return List.of();
      }
      source = value.get();
    }
    if (source instanceof Yaml.Sequence sequence) {
      return sequence.items();
    }
    if (source instanceof Yaml.Mapping mapping
        && mapping.entry("hosts").isPresent()
        && mapping.entry("hosts").get().value() instanceof Yaml.Scalar network) {
      return hosts(network, template);
    }
    diagnostics.error(
        Code.BAD_VALUE,
        variable.value().position(),
        variable.name() + " runs over a list, and this is " + source.kind());
    return List.of();
  }

  private List<Yaml> hosts(Yaml.Scalar source, Template template) {
    Position position = source.position();
    Optional<Written> network =
        template.text(new Written(position, Yaml.Scalar.Type.STRING, source.text()));
    List<Yaml> hosts = new ArrayList<>();
    try {
      if (network.isPresent()) {
        for (String host : Prefix.strict(network.get().text()).hosts(MOST)) {
          hosts.add(new Yaml.Scalar(position, Yaml.Scalar.Type.STRING, host));
        }
      }
    } catch (BadValueException e) {
      diagnostics.error(Code.BAD_VALUE, position, e.getMessage());
    }
    return hosts;
  }

  /** Whether there is nothing to fill in: so it is with most rules, and this is asked of each. */
  private static boolean isPlain(Policy.RuleSpec rule) {
    if (!rule.forEach().isEmpty() || isTemplate(rule.name()) || isTemplate(rule.options())) {
      return false;
    }
    if (rule.jump().isPresent() && rule.jump().get().target().contains("${")) {
      return false;
    }
    for (Clause clause : rule.clauses()) {
      for (Written value : clause.values()) {
        if (value.isTemplate()) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isTemplate(Optional<Written> written) {
    return written.isPresent() && written.get().isTemplate();
  }

  private Policy.RuleSpec rule(Policy.RuleSpec rule, Template template) {
    if (isPlain(rule)) {
      return rule;
    }
    Optional<Written> name =
        rule.name().flatMap(template::text).filter(text -> RuleReader.checkName(text, diagnostics));
    Optional<Policy.JumpSpec> jump =
        rule.jump()
            .flatMap(
                spec ->
                    template.text(
                        new Written(spec.position(), Yaml.Scalar.Type.STRING, spec.target())))
            .map(text -> new Policy.JumpSpec(text.position(), text.text()));
    return new Policy.RuleSpec(
        rule.position(),
        List.of(),
        name,
        rule.sum(),
        rule.comment(),
        rule.families(),
        clauses(rule.clauses(), template),
        rule.options().flatMap(options -> options(options, template)),
        jump,
        rule.onChange());
  }

  private List<Clause> clauses(List<Clause> clauses, Template template) {
    List<Clause> filled = new ArrayList<>();
    for (Clause clause : clauses) {
      List<Written> values = new ArrayList<>();
      boolean fits = true;
      for (Written written : clause.values()) {
        if (!written.isTemplate()) {
          values.add(written);
          continue;
        }
        List<Written> found = template.values(written);
        fits &= !found.isEmpty();
        for (Written value : found) {
          fits &= ClauseReader.checkShape(clause.key(), value, diagnostics);
          values.add(value);
        }
      }
      boolean off = clause.key().shape().isFlag() && isFalse(values);
      if (fits && ClauseReader.checkCount(clause, values.size(), diagnostics) && !off) {
        filled.add(new Clause(clause.key(), clause.negated(), clause.position(), values));
      }
    }
    return filled;
  }

  /** A switch that a parameter turns off is as if it were not there. */
  private static boolean isFalse(List<Written> values) {
    return values.size() == 1 && values.get(0).text().equalsIgnoreCase("false");
  }

  private Optional<Written> options(Written options, Template template) {
    if (!options.isTemplate()) {
      return Optional.of(options);
    }
    List<String> words = new ArrayList<>();
    try {
      for (String word : RawOptions.words(options.text())) {
        Optional<Written> filled =
            template.text(new Written(options.position(), Yaml.Scalar.Type.STRING, word));
        if (filled.isEmpty()) {
          return Optional.empty();
        }
        String text = filled.get().text();
        if (!word.startsWith("-") && text.startsWith("-") || text.equals("!")) {
          throw new BadValueException("\"" + text + "\" would be an option of its own");
        }
        words.add(text);
      }
    } catch (BadValueException e) {
      diagnostics.error(Code.BAD_VALUE, options.position(), "options: " + e.getMessage());
      return Optional.empty();
    }
    return Optional.of(new Written(options.position(), Yaml.Scalar.Type.STRING, Words.join(words)));
  }
}
