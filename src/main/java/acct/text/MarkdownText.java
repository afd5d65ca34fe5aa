package acct.text;

import java.util.List;

/**
 * Text in Markdown. All text of others is code, in a line or in a block: there neither Markdown nor
 * what GitHub and GitLab add to it (mentions, references, links that write themselves) is read, and
 * the fences are longer than any run of backticks inside.
 */
public final class MarkdownText {
  private static final int SHORTEST_FENCE = 3;

  private MarkdownText() {}

  /** Code inside a line; nothing for an empty text. */
  public static String code(String text) {
    if (text.isEmpty()) {
      return "";
    }
    String safe = PrintableText.of(text);
    String fence = fence(safe, 1);
    String edge = fence.length() > 1 ? " " : "";
    return fence + edge + safe + edge + fence;
  }

  /** The same in a cell of a table, where a bar would end the cell even in code. */
  public static String cell(String text) {
    return code(text.replace("|", "\\x7c"));
  }

  /**
   * A block of code.
   *
   * @param language what it is highlighted as
   */
  public static String block(String language, List<String> lines) {
    String fence = fence(String.join("\n", lines), SHORTEST_FENCE);
    StringBuilder out = new StringBuilder(fence).append(language).append('\n');
    for (String line : lines) {
      out.append(PrintableText.line(line)).append('\n');
    }
    return out.append(fence).append('\n').toString();
  }

  private static String fence(String text, int least) {
    int longest = 0;
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      run = text.charAt(i) == '`' ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return "`".repeat(longest < least ? least : longest + 1);
  }
}
