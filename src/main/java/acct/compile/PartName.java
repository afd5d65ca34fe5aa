package acct.compile;

/**
 * The kernel's name of a rule that is one of several with one name: a rule with a list is NAME,
 * NAME#2, NAME#3 … there, and one row for people. A policy's name has no {@code #}, so that no part
 * of one rule is called like another rule.
 *
 * @param whole the name that all parts share
 * @param number from 1; the first part has none in its text
 */
public record PartName(String whole, int number) {
  private static final char SEPARATOR = '#';
  private static final int MOST_DIGITS = 6;

  /** Reads a kernel's name. One that ends in no number from 2 on is a whole name. */
  public static PartName of(String text) {
    int at = text.lastIndexOf(SEPARATOR);
    int number = at > 0 ? number(text, at + 1) : 0;
    return number > 1 ? new PartName(text.substring(0, at), number) : new PartName(text, 1);
  }

  /** The number of the part of {@code whole} that a text names; 0 where it names none of it. */
  public static int number(String text, String whole) {
    if (text.equals(whole)) {
      return 1;
    }
    PartName name = of(text);
    return name.number() > 1 && name.whole().equals(whole) ? name.number() : 0;
  }

  /** The digits from a place on, without a zero in front; 0 where there is anything else. */
  private static int number(String text, int from) {
    int digits = text.length() - from;
    if (digits < 1 || digits > MOST_DIGITS || text.charAt(from) == '0') {
      return 0;
    }
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return 0;
      }
    }
    return Integer.parseInt(text.substring(from));
  }

  /** As the kernel has it. */
  public String text() {
    return number == 1 ? whole : whole + SEPARATOR + number;
  }
}
