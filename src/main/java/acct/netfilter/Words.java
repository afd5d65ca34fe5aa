package acct.netfilter;

import java.nio.charset.StandardCharsets;
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
   * Bytes as a person reads them: UTF-8, with a mark where they are none, and with control
   * characters written out, for they reach a terminal. Newlines stay.
   */
  public static String display(String bytes) {
    boolean plain = true;
    for (int i = 0; i < bytes.length() && plain; i++) {
      char c = bytes.charAt(i);
      plain = c >= ' ' && c < 0x7f;
    }
    if (plain) {
      return bytes;
    }
    String text = new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) && c != '\n') {
        out.append("\\x").append(Character.forDigit(c >> 4, 16));
        out.append(Character.forDigit(c & 15, 16));
      } else {
        out.append(c);
      }
    }
    return out.toString();
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
