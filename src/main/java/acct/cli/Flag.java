package acct.cli;

/**
 * An option of a command, for the parser and the help alike.
 *
 * @param name behind {@code --}
 * @param argument what stands behind it; empty for a switch
 * @param help one sentence
 */
record Flag(String name, String argument, String help) {
  /** An option that takes nothing. */
  static Flag toggle(String name, String help) {
    return new Flag(name, "", help);
  }

  /** Whether it may stand alone; what stands behind it is its own then only if it is a path. */
  boolean isArgumentOptional() {
    return argument.startsWith("[");
  }

  /** As it is written: {@code --against FILE}. */
  String usage() {
    return "--" + name + (argument.isEmpty() ? "" : " " + argument);
  }
}
