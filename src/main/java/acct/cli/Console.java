package acct.cli;

import acct.text.PrintableText;
import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command reads and writes. Results go to {@code out}, everything else to {@code err}.
 *
 * @param terminal what is known of the two
 * @param quiet whether warnings and notes are left out
 */
public record Console(
    InputStream in, PrintStream out, PrintStream err, Terminal terminal, boolean quiet) {
  /**
   * What the streams are.
   *
   * @param colour whether {@code out} is a terminal that wants colours
   * @param errorColour whether {@code err} is
   * @param interactive whether a person can be asked
   */
  public record Terminal(boolean colour, boolean errorColour, boolean interactive) {
    /** Files and pipes. */
    public static final Terminal NONE = new Terminal(false, false, false);

    /** Whether none of the streams is one. */
    boolean isNone() {
      return !colour && !errorColour && !interactive;
    }
  }

  /** A console that nobody can be asked at. */
  public Console(InputStream in, PrintStream out, PrintStream err, boolean colour) {
    this(in, out, err, new Terminal(colour, false, false), false);
  }

  /** Whether results are to be coloured. */
  boolean colour() {
    return terminal.colour();
  }

  /** The same, as the options of every command say. */
  Console with(Arguments arguments) throws UsageException {
    String colour = arguments.value(COLOR.name()).orElse("auto");
    Terminal asked =
        switch (colour) {
          case "auto" -> terminal;
          case "always" -> new Terminal(true, true, terminal.interactive());
          case "never" -> new Terminal(false, false, terminal.interactive());
          default ->
              throw new UsageException("--color is auto, always or never, not \"" + colour + "\"");
        };
    return new Console(in, out, err, asked, quiet || arguments.has(QUIET.name()));
  }

  static final Flag COLOR =
      new Flag("color", "WHEN", "auto (the default: on a terminal), always or never.");

  static final Flag QUIET =
      Flag.toggle("quiet", "Leave out warnings and notes on standard error; errors stay.");

  /** A line for the user beside the result. A newline in it is text of others, and written out. */
  public void notice(String message) {
    err.println("acct: " + PrintableText.of(PrintableText.cut(message)));
  }

  /** The same of what went well, which --quiet leaves out. */
  void done(String message) {
    if (!quiet) {
      notice(message);
    }
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
