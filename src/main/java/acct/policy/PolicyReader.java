package acct.policy;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.BadValueException;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import acct.text.Utf8Bytes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
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
  public static final String OWNER_PATTERN = "^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$";
  private static final String CHAIN_NAME =
      "(?!.*\\$\\{)[^!\"/\\x00-\\x20\\x7f-][^\"/\\x00-\\x20\\x7f]{0,27}";

  /**
   * What iptables takes and gives back, less what acct has another meaning for: {@code /} stands
   * between a chain and its rule, and iptables would look for a target's file of that name.
   */
  public static final String CHAIN_PATTERN = "^" + CHAIN_NAME + "$";

  /** A chain of another program: acct only names it. */
  public static final String ATTACHED_TO_PATTERN =
      "^[^!\\x00-\\x20\\x7f-][^\\x00-\\x20\\x7f]{0,27}$";

  public static final String RULE_PATTERN = "^[A-Za-z0-9._-]{1,63}$";

  public static final String VARIABLE_PATTERN = "^[A-Za-z][A-Za-z0-9_]{0,31}$";
  public static final String MOVED_PATTERN = "^" + CHAIN_NAME + "(/[^\\x00-\\x1f\\x7f]{1,255})?$";
  public static final String COMMENT_PATTERN = "^[^\\x00\\n]{1,255}$";
  public static final String OPTIONS_PATTERN = "^[^\\x00-\\x1f\\x7f]{1,1000}$";

  private static final Pattern OPTIONS = Pattern.compile(OPTIONS_PATTERN);
  private static final Pattern COMMENT = Pattern.compile(COMMENT_PATTERN);
  private static final Pattern ATTACHED_TO = Pattern.compile(ATTACHED_TO_PATTERN);
  private static final Pattern OWNER = Pattern.compile(OWNER_PATTERN);
  private static final Pattern CHAIN = Pattern.compile(CHAIN_PATTERN);
  private static final String RULE_NAME = "a rule's name has 1 to 63 letters, digits and . _ -";

  private static final Pattern RULE = Pattern.compile(RULE_PATTERN);
  private static final String MOVED_NAME = "moved names a CHAIN, or a CHAIN/rule";
  private static final Pattern MOVED = Pattern.compile(MOVED_PATTERN);
  private static final Pattern JUMP = Pattern.compile(CHAIN_PATTERN);
  private static final Pattern VARIABLE = Pattern.compile(VARIABLE_PATTERN);

  /** What may have a ${…} in it, to be held to its pattern when that is filled in. */
  private static final List<Pattern> TEMPLATED = List.of(RULE, JUMP);

  private static final List<Policy.Unmanaged> UNMANAGED = List.of(Policy.Unmanaged.values());

  private static final List<Policy.OnChange> ON_CHANGE = List.of(Policy.OnChange.values());

  private static final Set<String> MATCH_KEYS = matchKeys();
  private static final Set<String> MATCH_AND_NOT = with(MATCH_KEYS, "not");
  private static final Set<String> RULE_KEYS =
      with(
          MATCH_AND_NOT,
          "forEach",
          "name",
          "sum",
          "comment",
          "families",
          "description",
          "options",
          "jump",
          "onChange");

  private final Diagnostics diagnostics;

  private PolicyReader(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  private static Set<String> matchKeys() {
    Set<String> keys = new LinkedHashSet<>();
    for (MatchKey key : MatchKey.all()) {
      keys.add(key.key());
    }
    return keys;
  }

  private static Set<String> with(Set<String> keys, String... more) {
    Set<String> all = new LinkedHashSet<>(keys);
    all.addAll(List.of(more));
    return all;
  }

  /** In the order in which a message lists them. */
  private static Set<String> named(String... keys) {
    return with(Set.of(), keys);
  }

  /** Reads one document; nothing when not even its head can be read. */
  public static Optional<Policy> read(Yaml document, Diagnostics diagnostics) {
    return new PolicyReader(diagnostics).policy(document);
  }

  /** Whether a rule's name that was filled in is one; reports it when not. */
  public static boolean checkName(Policy.Written name, Diagnostics diagnostics) {
    boolean fits = RULE.matcher(name.text()).matches();
    if (!fits) {
      diagnostics.error(Code.BAD_VALUE, name.position(), "\"" + name.text() + "\": " + RULE_NAME);
    }
    return fits;
  }

  /** Whether a value that was filled in has the shape of its key; reports it when not. */
  public static boolean checkShape(MatchKey key, Policy.Written value, Diagnostics diagnostics) {
    Yaml.Scalar scalar = new Yaml.Scalar(value.position(), value.type(), value.text());
    boolean off = key.shape().isFlag() && value.text().equalsIgnoreCase("false");
    boolean fits = off || !value.isTemplate() && key.shape().accepts(scalar);
    if (!fits) {
      diagnostics.error(Code.BAD_VALUE, value.position(), whatIsWrong(key, scalar));
    }
    return fits;
  }

  /** Whether a key takes so many values; reports it when not. */
  public static boolean checkCount(Policy.Clause clause, int values, Diagnostics diagnostics) {
    boolean fits = values == 1 || values > 1 && takesList(clause.key(), clause.negated());
    if (values > 1 && !fits) {
      diagnostics.error(
          Code.BAD_VALUE,
          clause.position(),
          clause.key().key() + " takes one value here, not a list");
    }
    return fits;
  }

  private static boolean takesList(MatchKey key, boolean negated) {
    return key.lists() == MatchKey.Lists.JOINED
        || key.lists() == MatchKey.Lists.COMMA
        || key.lists() == MatchKey.Lists.RULES && !negated;
  }

  private Optional<Policy> policy(Yaml document) {
    Optional<Keys> keys =
        keys(
            document,
            document.position(),
            "a policy",
            named("apiVersion", "kind", "metadata", "spec"));
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    constant(keys.get(), "apiVersion", API_VERSION);
    constant(keys.get(), "kind", KIND);
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

  private void constant(Keys keys, String key, String value) {
    Optional<Yaml.Entry> entry = keys.require(key, "write " + key + ": " + value);
    Optional<Yaml.Scalar> scalar =
        entry.isPresent() ? text(entry.get().value(), key) : Optional.empty();
    if (scalar.isPresent() && !scalar.get().text().equals(value)) {
      bad(scalar.get(), key + " is " + value + ", and this is \"" + scalar.get().text() + "\"");
    }
  }

  private Optional<Yaml.Scalar> metadata(Yaml.Entry entry) {
    Optional<Keys> keys =
        keys(entry.value(), entry.position(), "metadata", named("name", "description"));
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    description(keys.get());
    return patterned(
        keys.get().require("name", "it is the owner of the chains, as \"web-frontend\""),
        "a policy's name",
        OWNER,
        "a policy's name has 1 to 40 of a-z, 0-9 and -, not - at either end");
  }

  private void description(Keys keys) {
    Optional<Yaml.Entry> description = keys.find("description");
    if (description.isPresent()) {
      text(description.get().value(), "description");
    }
  }

  private Optional<Policy> spec(Yaml.Entry entry, String owner, Position position) {
    Optional<Keys> keys =
        keys(
            entry.value(),
            entry.position(),
            "spec",
            named("families", "table", "unmanagedRules", "allow", "parameters", "moved", "chains"));
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
    for (Yaml item : items(keys.get().find("moved"))) {
      move(item).ifPresent(moves::add);
    }
    List<Policy.Chain> chains = new ArrayList<>();
    for (Yaml item : items(keys.get().require("chains", "a policy has at least one"))) {
      Optional<Policy.Chain> chain = chain(item);
      if (chain.isPresent()) {
        chains.add(chain.get());
      }
    }
    return Optional.of(
        new Policy(
            owner,
            position,
            families.isPresent() ? families(families.get()) : List.of(Family.values()),
            families.isPresent(),
            readTable.orElse(TableName.FILTER),
            keys.get().choice("unmanagedRules", UNMANAGED),
            allow(keys.get()),
            parameters,
            moves,
            chains));
  }

  private Optional<Policy.Move> move(Yaml item) {
    Optional<Keys> keys = keys(item, item.position(), "moved", named("from", "to"));
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    Optional<Yaml.Scalar> from =
        patterned(keys.get().require("from", "the name it had"), "from", MOVED, MOVED_NAME);
    Optional<Yaml.Scalar> to =
        patterned(keys.get().require("to", "the name it has"), "to", MOVED, MOVED_NAME);
    return from.isEmpty() || to.isEmpty()
        ? Optional.empty()
        : Optional.of(new Policy.Move(item.position(), written(from.get()), written(to.get())));
  }

  private void parameters(Yaml.Entry entry, List<Policy.Named> into) {
    if (!(entry.value() instanceof Yaml.Mapping mapping)) {
      bad(entry.value(), "parameters is a block of names with their defaults");
      return;
    }
    for (Yaml.Entry parameter : mapping.entries()) {
      if (isVariable(parameter)) {
        into.add(new Policy.Named(parameter.position(), parameter.key(), parameter.value()));
      }
    }
  }

  private boolean isVariable(Yaml.Entry entry) {
    boolean fits = VARIABLE.matcher(entry.key()).matches();
    if (!fits) {
      diagnostics.error(
          Code.BAD_VALUE,
          entry.position(),
          "\"" + entry.key() + "\": a name has letters, digits and _, and begins with a letter");
    }
    return fits;
  }

  private List<Policy.Named> forEach(Keys rule) {
    Optional<Yaml.Entry> entry = rule.find("forEach");
    if (entry.isEmpty()) {
      return List.of();
    }
    if (!(entry.get().value() instanceof Yaml.Mapping mapping) || mapping.entries().isEmpty()) {
      bad(entry.get().value(), "forEach is a block of variables with what they run over");
      return List.of();
    }
    List<Policy.Named> variables = new ArrayList<>();
    for (Yaml.Entry variable : mapping.entries()) {
      if (isVariable(variable) && isSource(variable.value())) {
        variables.add(new Policy.Named(variable.position(), variable.key(), variable.value()));
      }
    }
    return variables;
  }

  /** What a variable may run over: a list, a parameter that is one, or the hosts of a network. */
  private boolean isSource(Yaml source) {
    boolean template = source instanceof Yaml.Scalar scalar && scalar.text().contains("${");
    boolean list = source instanceof Yaml.Sequence sequence && !sequence.items().isEmpty();
    boolean hosts =
        source instanceof Yaml.Mapping mapping
            && mapping.entries().size() == 1
            && mapping.entries().get(0).key().equals("hosts")
            && mapping.entries().get(0).value() instanceof Yaml.Scalar network
            && network.type() == Yaml.Scalar.Type.STRING;
    if (!template && !list && !hosts) {
      bad(
          source,
          "a variable runs over a list with elements, \"${parameter}\", or {hosts: 192.168.1.0/28}");
    }
    return template || list || hosts;
  }

  private List<Family> families(Yaml.Entry entry) {
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

  private Set<Policy.Allow> allow(Keys spec) {
    Set<Policy.Allow> allowed = EnumSet.noneOf(Policy.Allow.class);
    for (Yaml item : items(spec.find("allow"))) {
      Optional<Yaml.Scalar> word = text(item, "what is allowed");
      if (word.isEmpty()) {
        continue;
      }
      Optional<Policy.Allow> known = allow(word.get().text());
      if (known.isEmpty()) {
        bad(word.get(), "\"" + word.get().text() + "\" can't be allowed: " + allowLabels());
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
    Optional<Yaml.Scalar> word = text(entry.value(), "a table");
    for (TableName table : TableName.ACCOUNTING) {
      if (word.isPresent() && word.get().text().equals(table.value())) {
        return Optional.of(table);
      }
    }
    word.ifPresent(
        scalar ->
            bad(
                scalar,
                scalar.text().equals("nat")
                    ? "nat sees only the first packet of a connection, so nothing can be accounted"
                        + " in it: filter, mangle, raw or security"
                    : "\"" + scalar.text() + "\" is not a table: filter, mangle, raw or security"));
    return Optional.empty();
  }

  private Optional<Policy.Chain> chain(Yaml item) {
    Optional<Keys> keys =
        keys(item, item.position(), "a chain", named("name", "description", "attach", "rules"));
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    description(keys.get());
    Optional<Yaml.Entry> named = keys.get().require("name", "every chain has one");
    Optional<Yaml.Scalar> name =
        named.isPresent() ? text(named.get().value(), "a chain's name") : Optional.empty();
    if (name.isPresent()) {
      checkChainName(name.get());
    }
    List<Policy.Attachment> attachments = new ArrayList<>();
    for (Yaml place : items(keys.get().find("attach"))) {
      Optional<Policy.Attachment> attachment = attachment(place);
      if (attachment.isPresent()) {
        attachments.add(attachment.get());
      }
    }
    List<Policy.RuleSpec> rules = new ArrayList<>();
    for (Yaml rule : items(keys.get().require("rules", "a chain without rules counts nothing"))) {
      Optional<Policy.RuleSpec> read = rule(rule);
      if (read.isPresent()) {
        rules.add(read.get());
      }
    }
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Policy.Chain(name.get().text(), name.get().position(), attachments, rules));
  }

  private void checkChainName(Yaml.Scalar name) {
    String text = name.text();
    int bytes = Utf8Bytes.encode(text).length();
    if (bytes > ChainName.MAX_BYTES) {
      diagnostics.error(
          Code.LIMIT,
          name.position(),
          "the chain's name has " + bytes + " bytes; the kernel takes " + ChainName.MAX_BYTES);
    } else {
      matches(
          CHAIN,
          name,
          "a chain's name has 1 to 28 bytes, no blanks, control characters, \" or /, and does not"
              + " begin with - or !");
    }
  }

  private Optional<Policy.Attachment> attachment(Yaml item) {
    if (item instanceof Yaml.Scalar) {
      return attachedTo(item)
          .map(
              from ->
                  new Policy.Attachment(
                      item.position(), from, List.of(), Policy.Place.TOP, List.of()));
    }
    Optional<Keys> keys =
        keys(item, item.position(), "attach", named("chain", "families", "position", "match"));
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    Optional<ChainName> from =
        keys.get()
            .require("chain", "a built-in chain, as FORWARD")
            .flatMap(e -> attachedTo(e.value()));
    List<Family> families = keys.get().find("families").map(this::families).orElse(List.of());
    Policy.Place place = keys.get().find("position").flatMap(this::place).orElse(Policy.Place.TOP);
    List<Policy.Clause> match = new ArrayList<>();
    keys.get()
        .find("match")
        .flatMap(e -> keys(e.value(), e.position(), "match", MATCH_AND_NOT))
        .ifPresent(block -> clauses(block, match));
    return from.map(found -> new Policy.Attachment(item.position(), found, families, place, match));
  }

  /** A built-in chain, or one that another program makes, as DOCKER-USER. */
  private Optional<ChainName> attachedTo(Yaml yaml) {
    Optional<Yaml.Scalar> word = text(yaml, "a chain");
    if (word.isEmpty()) {
      return Optional.empty();
    }
    boolean isName =
        matches(
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

  private Optional<Policy.Place> place(Yaml.Entry entry) {
    Optional<Yaml.Scalar> word = text(entry.value(), "position");
    for (Policy.Place place : Policy.Place.values()) {
      if (word.isPresent() && word.get().text().equals(place.label())) {
        return Optional.of(place);
      }
    }
    word.ifPresent(
        scalar ->
            bad(scalar, "\"" + scalar.text() + "\" is not a position: top, bottom or anywhere"));
    return Optional.empty();
  }

  // A policy has many rules, and a lambda costs more than what it does here, each time and when it
  // is linked; so loops and ifs.
  private Optional<Policy.RuleSpec> rule(Yaml item) {
    Optional<Keys> keys = keys(item, item.position(), "a rule", RULE_KEYS);
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    description(keys.get());
    Optional<Yaml.Scalar> name = patterned(keys.get().find("name"), "name", RULE, RULE_NAME);
    Optional<Yaml.Scalar> comment =
        patterned(
            keys.get().find("comment"),
            "comment",
            COMMENT,
            "a comment is 1 to 255 characters on one line");
    Optional<Yaml.Scalar> jump =
        patterned(
            keys.get().find("jump"), "jump", JUMP, "jump takes a chain of the policy, or RETURN");
    Optional<Yaml.Scalar> options =
        patterned(
            keys.get().find("options"),
            "options",
            OPTIONS,
            "options are 1 to 1000 characters on one line");
    List<Policy.Clause> clauses = new ArrayList<>();
    clauses(keys.get(), clauses);
    return Optional.of(
        new Policy.RuleSpec(
            item.position(),
            forEach(keys.get()),
            written(name),
            keys.get().isTrue("sum"),
            comment.map(Yaml.Scalar::text),
            keys.get().find("families").map(this::families).orElse(List.of()),
            clauses,
            written(options),
            jump.isEmpty()
                ? Optional.empty()
                : Optional.of(new Policy.JumpSpec(jump.get().position(), jump.get().text())),
            keys.get().choice("onChange", ON_CHANGE)));
  }

  private static Optional<Policy.Written> written(Optional<Yaml.Scalar> scalar) {
    return scalar.isEmpty() ? Optional.empty() : Optional.of(written(scalar.get()));
  }

  private static Policy.Written written(Yaml.Scalar scalar) {
    return new Policy.Written(scalar.position(), scalar.type(), scalar.text());
  }

  private Optional<Yaml.Scalar> patterned(
      Optional<Yaml.Entry> entry, String what, Pattern pattern, String allowed) {
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    Optional<Yaml.Scalar> scalar = text(entry.get().value(), what);
    return scalar.isPresent() && matches(pattern, scalar.get(), allowed)
        ? scalar
        : Optional.empty();
  }

  /** The match keys of a block, and those of its {@code not}. */
  private void clauses(Keys block, List<Policy.Clause> into) {
    clauses(block, false, into);
    Optional<Yaml.Entry> not = block.find("not");
    if (not.isPresent()) {
      Optional<Keys> negated = keys(not.get().value(), not.get().position(), "not", MATCH_KEYS);
      if (negated.isPresent()) {
        clauses(negated.get(), true, into);
      }
    }
  }

  private void clauses(Keys block, boolean negated, List<Policy.Clause> into) {
    for (Yaml.Entry entry : block.entries()) {
      Optional<MatchKey> key = MatchKey.of(entry.key());
      Optional<Policy.Clause> clause =
          key.isPresent() ? clause(key.get(), entry, negated) : Optional.empty();
      if (clause.isPresent()) {
        into.add(clause.get());
      }
    }
  }

  private Optional<Policy.Clause> clause(MatchKey key, Yaml.Entry entry, boolean negated) {
    boolean listAllowed = takesList(key, negated);
    List<Policy.Written> values = new ArrayList<>();
    if (!(entry.value() instanceof Yaml.Sequence)) {
      Optional<Policy.Written> value = scalar(key, entry.value());
      if (value.isPresent()) {
        values.add(value.get());
      }
    } else if (!listAllowed) {
      diagnostics.error(
          Code.BAD_VALUE,
          entry.value().position(),
          key.key()
              + (negated ? " under not" : "")
              + " takes one value: "
              + (negated
                  ? "iptables has no way to say \"none of these\". Let a rule before it take them"
                      + " out of the chain ({"
                      + key.key()
                      + ": […], jump: RETURN}), or put them into an ipset (not: {matchSet: …})"
                  : key.shape().what()));
    } else {
      for (Yaml item : items(entry, key.key())) {
        scalar(key, item).ifPresent(values::add);
      }
    }
    return values.isEmpty()
        ? Optional.empty()
        : Optional.of(new Policy.Clause(key, negated, entry.position(), values));
  }

  private Optional<Policy.Written> scalar(MatchKey key, Yaml yaml) {
    if (!(yaml instanceof Yaml.Scalar scalar)) {
      bad(yaml, key.key() + " is " + key.shape().what() + ", and this is " + yaml.kind());
      return Optional.empty();
    }
    if (!key.shape().accepts(scalar)) {
      bad(scalar, whatIsWrong(key, scalar));
      return Optional.empty();
    }
    return Optional.of(new Policy.Written(scalar.position(), scalar.type(), scalar.text()));
  }

  /** The value's own reader knows best what is wrong with it: an octal number, a wrong range. */
  private static String whatIsWrong(MatchKey key, Yaml.Scalar scalar) {
    boolean read =
        scalar.type() == Yaml.Scalar.Type.STRING || scalar.type() == Yaml.Scalar.Type.INTEGER;
    Optional<String> meant = read ? OtherWords.forValue(key, scalar.text()) : Optional.empty();
    if (meant.isPresent()) {
      return "\"" + scalar.text() + "\" is no value of " + key.key() + "; " + meant.get();
    }
    if (read) {
      try {
        key.read(scalar.text());
      } catch (BadValueException e) {
        return e.getMessage();
      }
    }
    String found = read ? "\"" + scalar.text() + "\"" : scalar.kind();
    return key.key() + " is " + key.shape().what() + ", and this is " + found;
  }

  private Optional<Keys> keys(Yaml yaml, Position parent, String where, Set<String> known) {
    return Keys.of(yaml, parent, where, known, diagnostics);
  }

  /** The elements of a list that may be missing. */
  private List<Yaml> items(Optional<Yaml.Entry> entry) {
    return entry.isEmpty() ? List.of() : items(entry.get(), entry.get().key());
  }

  /** The elements of a list that has some. */
  private List<Yaml> items(Yaml.Entry entry, String what) {
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

  private Optional<Yaml.Scalar> text(Yaml yaml, String what) {
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

  private boolean matches(Pattern pattern, Yaml.Scalar scalar, String allowed) {
    boolean template = TEMPLATED.contains(pattern) && scalar.text().contains("${");
    if (template || pattern.matcher(scalar.text()).matches()) {
      return true;
    }
    bad(scalar, "\"" + scalar.text() + "\": " + allowed);
    return false;
  }

  /** A scalar that YAML itself makes trouble with is reported once. */
  private void bad(Yaml yaml, String message) {
    if (!diagnostics.hasErrorAt(yaml.position())) {
      diagnostics.error(Code.BAD_VALUE, yaml.position(), message);
    }
  }
}
