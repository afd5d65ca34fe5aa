package acct.netfilter;

import java.util.List;
import java.util.Optional;

/**
 * One command as a line of iptables-restore's input. This is the only place where words become such
 * a line: what could be read back as another line, or as other words, is refused.
 *
 * <p>The limits are those of iptables' own reader (iptables/iptables-restore.c and xshared.c): the
 * tail of a line that is too long is read as a line of its own, and a newline inside quotes begins
 * a new line.
 */
public final class RestoreLine {
  /**
   * Words behind the command's own: 255 less the program's name, {@code -t TABLE}, the three of
   * {@code --set-counters}, the command, its chain and a position, and one to spare.
   */
  public static final int MAX_RULE_WORDS = 240;

  /**
   * Bytes of the words of a rule, with quotes and blanks: a line less counters, command, chain and
   * position.
   */
  public static final int MAX_RULE_BYTES = Lexer.MAX_LINE_BYTES - 128;

  private RestoreLine() {}

  /** Words that can't be written as one line. */
  public static final class UnwritableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnwritableException(String message) {
      super(message);
    }
  }

  /**
   * Why the words of a rule can't be written into a restore script; nothing where they can.
   *
   * @param words what stands behind {@code -A CHAIN}
   */
  public static Optional<String> obstacle(List<String> words) {
    if (words.size() > MAX_RULE_WORDS) {
      return Optional.of(
          "it has "
              + words.size()
              + " words, and iptables-restore takes no more than "
              + MAX_RULE_WORDS);
    }
    long bytes = 0;
    for (String word : words) {
      for (int i = 0; i < word.length(); i++) {
        char c = word.charAt(i);
        if (c == '\n' || c == 0) {
          return Optional.of(
              "it has a "
                  + (c == 0 ? "NUL byte" : "newline")
                  + ", which iptables-restore can't read inside a word");
        }
        bytes += c == '"' || c == '\\' || c == '\'' ? 2 : 1;
      }
      if (word.length() > Lexer.MAX_WORD_BYTES) {
        return Optional.of(
            "one of its words has "
                + word.length()
                + " bytes, and iptables-restore takes no more than "
                + Lexer.MAX_WORD_BYTES);
      }
      bytes += 3;
    }
    return bytes > MAX_RULE_BYTES
        ? Optional.of(
            "its line has some "
                + bytes
                + " bytes, and iptables-restore takes no more than "
                + MAX_RULE_BYTES)
        : Optional.empty();
  }

  /**
   * A line, without its newline.
   *
   * @param start what a written rule's counter begins at; nothing is said for zero and for unknown
   * @param command {@code -A}, {@code -I} and so on
   * @param arguments the chain, and whatever the command takes before the words of a rule
   * @param rule the words of a rule; none for a command without one
   * @throws UnwritableException where the words can't stand on one line
   */
  public static String of(
      Counters start, String command, List<String> arguments, List<String> rule) {
    Optional<String> obstacle = obstacle(arguments).or(() -> obstacle(rule));
    if (obstacle.isPresent()) {
      throw new UnwritableException(obstacle.get());
    }
    StringBuilder line = new StringBuilder(64);
    if (start.known() && !start.isZero()) {
      line.append(start.bracketed()).append(' ');
    }
    line.append(command);
    for (String word : arguments) {
      Words.append(line, word);
    }
    for (String word : rule) {
      Words.append(line, word);
    }
    return line.toString();
  }

  /**
   * The line that opens a table.
   *
   * @throws UnwritableException for a name that no table of iptables has
   */
  public static String table(TableName table) {
    if (!table.value().matches("[a-z0-9_]{1,31}")) {
      throw new UnwritableException("\"" + table.value() + "\" is not the name of a table");
    }
    return "*" + table.value();
  }
}
