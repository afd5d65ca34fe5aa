package acct.cli;

import acct.text.PrintableText;
import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command reads and writes. Results go to {@code out}, everything else to {@code err}.
 *
 * @param colour whether {@code out} is a terminal that wants colours
 */
public record Console(InputStream in, PrintStream out, PrintStream err, boolean colour) {
  /** A line for the user beside the result. A newline in it is text of others, and written out. */
  public void notice(String message) {
    err.println("acct: " + PrintableText.of(PrintableText.cut(message)));
  }

  /**
   * The same of what the host says: it puts text of others into its messages written out, so that a
   * newline is its own.
   */
  public void noticeLines(String message) {
    StringBuilder lines = new StringBuilder("acct: ");
    for (String line : message.split("\n", -1)) {
      lines.append(PrintableText.cut(line)).append('\n');
    }
    err.print(PrintableText.lines(lines.toString()));
  }
}
