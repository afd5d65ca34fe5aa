package acct.text;

/**
 * Text for terminals and logs. What can't be seen is written out: a newline as {@code \n}, other
 * control characters as {@code \x1b}, and what has no shape of its own, such as bidirectional
 * overrides and line separators, by its number in Unicode as {@code u{202E}} after a backslash.
 * Nothing in it starts a command of a CI system. Text without any of that stays as it is, and so
 * does text that was made safe before.
 */
public final class PrintableText {
  /** Messages that are longer are cut in the middle: both ends tell what they are about. */
  private static final int LONGEST_MESSAGE = 1_000;

  private static final int KEPT_OF_EACH_END = 200;
  private static final int DIGITS_OF_A_GROUP = 3;

  private PrintableText() {}

  /** Text that stands inside a line, after something of acct's own. */
  public static String of(String text) {
    int at = firstUnsafe(text);
    if (at == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16);
    out.append(text, 0, at);
    while (at < text.length()) {
      int c = text.codePointAt(at);
      if (isHidden(c)) {
        appendHidden(out, c);
      } else if (c == '#' && startsHashCommand(text, at)) {
        appendByte(out, c);
      } else {
        out.appendCodePoint(c);
      }
      at += Character.charCount(c);
    }
    return out.toString();
  }

  /**
   * A whole line, without its newline, that may begin with text of others. Workflow commands of
   * GitHub begin with {@code ::} after blanks: the first colon is written out.
   */
  public static String line(String text) {
    String safe = of(text);
    int first = firstColonOfCommand(safe);
    return first < 0 ? safe : safe.substring(0, first) + "\\x3a" + safe.substring(first + 1);
  }

  /** Lines that acct or another program has made: only newlines stay as they are. */
  public static String lines(String text) {
    if (text.indexOf('\n') < 0) {
      return line(text);
    }
    StringBuilder out = new StringBuilder(text.length() + 16);
    int from = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      out.append(line(text.substring(from, end))).append('\n');
      from = end + 1;
    }
    return out.append(line(text.substring(from))).toString();
  }

  /** A message of bearable length: a long one is cut in its middle, and says how long it was. */
  public static String cut(String message) {
    if (message.length() <= LONGEST_MESSAGE) {
      return message;
    }
    int head = KEPT_OF_EACH_END;
    int tail = message.length() - KEPT_OF_EACH_END;
    head -= Character.isHighSurrogate(message.charAt(head - 1)) ? 1 : 0;
    tail += Character.isLowSurrogate(message.charAt(tail)) ? 1 : 0;
    return message.substring(0, head)
        + "… ("
        + grouped(message.length())
        + " characters) …"
        + message.substring(tail);
  }

  private static String grouped(int number) {
    StringBuilder digits = new StringBuilder(Integer.toString(number));
    for (int comma = digits.length() - DIGITS_OF_A_GROUP; comma > 0; comma -= DIGITS_OF_A_GROUP) {
      digits.insert(comma, ',');
    }
    return digits.toString();
  }

  private static int firstUnsafe(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c >= ' ' && c < 0x7f && c != '#';
      if (!plain && (c != '#' || startsHashCommand(text, i))) {
        if (c < 0x7f || isHidden(text.codePointAt(i))) {
          return i;
        }
        i += Character.charCount(text.codePointAt(i)) - 1;
      }
    }
    return text.length();
  }

  /**
   * Whether a character can't be seen, or changes how others are seen: controls, formats,
   * separators of lines, halves of surrogate pairs, fillers, and what Unicode has not assigned.
   */
  static boolean isHidden(int c) {
    if (c < 0x7f) {
      return c < ' ';
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          true;
      default -> isIgnorable(c);
    };
  }

  /** What Unicode calls default ignorable though it calls it a letter or a mark. */
  private static boolean isIgnorable(int c) {
    return c == 0x034F
        || c == 0x115F
        || c == 0x1160
        || c == 0x17B4
        || c == 0x17B5
        || c >= 0x180B && c <= 0x180F
        || c == 0x2800
        || c == 0x3164
        || c >= 0xFE00 && c <= 0xFE0F
        || c == 0xFFA0
        || c >= 0xE0000 && c <= 0xE0FFF;
  }

  private static void appendHidden(StringBuilder out, int c) {
    if (c == '\n') {
      out.append("\\n");
    } else if (c <= 0xFF && c != 0xAD) {
      appendByte(out, c);
    } else {
      out.append("\\u{").append(hex(c, 4)).append('}');
    }
  }

  private static void appendByte(StringBuilder out, int c) {
    out.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
  }

  /** In capital digits, with zeros before it up to a width. */
  static String hex(int c, int width) {
    String digits = Integer.toHexString(c).toUpperCase(java.util.Locale.ROOT);
    return "0".repeat(Math.max(0, width - digits.length())) + digits;
  }

  /**
   * Whether {@code ##[error]}, {@code ##vso[…]} or the like begins here: unlike {@code ::}, CI
   * systems take these anywhere in a line.
   */
  static boolean startsHashCommand(String text, int at) {
    int i = at + 2;
    if (i > text.length() || text.charAt(at + 1) != '#') {
      return false;
    }
    while (i < text.length() && isLetter(text.charAt(i))) {
      i++;
    }
    return i < text.length() && text.charAt(i) == '[';
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  /** Where a line has the colon of a workflow command; -1 where it is none. */
  static int firstColonOfCommand(String line) {
    int i = 0;
    while (i < line.length() && isBlank(line.charAt(i))) {
      i++;
    }
    return line.startsWith("::", i) ? i : -1;
  }

  /** What the readers of logs trim: all that Unicode calls a space. */
  static boolean isBlank(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }
}
