package acct.policy;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a document into a {@link Policy}: keys, types, patterns and limits, just as the JSON Schema
 * says them (PolicySchemaTest holds that both accept the same documents). What it finds wrong it
 * reports and leaves out, so that one run tells everything; the meaning of what is left is the
 * compiler's to judge.
 */
public final class PolicyReader {
  public static final String API_VERSION = "acct/v1";
  public static final String KIND = "AccountingPolicy";
  private static final Pattern OWNER = Pattern.compile(PolicyPatterns.OWNER);
  private static final Pattern MOVED = Pattern.compile(PolicyPatterns.MOVED);
  private static final String MOVED_NAME = "moved names a CHAIN, or a CHAIN/rule";
  private static final List<Policy.Unmanaged> UNMANAGED = List.of(Policy.Unmanaged.values());

  private final Diagnostics diagnostics;
  private final NodeReader nodes;

  private PolicyReader(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
    this.nodes = new NodeReader(diagnostics);
  }

  /** Reads one document; nothing when not even its head can be read. */
  public static Optional<Policy> read(Yaml document, Diagnostics diagnostics) {
    return new PolicyReader(diagnostics).policy(document);
  }

  private Optional<Policy> policy(Yaml document) {
    Optional<Keys> keys =
        nodes.keys(
            document,
            document.position(),
            "a policy",
            NodeReader.named("apiVersion", "kind", "metadata", "spec"));
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    nodes.constant(keys.get(), "apiVersion", API_VERSION);
    nodes.constant(keys.get(), "kind", KIND);
    Optional<Yaml.Entry> metadata = keys.get().require("metadata", "it names the policy");
    Optional<Yaml.Scalar> name = metadata.isPresent() ? metadata(metadata.get()) : Optional.empty();
    Optional<Yaml.Entry> spec = keys.get().require("spec", "it holds the chains");
    if (spec.isEmpty()) {
      return Optional.empty();
    }
    return name.isPresent()
        ? spec(spec.get(), name.get().text(), name.get().position())
        : spec(spec.get(), "", document.position());
  }

  private Optional<Yaml.Scalar> metadata(Yaml.Entry entry) {
    Optional<Keys> keys =
        nodes.keys(
            entry.value(), entry.position(), "metadata", NodeReader.named("name", "description"));
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    nodes.description(keys.get());
    return nodes.patterned(
        keys.get().require("name", "it is the owner of the chains, as \"web-frontend\""),
        "a policy's name",
        OWNER,
        "a policy's name has 1 to 40 of a-z, 0-9 and -, not - at either end");
  }

  private Optional<Policy> spec(Yaml.Entry entry, String owner, Position position) {
    Optional<Keys> keys =
        nodes.keys(
            entry.value(),
            entry.position(),
            "spec",
            NodeReader.named(
                "families", "table", "unmanagedRules", "allow", "parameters", "moved", "chains"));
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    Optional<Yaml.Entry> families = keys.get().find("families");
    Optional<Yaml.Entry> table = keys.get().find("table");
    Optional<TableName> readTable =
        table.isPresent() ? table(table.get()) : Optional.of(TableName.FILTER);
    List<Policy.Named> parameters = new ArrayList<>();
    Optional<Yaml.Entry> defaults = keys.get().find("parameters");
    if (defaults.isPresent()) {
      parameters(defaults.get(), parameters);
    }
    List<Policy.Move> moves = new ArrayList<>();
    for (Yaml item : nodes.items(keys.get().find("moved"))) {
      move(item).ifPresent(moves::add);
    }
    List<Policy.Chain> chains = chains(keys.get());
    return Optional.of(
        new Policy(
            owner,
            position,
            families.isPresent() ? nodes.families(families.get()) : List.of(Family.values()),
            families.isPresent(),
            readTable.orElse(TableName.FILTER),
            keys.get().choice("unmanagedRules", UNMANAGED),
            allow(keys.get()),
            parameters,
            moves,
            chains));
  }

  private List<Policy.Chain> chains(Keys spec) {
    ChainReader reader = new ChainReader(diagnostics, nodes);
    List<Policy.Chain> chains = new ArrayList<>();
    for (Yaml item : nodes.items(spec.require("chains", "a policy has at least one"))) {
      Optional<Policy.Chain> chain = reader.chain(item);
      if (chain.isPresent()) {
        chains.add(chain.get());
      }
    }
    return chains;
  }

  private Optional<Policy.Move> move(Yaml item) {
    Optional<Keys> keys =
        nodes.keys(item, item.position(), "moved", NodeReader.named("from", "to"));
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    Optional<Yaml.Scalar> from =
        nodes.patterned(keys.get().require("from", "the name it had"), "from", MOVED, MOVED_NAME);
    Optional<Yaml.Scalar> to =
        nodes.patterned(keys.get().require("to", "the name it has"), "to", MOVED, MOVED_NAME);
    return from.isEmpty() || to.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Policy.Move(
                item.position(), NodeReader.written(from.get()), NodeReader.written(to.get())));
  }

  private void parameters(Yaml.Entry entry, List<Policy.Named> into) {
    if (!(entry.value() instanceof Yaml.Mapping mapping)) {
      nodes.bad(entry.value(), "parameters is a block of names with their defaults");
      return;
    }
    for (Yaml.Entry parameter : mapping.entries()) {
      if (nodes.isVariable(parameter)) {
        into.add(new Policy.Named(parameter.position(), parameter.key(), parameter.value()));
      }
    }
  }

  private Set<Policy.Allow> allow(Keys spec) {
    Set<Policy.Allow> allowed = EnumSet.noneOf(Policy.Allow.class);
    for (Yaml item : nodes.items(spec.find("allow"))) {
      Optional<Yaml.Scalar> word = nodes.text(item, "what is allowed");
      if (word.isEmpty()) {
        continue;
      }
      Optional<Policy.Allow> known = allow(word.get().text());
      if (known.isEmpty()) {
        nodes.bad(word.get(), "\"" + word.get().text() + "\" can't be allowed: " + allowLabels());
      } else if (!allowed.add(known.get())) {
        diagnostics.error(
            Code.DUPLICATE, item.position(), word.get().text() + " stands here already");
      }
    }
    return allowed;
  }

  private static Optional<Policy.Allow> allow(String label) {
    for (Policy.Allow allow : Policy.Allow.values()) {
      if (allow.label().equals(label)) {
        return Optional.of(allow);
      }
    }
    return Optional.empty();
  }

  private static String allowLabels() {
    List<String> labels = new ArrayList<>();
    for (Policy.Allow allow : Policy.Allow.values()) {
      labels.add(allow.label());
    }
    return String.join(", ", labels);
  }

  private Optional<TableName> table(Yaml.Entry entry) {
    Optional<Yaml.Scalar> word = nodes.text(entry.value(), "a table");
    for (TableName table : TableName.ACCOUNTING) {
      if (word.isPresent() && word.get().text().equals(table.value())) {
        return Optional.of(table);
      }
    }
    word.ifPresent(
        scalar ->
            nodes.bad(
                scalar,
                scalar.text().equals("nat")
                    ? "nat sees only the first packet of a connection, so nothing can be accounted"
                        + " in it: filter, mangle, raw or security"
                    : "\"" + scalar.text() + "\" is not a table: filter, mangle, raw or security"));
    return Optional.empty();
  }
}
