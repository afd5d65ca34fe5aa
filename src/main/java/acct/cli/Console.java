package acct.cli;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command reads and writes. Results go to {@code out}, everything else to {@code err}.
 *
 * @param colour whether {@code out} is a terminal that wants colours
 */
public record Console(InputStream in, PrintStream out, PrintStream err, boolean colour) {
  /** A line for the user beside the result. */
  public void notice(String message) {
    err.println("acct: " + message);
  }
}
