package acct.text;

/**
 * JSON for terminals and logs. JSON itself lets through what moves a cursor or turns a line around
 * (C1 controls, bidirectional overrides, U+2028); here each is an escape.
 */
public final class JsonText {
  private JsonText() {}

  /**
   * The same JSON with nothing hidden in it.
   *
   * @param json that is valid; only its strings can hold what is replaced
   */
  public static String of(String json) {
    StringBuilder out = null;
    int from = 0;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      boolean plain = c < 0x7f && c != '#';
      if (plain) {
        continue;
      }
      int codePoint = json.codePointAt(i);
      int length = Character.charCount(codePoint);
      boolean command = c == '#' && PrintableText.startsHashCommand(json, i);
      if (command || PrintableText.isHidden(codePoint)) {
        out = out == null ? new StringBuilder(json.length() + 64) : out;
        out.append(json, from, i);
        for (int j = i; j < i + length; j++) {
          out.append("\\u").append(PrintableText.hex(json.charAt(j), 4));
        }
        from = i + length;
      }
      i += length - 1;
    }
    return out == null ? json : out.append(json, from, json.length()).toString();
  }
}
