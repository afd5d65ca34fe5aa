package acct.cli;

import acct.policy.Diagnostic;
import acct.policy.Position;
import acct.text.GithubAnnotation;
import acct.text.PrintableText;
import java.util.List;

/** Prints diagnostics as compilers do, one a line. */
final class Report {
  private static final int MOST = 50;

  private Report() {}

  static void print(List<Diagnostic> diagnostics, Console console) {
    for (Diagnostic diagnostic : diagnostics.subList(0, Math.min(MOST, diagnostics.size()))) {
      console.err().println(PrintableText.line(diagnostic.toString()));
    }
    if (diagnostics.size() > MOST) {
      console.err().println("… and " + (diagnostics.size() - MOST) + " more");
    }
  }

  /** A line that GitHub's workflows show beside the policy's line. */
  static String annotation(Diagnostic diagnostic) {
    Position position = diagnostic.position();
    return GithubAnnotation.of(
        diagnostic.severity().label(),
        position.file(),
        position.line(),
        position.column(),
        diagnostic.code().label(),
        diagnostic.message());
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
