package acct.policy;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.text.Utf8Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the chains of a policy, and where they are attached. */
final class ChainReader {
  private static final Pattern CHAIN = Pattern.compile(PolicyPatterns.CHAIN);
  private static final Pattern ATTACHED_TO = Pattern.compile(PolicyPatterns.ATTACHED_TO);

  private final Diagnostics diagnostics;
  private final NodeReader nodes;
  private final ClauseReader clauseReader;
  private final RuleReader ruleReader;

  ChainReader(Diagnostics diagnostics, NodeReader nodes) {
    this.diagnostics = diagnostics;
    this.nodes = nodes;
    this.clauseReader = new ClauseReader(diagnostics, nodes);
    this.ruleReader = new RuleReader(nodes, clauseReader);
  }

  Optional<Policy.Chain> chain(Yaml item) {
    Optional<Keys> keys =
        nodes.keys(
            item,
            item.position(),
            "a chain",
            NodeReader.named("name", "description", "attach", "rules"));
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    nodes.description(keys.get());
    Optional<Yaml.Entry> named = keys.get().require("name", "every chain has one");
    Optional<Yaml.Scalar> name =
        named.isPresent() ? nodes.text(named.get().value(), "a chain's name") : Optional.empty();
    if (name.isPresent()) {
      checkChainName(name.get());
    }
    List<Policy.Attachment> attachments = new ArrayList<>();
    for (Yaml place : nodes.items(keys.get().find("attach"))) {
      Optional<Policy.Attachment> attachment = attachment(place);
      if (attachment.isPresent()) {
        attachments.add(attachment.get());
      }
    }
    List<Policy.RuleSpec> rules = new ArrayList<>();
    for (Yaml rule :
        nodes.items(keys.get().require("rules", "a chain without rules counts nothing"))) {
      Optional<Policy.RuleSpec> read = ruleReader.rule(rule);
      if (read.isPresent()) {
        rules.add(read.get());
      }
    }
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Policy.Chain(name.get().text(), name.get().position(), attachments, rules));
  }

  void checkChainName(Yaml.Scalar name) {
    String text = name.text();
    int bytes = Utf8Bytes.encode(text).length();
    if (bytes > ChainName.MAX_BYTES) {
      diagnostics.error(
          Code.LIMIT,
          name.position(),
          "the chain's name has " + bytes + " bytes; the kernel takes " + ChainName.MAX_BYTES);
    } else {
      nodes.matches(
          CHAIN,
          name,
          "a chain's name has 1 to 28 bytes, no blanks, control characters, \" or /, and does not"
              + " begin with - or !");
    }
  }

  Optional<Policy.Attachment> attachment(Yaml item) {
    if (item instanceof Yaml.Scalar) {
      return attachedTo(item)
          .map(
              from ->
                  new Policy.Attachment(
                      item.position(), from, List.of(), Policy.Place.TOP, List.of()));
    }
    Optional<Keys> keys =
        nodes.keys(
            item,
            item.position(),
            "attach",
            NodeReader.named("chain", "families", "position", "match"));
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    Optional<ChainName> from =
        keys.get()
            .require("chain", "a built-in chain, as FORWARD")
            .flatMap(e -> attachedTo(e.value()));
    List<Family> families = keys.get().find("families").map(nodes::families).orElse(List.of());
    Policy.Place place = keys.get().find("position").flatMap(this::place).orElse(Policy.Place.TOP);
    List<Policy.Clause> match = new ArrayList<>();
    keys.get()
        .find("match")
        .flatMap(e -> nodes.keys(e.value(), e.position(), "match", ClauseReader.KEYS))
        .ifPresent(block -> clauseReader.clauses(block, match));
    return from.map(found -> new Policy.Attachment(item.position(), found, families, place, match));
  }

  /** A built-in chain, or one that another program makes, as DOCKER-USER. */
  Optional<ChainName> attachedTo(Yaml yaml) {
    Optional<Yaml.Scalar> word = nodes.text(yaml, "a chain");
    if (word.isEmpty()) {
      return Optional.empty();
    }
    boolean isName =
        nodes.matches(
            ATTACHED_TO,
            word.get(),
            "a chain's name has 1 to 28 bytes, no blanks or control characters, and does not begin"
                + " with - or !");
    String bytes = Utf8Bytes.encode(word.get().text());
    if (isName && bytes.length() > ChainName.MAX_BYTES) {
      diagnostics.error(
          Code.LIMIT,
          word.get().position(),
          "the chain's name has "
              + bytes.length()
              + " bytes; no chain has more than "
              + ChainName.MAX_BYTES);
      return Optional.empty();
    }
    return isName ? Optional.of(new ChainName(bytes)) : Optional.empty();
  }

  Optional<Policy.Place> place(Yaml.Entry entry) {
    Optional<Yaml.Scalar> word = nodes.text(entry.value(), "position");
    for (Policy.Place place : Policy.Place.values()) {
      if (word.isPresent() && word.get().text().equals(place.label())) {
        return Optional.of(place);
      }
    }
    word.ifPresent(
        scalar ->
            nodes.bad(
                scalar, "\"" + scalar.text() + "\" is not a position: top, bottom or anywhere"));
    return Optional.empty();
  }
}
