package acct.cli;

import acct.policy.Diagnostic;
import java.util.List;

/** Prints diagnostics as compilers do, one a line. */
final class Report {
  private static final int MOST = 50;

  private Report() {}

  static void print(List<Diagnostic> diagnostics, Console console) {
    for (Diagnostic diagnostic : diagnostics.subList(0, Math.min(MOST, diagnostics.size()))) {
      console.err().println(diagnostic);
    }
    if (diagnostics.size() > MOST) {
      console.err().println("… and " + (diagnostics.size() - MOST) + " more");
    }
  }

  /** A line that GitHub's workflows show beside the policy's line. */
  static String annotation(Diagnostic diagnostic) {
    String place = "file=" + property(diagnostic.position().file());
    if (diagnostic.position().line() > 0) {
      place += ",line=" + diagnostic.position().line() + ",col=" + diagnostic.position().column();
    }
    String message =
        diagnostic.message().replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
    return "::"
        + diagnostic.severity().label()
        + " "
        + place
        + ",title="
        + diagnostic.code().label()
        + "::"
        + message;
  }

  private static String property(String value) {
    return value.replace("%", "%25").replace(":", "%3A").replace(",", "%2C");
  }

  /** "3 errors", "1 warning": for the last line. */
  static String count(List<Diagnostic> diagnostics) {
    long errors = diagnostics.stream().filter(Diagnostic::isError).count();
    long warnings = diagnostics.size() - errors;
    String text = errors == 1 ? "1 error" : errors + " errors";
    if (warnings > 0) {
      text += warnings == 1 ? ", 1 warning" : ", " + warnings + " warnings";
    }
    return text;
  }
}
