package acct.state;

import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON that acct has written itself: a key twice is an error, and so is text behind it. */
public final class StrictJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private StrictJson() {}

  /** Reads one document. */
  public static JsonNode read(String text) {
    return MAPPER.readTree(text);
  }

  /** The text of a string; JSON's null would be Java's. */
  public static String string(JsonNode node) {
    if (!node.isString()) {
      throw new IllegalArgumentException("not a string");
    }
    return node.stringValue();
  }
}
