package acct.policy;

import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes schema/policy.schema.json from the table of match keys. Draft 7, which
 * yaml-language-server reads; types are lists and limits stand beside them, since oneOf floods a
 * reader with findings.
 */
final class PolicySchema {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private PolicySchema() {}

  /** The schema as the file holds it. */
  static String text() {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(schema()) + "\n";
  }

  private static ObjectNode schema() {
    ObjectNode schema = MAPPER.createObjectNode();
    schema.put("$schema", "http://json-schema.org/draft-07/schema#");
    schema.put("title", "AccountingPolicy of acct");
    schema.put("description", "Which chains of iptables count which traffic.");
    object(schema, "apiVersion", "kind", "metadata", "spec");
    ObjectNode properties = schema.putObject("properties");
    described(properties, "apiVersion", "The version of this language.")
        .put("const", PolicyReader.API_VERSION);
    described(properties, "kind", "What this document is.").put("const", PolicyReader.KIND);
    metadata(described(properties, "metadata", "Who the policy is."));
    spec(described(properties, "spec", "What is counted, and where."));
    definitions(schema.putObject("definitions"));
    return schema;
  }

  private static void metadata(ObjectNode metadata) {
    object(metadata, "name");
    ObjectNode properties = metadata.putObject("properties");
    described(
            properties,
            "name",
            "The owner of the chains. On the host it stands as the comment acct:NAME on every jump"
                + " that acct makes.")
        .put("type", "string")
        .put("pattern", PolicyPatterns.OWNER)
        .putArray("examples")
        .add("web-frontend");
    described(properties, "description", "For people.").put("type", "string");
  }

  private static void spec(ObjectNode spec) {
    object(spec, "chains");
    ObjectNode properties = spec.putObject("properties");
    ObjectNode families =
        described(
            properties,
            "families",
            "In which families to account; both by default. A rule with an IPv4 address exists in ipv4"
                + " only, one without addresses in all of these.");
    list(families).put("uniqueItems", true);
    ArrayNode labels = families.putObject("items").putArray("enum");
    List.of(Family.values()).forEach(family -> labels.add(family.label()));
    ArrayNode tables =
        described(properties, "table", "The table the chains are in; filter by default.")
            .putArray("enum");
    TableName.ACCOUNTING.forEach(table -> tables.add(table.value()));
    words(
        described(
            properties,
            "unmanagedRules",
            "What becomes of rules in the policy's chains that it doesn't have: remove (the default), or"
                + " keep, which tells of them and leaves them where they stand."),
        Policy.Unmanaged.values());
    ObjectNode allow =
        described(
            properties,
            "allow",
            "What the policy's rules may do beyond counting. conntrack, defragmentation and"
                + " bridge-netfilter: be the first rules of the host that need it, and so switch it on."
                + " unknown-matches: have matches in options of which acct does not know what they do.");
    list(allow).put("uniqueItems", true);
    ArrayNode allowed = allow.putObject("items").putArray("enum");
    List.of(Policy.Allow.values()).forEach(one -> allowed.add(one.label()));
    ObjectNode parameters =
        described(
            properties,
            "parameters",
            "Names with their defaults, used as ${name} or ${name.key}. The default gives the type; --set"
                + " NAME=VALUE and --values FILE override it.");
    parameters.put("type", "object");
    parameters.putObject("propertyNames").put("pattern", PolicyPatterns.VARIABLE);
    ObjectNode moved =
        described(
            properties,
            "moved",
            "What had another name before: a chain keeps its counters, and a rule that changes is known"
                + " again.");
    ObjectNode move = list(moved).putObject("items");
    object(move, "from", "to");
    ObjectNode ends = move.putObject("properties");
    for (String end : List.of("from", "to")) {
      described(ends, end, "CHAIN, or CHAIN/rule.")
          .put("type", "string")
          .put("pattern", PolicyPatterns.MOVED);
    }
    ObjectNode chains = described(properties, "chains", "The chains to count in.");
    list(chains).putObject("items").put("$ref", "#/definitions/chain");
  }

  private static void definitions(ObjectNode definitions) {
    chain(definitions.putObject("chain"));
    attachment(definitions.putObject("attachment"));
    attachedTo(definitions.putObject("attachedTo"));
    rule(definitions.putObject("rule"));
    ObjectNode match = definitions.putObject("match");
    object(match);
    ObjectNode matchKeys = match.putObject("properties");
    MatchKey.all().forEach(key -> matchKey(matchKeys, key, false));
    notReference(matchKeys);
    ObjectNode not = definitions.putObject("not");
    object(not);
    ObjectNode notKeys = not.putObject("properties");
    MatchKey.all().forEach(key -> matchKey(notKeys, key, true));
  }

  private static void chain(ObjectNode chain) {
    object(chain, "name", "rules");
    ObjectNode properties = chain.putObject("properties");
    described(
            properties,
            "name",
            "The chain's name, as iptables -L shows it: up to 28 bytes, without blanks.")
        .put("type", "string")
        .put("pattern", PolicyPatterns.CHAIN);
    described(properties, "description", "For people.").put("type", "string");
    ObjectNode attach =
        described(
            properties,
            "attach",
            "The chains that are not acct's whose packets come here. Without, only jumps of other chains lead"
                + " here.");
    list(attach).putObject("items").put("$ref", "#/definitions/attachment");
    ObjectNode rules =
        described(
            properties,
            "rules",
            "What is counted. Rules that only count may stand in any order; a RETURN divides them.");
    list(rules).putObject("items").put("$ref", "#/definitions/rule");
  }

  private static void attachment(ObjectNode attachment) {
    attachment.put(
        "description",
        "A built-in chain or one of another program, or a block with it, its families, position and"
            + " match.");
    attachment.putArray("type").add("string").add("object");
    ArrayNode branches = attachment.putArray("anyOf");
    branches.addObject().put("$ref", "#/definitions/attachedTo");
    ObjectNode block = branches.addObject();
    object(block, "chain");
    ObjectNode properties = block.putObject("properties");
    properties.putObject("chain").put("$ref", "#/definitions/attachedTo");
    families(
        described(
            properties,
            "families",
            "The families in which it hangs there, of those of the policy; all by default."));
    ArrayNode places =
        described(
                properties,
                "position",
                "Where the jump stands: top (the default) above every rule of others, bottom below"
                    + " every one, anywhere wherever it is (top when new).")
            .putArray("enum");
    List.of(Policy.Place.values()).forEach(place -> places.add(place.label()));
    ObjectNode match = described(properties, "match", "Which packets jump; all by default.");
    match.putArray("allOf").addObject().put("$ref", "#/definitions/match");
  }

  private static void attachedTo(ObjectNode chain) {
    chain.put("type", "string");
    chain.put(
        "description",
        "PREROUTING, INPUT, FORWARD, OUTPUT or POSTROUTING, or a chain that another program makes,"
            + " as DOCKER-USER: that has to be there when the policy is applied.");
    chain.put("pattern", PolicyPatterns.ATTACHED_TO);
  }

  private static void families(ObjectNode families) {
    list(families).put("uniqueItems", true);
    ArrayNode labels = families.putObject("items").putArray("enum");
    List.of(Family.values()).forEach(family -> labels.add(family.label()));
  }

  private static void rule(ObjectNode rule) {
    object(rule);
    ObjectNode properties = rule.putObject("properties");
    described(
            properties,
            "name",
            "The rule's name, unique in its chain. The counter is the name's, and it stands on the kernel"
                + " rule as its comment. Without one it is made from the match.")
        .put("type", "string")
        .put("pattern", PolicyPatterns.RULE + "|" + Shape.PLACEHOLDER);
    described(
            properties,
            "sum",
            "Whether the chain's rules of this name are one row: each of them has it. Their counters"
                + " are added up.")
        .put("type", "boolean");
    described(
            properties,
            "comment",
            "What the kernel rule has as its comment instead of the name, taken as written; unique in"
                + " its chain. acct import writes it for comments that are no names.")
        .put("type", "string")
        .put("pattern", PolicyPatterns.COMMENT);
    families(
        described(
            properties,
            "families",
            "The families the rule is for; by default all of the policy's in which its match can be."));
    described(properties, "description", "For people.").put("type", "string");
    described(
            properties,
            "jump",
            "Where counted packets go: a chain of this policy, which always comes back, or RETURN, which"
                + " leaves this chain. Without, they go on to the next rule.")
        .put("type", "string")
        .put("pattern", PolicyPatterns.CHAIN + "|" + Shape.PLACEHOLDER)
        .putArray("examples")
        .add("RETURN");
    words(
        described(
            properties,
            "onChange",
            "What becomes of the counter when the rule's meaning changes under its name: end (the"
                + " default), or carry, which lets it go on."),
        Policy.OnChange.values());
    forEach(
        described(
            properties,
            "forEach",
            "Makes the rule once for each element, and each a counter of its own. Several variables are"
                + " their product."));
    described(
            properties,
            "options",
            "More of the match in iptables' own words: any match and core option, but no target, no"
                + " comment, and no option of the command.")
        .put("type", "string")
        .put("pattern", PolicyPatterns.OPTIONS)
        .putArray("examples")
        .add("-m recent --rcheck --name scanners");
    MatchKey.all().forEach(key -> matchKey(properties, key, false));
    notReference(properties);
  }

  private static void forEach(ObjectNode forEach) {
    forEach.put("type", "object").put("minProperties", 1);
    forEach.putObject("propertyNames").put("pattern", PolicyPatterns.VARIABLE);
    ObjectNode source = forEach.putObject("additionalProperties");
    source.putArray("type").add("array").add("string").add("object");
    source.put("minItems", 1);
    source.put("pattern", Shape.PLACEHOLDER);
    source.putArray("required").add("hosts");
    source.put("additionalProperties", false);
    source
        .putObject("properties")
        .putObject("hosts")
        .put("type", "string")
        .put("description", "The host addresses of a network, at most 65,536.")
        .putArray("examples")
        .add("192.168.1.0/28");
  }

  private static void notReference(ObjectNode properties) {
    described(properties, "not", "What must not match: the same keys, each negated.")
        .putArray("allOf")
        .addObject()
        .put("$ref", "#/definitions/not");
  }

  private static void matchKey(ObjectNode properties, MatchKey key, boolean negated) {
    ObjectNode value = described(properties, key.key(), key.description());
    boolean lists =
        key.lists() == MatchKey.Lists.JOINED
            || key.lists() == MatchKey.Lists.COMMA
            || (key.lists() == MatchKey.Lists.RULES && !negated);
    ArrayNode types = shape(value, key);
    if (lists) {
      types.add("array");
      value.put("minItems", 1);
      shape(value.putObject("items"), key);
    }
    ArrayNode examples = value.putArray("examples");
    if (key.shape().isFlag()) {
      examples.add(true);
    } else {
      examples.add(key.example());
    }
  }

  private static ArrayNode shape(ObjectNode value, MatchKey key) {
    ArrayNode types = value.putArray("type").add("string");
    value.put("pattern", key.shape().isFlag() ? "\\$\\{" : key.shape().pattern());
    if (key.shape().isFlag()) {
      types.add("boolean");
      value.putObject("not").put("const", false);
    }
    if (key.shape().takesNumbers()) {
      types.add("integer");
      value.put("minimum", key.shape().min());
      value.put("maximum", key.shape().max());
    }
    return types;
  }

  private static void words(ObjectNode node, Enum<?>... values) {
    ArrayNode words = node.putArray("enum");
    for (Enum<?> value : values) {
      words.add(value.name().toLowerCase(Locale.ROOT));
    }
  }

  private static ObjectNode described(ObjectNode properties, String name, String description) {
    return properties.putObject(name).put("description", description);
  }

  private static ObjectNode list(ObjectNode node) {
    return node.put("type", "array").put("minItems", 1);
  }

  private static void object(ObjectNode node, String... required) {
    node.put("type", "object");
    node.put("additionalProperties", false);
    if (required.length > 0) {
      ArrayNode names = node.putArray("required");
      List.of(required).forEach(names::add);
    }
  }
}
