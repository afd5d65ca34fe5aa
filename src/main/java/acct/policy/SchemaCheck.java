package acct.policy;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.PathType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Holds a document against the published JSON Schema and maps each finding to its place.
 *
 * <p>It costs 0.1 s to load, so only {@code acct validate} always asks it; every other command does
 * when the reader has found something. What the reader has said of a place is not said twice.
 */
public final class SchemaCheck {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Diagnostics diagnostics;
  private final Map<String, Position> values = new HashMap<>();
  private final Map<String, Position> keys = new HashMap<>();

  private SchemaCheck(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** Reports what the schema finds wrong with a document, and nobody has reported yet. */
  public static void check(Yaml document, Diagnostics diagnostics) {
    SchemaCheck check = new SchemaCheck(diagnostics);
    JsonNode json = check.convert(document, "", document.position());
    for (Error error : Holder.SCHEMA.validate(json)) {
      check.report(error);
    }
  }

  /** Whether the schema accepts a document. */
  static boolean accepts(Yaml document) {
    SchemaCheck check = new SchemaCheck(new Diagnostics());
    return Holder.SCHEMA.validate(check.convert(document, "", document.position())).isEmpty();
  }

  /** Loads the schema when it is first needed. */
  private static final class Holder {
    static final Schema SCHEMA = load();

    private static Schema load() {
      SchemaRegistryConfig config =
          SchemaRegistryConfig.builder()
              .locale(Locale.ROOT)
              .pathType(PathType.JSON_POINTER)
              .build();
      SchemaRegistry registry =
          SchemaRegistry.withDefaultDialect(
              SpecificationVersion.DRAFT_7, builder -> builder.schemaRegistryConfig(config));
      try (InputStream in = SchemaCheck.class.getResourceAsStream("/schema/policy.schema.json")) {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        return registry.getSchema(text, InputFormat.JSON);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private JsonNode convert(Yaml yaml, String pointer, Position key) {
    values.put(pointer, yaml.position());
    keys.put(pointer, key);
    if (yaml instanceof Yaml.Scalar scalar) {
      return convert(scalar);
    }
    if (yaml instanceof Yaml.Sequence sequence) {
      ArrayNode array = NODES.arrayNode();
      for (int i = 0; i < sequence.items().size(); i++) {
        Yaml item = sequence.items().get(i);
        array.add(convert(item, pointer + "/" + i, item.position()));
      }
      return array;
    }
    ObjectNode object = NODES.objectNode();
    for (Yaml.Entry entry : ((Yaml.Mapping) yaml).entries()) {
      String path = pointer + "/" + entry.key().replace("~", "~0").replace("/", "~1");
      object.set(entry.key(), convert(entry.value(), path, entry.position()));
    }
    return object;
  }

  private static JsonNode convert(Yaml.Scalar scalar) {
    return switch (scalar.type()) {
      case STRING -> NODES.stringNode(scalar.text());
      case INTEGER -> NODES.numberNode(Long.parseLong(scalar.text()));
      case BOOLEAN -> NODES.booleanNode(scalar.text().equalsIgnoreCase("true"));
      case NULL -> NODES.nullNode();
    };
  }

  private void report(Error error) {
    String pointer = error.getInstanceLocation().toString();
    Optional<String> property = Optional.ofNullable(error.getProperty());
    boolean unknown = "additionalProperties".equals(error.getKeyword());
    boolean missing = "required".equals(error.getKeyword());
    Position position = values.get(pointer);
    Code code = Code.BAD_VALUE;
    if (unknown && property.isPresent()) {
      position = keys.get(pointer + "/" + property.get().replace("~", "~0").replace("/", "~1"));
      code = Code.UNKNOWN_KEY;
    } else if (missing) {
      position = keys.get(pointer);
      code = Code.MISSING_KEY;
    }
    if (position != null && !diagnostics.hasErrorAt(position)) {
      diagnostics.error(code, position, "by the schema: " + error.getMessage());
    }
  }

  /** For tests: what the schema says, unmapped. */
  static List<String> messages(Yaml document) {
    SchemaCheck check = new SchemaCheck(new Diagnostics());
    return Holder.SCHEMA.validate(check.convert(document, "", document.position())).stream()
        .map(Error::toString)
        .toList();
  }
}
