package acct.cli;

/**
 * An option of a command, for the parser and the help alike.
 *
 * @param name behind {@code --}
 * @param argument what stands behind it; empty for a switch
 * @param help one sentence
 * @param letter behind a single {@code -}; empty for none
 */
record Flag(String name, String argument, String help, String letter) {
  Flag(String name, String argument, String help) {
    this(name, argument, help, "");
  }

  /** An option that takes nothing. */
  static Flag toggle(String name, String help) {
    return new Flag(name, "", help);
  }

  /** As it is written: {@code --against FILE}. */
  String usage() {
    return (letter.isEmpty() ? "" : "-" + letter + ", ")
        + "--"
        + name
        + (argument.isEmpty() ? "" : " " + argument);
  }
}
