package acct.netfilter;

import acct.text.PrintableText;
import acct.text.Utf8Bytes;
import java.util.List;

/** Writes words so that iptables-restore's tokenizer reads the same words back. */
public final class Words {
  private Words() {}

  /**
   * One word as iptables-save prints it: bare if it is made of {@code [A-Za-z0-9_-]}, else in
   * double quotes with {@code "}, {@code \} and {@code '} escaped and every other byte raw.
   */
  public static String quote(String word) {
    if (isBare(word)) {
      return word;
    }
    StringBuilder out = new StringBuilder(word.length() + 8);
    out.append('"');
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '"' || c == '\\' || c == '\'') {
        out.append('\\');
      }
      out.append(c);
    }
    return out.append('"').toString();
  }

  /**
   * Words joined by blanks, quoted only where the tokenizer needs it: a separator, a quote, or
   * nothing at all. Addresses stay readable ({@code 10.0.0.0/8}), as iptables-save prints them.
   */
  public static String join(List<String> words) {
    StringBuilder out = new StringBuilder(16 * words.size());
    for (String word : words) {
      append(out, word);
    }
    return out.toString();
  }

  /** Adds a word behind a blank, quoted where the tokenizer needs it. */
  static void append(StringBuilder out, String word) {
    if (out.length() > 0) {
      out.append(' ');
    }
    out.append(needsQuotes(word) ? quote(word) : word);
  }

  /**
   * Bytes as a person reads them inside a line: UTF-8, with a mark where they are none, and with
   * what can't be seen written out, for they reach a terminal.
   */
  public static String display(String bytes) {
    return PrintableText.of(Utf8Bytes.decode(bytes));
  }

  private static boolean isBare(String word) {
    if (word.isEmpty()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      boolean bare =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '-';
      if (!bare) {
        return false;
      }
    }
    return true;
  }

  private static boolean needsQuotes(String word) {
    if (word.isEmpty()) {
      return true;
    }
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == ' ' || c == '\t' || c == '\n' || c == '"') {
        return true;
      }
    }
    return false;
  }
}
