package acct.netfilter;

import acct.text.Sha256;
import java.nio.charset.StandardCharsets;

/** Names what a dump shows beside its counters and its time. */
public final class DumpHash {
  private DumpHash() {}

  /**
   * The hash of a dump without counters and time: equal hashes are equal rules, where no word of
   * the one has a newline ({@link #isPlain}). Then each line is one rule, a chain, or a comment,
   * and what is left out of them is only digits and the time.
   *
   * @param text as {@code iptables-save -c} prints it
   */
  public static String of(String text) {
    StringBuilder rest = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int newline = text.indexOf('\n', at);
      int end = newline < 0 ? text.length() : newline;
      char first = text.charAt(at);
      if (first == '[') {
        rest.append(text, behindCounters(text, at, end), end);
      } else if (first == ':') {
        rest.append(text, at, beforeCounters(text, at, end));
      } else if (first == '#') {
        int time = text.indexOf(" on ", at);
        rest.append(text, at, time < 0 || time > end ? end : time);
      } else {
        rest.append(text, at, end);
      }
      rest.append('\n');
      at = end + 1;
    }
    return Sha256.hex(rest.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Whether no word of a ruleset has a newline, so that its dump has a line for each rule. */
  public static boolean isPlain(Ruleset ruleset) {
    for (LiveTable table : ruleset.tables().values()) {
      for (LiveChain chain : table.chains().values()) {
        for (LiveRule rule : chain.rules()) {
          for (String word : rule.words()) {
            if (word.indexOf('\n') >= 0) {
              return false;
            }
          }
        }
      }
    }
    return true;
  }

  /** Behind {@code [packets:bytes] } where a rule follows; else the beginning. */
  private static int behindCounters(String text, int from, int end) {
    int close = text.indexOf("] -A ", from);
    return close > 0 && close < end && isCounters(text, from, close) ? close + 2 : from;
  }

  /** Before {@code [packets:bytes]} at the end of a chain's line; else the end. */
  private static int beforeCounters(String text, int from, int end) {
    int open = text.lastIndexOf(" [", end - 1);
    boolean counters =
        open > from && text.charAt(end - 1) == ']' && isCounters(text, open + 1, end - 1);
    return counters ? open : end;
  }

  private static boolean isCounters(String text, int open, int close) {
    for (int i = open + 1; i < close; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && c != ':') {
        return false;
      }
    }
    return true;
  }
}
