package acct.cli;

/** A command that can't go on; the message has been written for the user. */
final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitStatus;
  private final boolean ofLines;

  CommandFailure(int exitStatus, String message) {
    this(exitStatus, message, false);
  }

  private CommandFailure(int exitStatus, String message, boolean ofLines) {
    super(message);
    this.exitStatus = exitStatus;
    this.ofLines = ofLines;
  }

  /** Of what the host says, where a newline is its own and no text of others. */
  static CommandFailure ofLines(int exitStatus, String message) {
    return new CommandFailure(exitStatus, message, true);
  }

  /** Tells the user. */
  void tell(Console console) {
    if (ofLines) {
      console.noticeLines(getMessage());
    } else {
      console.notice(getMessage());
    }
  }

  int exitStatus() {
    return exitStatus;
  }
}
