package acct.cli;

import java.util.List;

/** A command of acct: a row of the table in {@link Main}. */
interface Command {
  /** The word it is called by. */
  String name();

  /** What it does, in one line. */
  String summary();

  /** What stands behind its name: {@code POLICY…}. */
  String operands();

  /** Its options. */
  List<Flag> flags();

  /** What else there is to say in its help; may be empty. */
  default String details() {
    return "";
  }

  /**
   * Whether it may change the kernel's rules, so that a failure in its middle leaves some behind.
   */
  default boolean changesRules() {
    return false;
  }

  /** Runs it, and returns the exit status. */
  int run(Arguments arguments, Console console) throws UsageException, CommandFailure;
}
