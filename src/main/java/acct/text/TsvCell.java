package acct.text;

/**
 * A cell of a file with tabs between its cells. Backslashes are doubled, so that what is written
 * out can be told from what was there: {@code \t \n \r \x1b}, and the escapes with {@code u} of
 * {@link PrintableText}.
 */
public final class TsvCell {
  private TsvCell() {}

  /** The cell of a text. */
  public static String of(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      String escape =
          switch (text.charAt(i)) {
            case '\\' -> "\\\\";
            case '\t' -> "\\t";
            case '\r' -> "\\r";
            default -> "";
          };
      if (!escape.isEmpty()) {
        out.append(PrintableText.of(text.substring(from, i))).append(escape);
        from = i + 1;
      }
    }
    return PrintableText.line(out.append(PrintableText.of(text.substring(from))).toString());
  }
}
