package acct.diagnostic;

import acct.text.PrintableText;

/**
 * Something to tell the user, with its place. A value until the command prints it.
 *
 * @param message what was found, what is allowed, what would be right; cut when a value in it is
 *     very long
 */
public record Diagnostic(Severity severity, Code code, String message, Position position)
    implements Comparable<Diagnostic> {
  public Diagnostic {
    message = PrintableText.cut(message);
  }

  /** How bad it is. An error stops the command; a warning doesn't. */
  public enum Severity {
    ERROR,
    WARNING,
    /** What is worth knowing, and as it should be. */
    NOTE;

    /** {@code error}, {@code warning} or {@code note}. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public static Diagnostic note(Code code, Position position, String message) {
    return new Diagnostic(Severity.NOTE, code, message, position);
  }

  public static Diagnostic error(Code code, Position position, String message) {
    return new Diagnostic(Severity.ERROR, code, message, position);
  }

  public static Diagnostic warning(Code code, Position position, String message) {
    return new Diagnostic(Severity.WARNING, code, message, position);
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /** By place, then by code, message and severity, so that a report is the same every time. */
  @Override
  public int compareTo(Diagnostic other) {
    int byPosition = position.compareTo(other.position);
    if (byPosition != 0) {
      return byPosition;
    }
    int byCode = code.compareTo(other.code);
    if (byCode != 0) {
      return byCode;
    }
    int byMessage = message.compareTo(other.message);
    return byMessage != 0 ? byMessage : severity.compareTo(other.severity);
  }

  /** {@code web.yaml:3:7: error: … [ACCT004]}, as compilers write it and editors read it. */
  @Override
  public String toString() {
    return position + ": " + severity.label() + ": " + message + " [" + code.label() + "]";
  }
}
