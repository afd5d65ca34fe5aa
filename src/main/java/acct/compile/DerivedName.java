package acct.compile;

import acct.netfilter.RuleBody;
import java.util.HexFormat;

/** The label of a rule that has no name: made from its match, so that it is the same every time. */
public final class DerivedName {
  private static final int MAX = 63;

  private DerivedName() {}

  /**
   * Words of letters and digits, joined by {@code -}; one that is cut, or has other characters,
   * ends in its hash, so that two rules have two names.
   */
  public static String of(RuleBody body) {
    StringBuilder name = new StringBuilder();
    boolean whole = true;
    String text = body.text().isEmpty() ? "all" : body.text().replace("!", "not");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c < 128 && (Character.isLetterOrDigit(c) || c == '.' || c == '_');
      if (plain) {
        name.append(c);
      } else if (c == '/' || c == ':' || c == ',') {
        name.append('_');
      } else if (!(c == ' ' || c == '-')) {
        whole = false;
      } else if (name.length() > 0 && name.charAt(name.length() - 1) != '-') {
        name.append('-');
      }
    }
    if (whole && name.length() <= MAX) {
      return name.toString();
    }
    String hash = HexFormat.of().toHexDigits(text.hashCode());
    return name.substring(0, Math.min(name.length(), MAX - 9)) + "-" + hash;
  }
}
