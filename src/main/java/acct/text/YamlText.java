package acct.text;

/** A scalar of YAML in double quotes, always on one line, that reads back as the same text. */
public final class YamlText {
  private YamlText() {}

  /** The scalar of a text. */
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8).append('"');
    int length;
    for (int i = 0; i < text.length(); i += length) {
      int c = text.codePointAt(i);
      length = Character.charCount(c);
      if (c == '\\' || c == '"') {
        out.append('\\').appendCodePoint(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else if (c == '\t') {
        out.append("\\t");
      } else if (PrintableText.isHidden(c)
          || c == '#' && PrintableText.startsHashCommand(text, i)) {
        appendEscape(out, c);
      } else {
        out.appendCodePoint(c);
      }
    }
    return out.append('"').toString();
  }

  private static void appendEscape(StringBuilder out, int c) {
    if (c <= 0xFF) {
      out.append("\\x").append(PrintableText.hex(c, 2));
    } else if (c <= 0xFFFF) {
      out.append("\\u").append(PrintableText.hex(c, 4));
    } else {
      out.append("\\U").append(PrintableText.hex(c, 8));
    }
  }
}
