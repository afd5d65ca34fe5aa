package acct.render;

/** Cells of a table in characters. */
final class Columns {
  private Columns() {}

  /** With blanks behind it, up to a width. */
  static String left(String text, int width) {
    return text + blanks(width - text.length());
  }

  /** With blanks before it, up to a width. */
  static String right(String text, int width) {
    return blanks(width - text.length()) + text;
  }

  private static String blanks(int count) {
    return " ".repeat(Math.max(0, count));
  }
}
