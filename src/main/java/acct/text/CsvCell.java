package acct.text;

/**
 * A cell of a file with commas between its cells. A row is always one line: what a terminal must
 * not get is written out as in {@link PrintableText}. What a spreadsheet would take for a formula
 * has an apostrophe before it, as OWASP advises: where {@code = + - @} is the first character, not
 * counting blanks and apostrophes. A tab or a carriage return is never the first: it is written
 * out.
 */
public final class CsvCell {
  private static final String STARTS_FORMULA = "=+-@\uFF1D\uFF0B\uFF0D\uFF20";
  private static final String NEEDS_QUOTES = ",;\"";

  private CsvCell() {}

  /** The cell of a text. */
  public static String of(String text) {
    String safe = PrintableText.of(text);
    String cell = isFormula(safe) ? "'" + safe : safe;
    return needsQuotes(cell) ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }

  /** Also where blanks or apostrophes stand before it, so that what was added can be told. */
  private static boolean isFormula(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (STARTS_FORMULA.indexOf(c) >= 0) {
        return true;
      }
      if (c != '\'' && !PrintableText.isBlank(c)) {
        return false;
      }
    }
    return false;
  }

  private static boolean needsQuotes(String cell) {
    if (cell.isEmpty()) {
      return false;
    }
    for (int i = 0; i < cell.length(); i++) {
      if (NEEDS_QUOTES.indexOf(cell.charAt(i)) >= 0) {
        return true;
      }
    }
    return PrintableText.isBlank(cell.charAt(0))
        || PrintableText.isBlank(cell.charAt(cell.length() - 1))
        || PrintableText.firstColonOfCommand(cell) >= 0;
  }
}
