package acct.cli;

import acct.policy.Diagnostic;
import java.util.List;

/** Prints diagnostics as compilers do, one a line. */
final class Report {
  private static final int MOST = 50;

  private Report() {}

  static void print(List<Diagnostic> diagnostics, Console console) {
    diagnostics.stream().limit(MOST).forEach(console.err()::println);
    if (diagnostics.size() > MOST) {
      console.err().println("… and " + (diagnostics.size() - MOST) + " more");
    }
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
