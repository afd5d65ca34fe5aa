package acct.text;

import java.util.regex.Pattern;

/** A scalar of YAML in double quotes, always on one line, that reads back as the same text. */
public final class YamlText {
  /** What YAML reads as a text without quotes, unless it is {@link #NO_TEXT}. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z_][A-Za-z0-9._/-]*|[0-9]{1,3}(\\.[0-9]{1,3}){3}(/[0-9]{1,2})?");

  private static final Pattern NO_TEXT =
      Pattern.compile("true|false|null|yes|no|on|off|y|n", Pattern.CASE_INSENSITIVE);

  private YamlText() {}

  /** A text, in quotes unless YAML reads it as a text without. */
  public static String plainOrQuoted(String text) {
    boolean plain = PLAIN.matcher(text).matches() && !NO_TEXT.matcher(text).matches();
    return plain ? text : quoted(text);
  }

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
