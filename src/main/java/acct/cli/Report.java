package acct.cli;

import acct.diagnostic.Diagnostic;
import acct.text.PrintableText;
import java.util.ArrayList;
import java.util.List;

/** Prints diagnostics as compilers do, one a line. */
final class Report {
  private static final int MOST = 50;

  private Report() {}

  static void print(List<Diagnostic> diagnostics, Console console) {
    List<Diagnostic> shown =
        console.quiet() ? diagnostics.stream().filter(Diagnostic::isError).toList() : diagnostics;
    boolean colour = console.terminal().errorColour();
    lines(shown, colour).forEach(console.err()::println);
  }

  /** The same as lines without colours. */
  static List<String> lines(List<Diagnostic> diagnostics) {
    return lines(diagnostics, false);
  }

  private static List<String> lines(List<Diagnostic> shown, boolean colour) {
    List<String> lines = new ArrayList<>();
    for (Diagnostic diagnostic : shown.subList(0, Math.min(MOST, shown.size()))) {
      String line = PrintableText.line(diagnostic.toString());
      lines.add(colour ? coloured(diagnostic, line) : line);
    }
    if (shown.size() > MOST) {
      lines.add("… and " + (shown.size() - MOST) + " more");
    }
    return lines;
  }

  /** With its severity in red, yellow or blue; the line is safe already. */
  private static String coloured(Diagnostic diagnostic, String line) {
    String severity = " " + diagnostic.severity().label() + ": ";
    int at = line.indexOf(severity);
    String code =
        switch (diagnostic.severity()) {
          case ERROR -> "31";
          case WARNING -> "33";
          case NOTE -> "34";
        };
    return at < 0
        ? line
        : line.substring(0, at)
            + " \u001b["
            + code
            + "m"
            + severity.strip()
            + "\u001b[0m "
            + line.substring(at + severity.length());
  }

  /** "3 errors", "1 warning": for the last line. */
  static String count(List<Diagnostic> diagnostics) {
    long errors = diagnostics.stream().filter(Diagnostic::isError).count();
    long warnings =
        diagnostics.stream().filter(one -> one.severity() == Diagnostic.Severity.WARNING).count();
    String text = errors == 1 ? "1 error" : errors + " errors";
    if (warnings > 0) {
      text += warnings == 1 ? ", 1 warning" : ", " + warnings + " warnings";
    }
    return text;
  }
}
