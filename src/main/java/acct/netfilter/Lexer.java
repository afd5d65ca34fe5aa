package acct.netfilter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Splits a line of iptables-restore's input into words, exactly as its tokenizer does.
 *
 * <p>It is not a shell's: blanks, tabs and newlines separate; {@code "} opens a quote anywhere and
 * the closing one <em>ends the word</em>, so that {@code "a"b} is two; a backslash is special only
 * inside quotes and takes the next byte as it is; {@code '} is ordinary; {@code ""} is an empty
 * word; an unclosed quote takes the newline along. (iptables/xshared.c, add_param_to_argv; vectors
 * in the tests' tokenizer.jsonl.) An instance remembers recent words, so it is for one thread.
 */
public final class Lexer {
  /** Bytes that iptables-restore reads as one line; the tail of a longer one is a new line. */
  public static final int MAX_LINE_BYTES = 10_240;

  /** Bytes of one word: param_buffer less its end. */
  public static final int MAX_WORD_BYTES = 1_023;

  /** Words of one line: MAX_ARGC. */
  public static final int MAX_WORDS = 255;

  private final String[] recent = new String[1024];
  private final boolean saved;

  /** A lexer of what iptables-restore takes. */
  public Lexer() {
    this(false);
  }

  private Lexer(boolean saved) {
    this.saved = saved;
  }

  /**
   * A lexer of what iptables-save prints, and iptables-restore may not take back: lines and words
   * of any length, and names (of chains, sets, interfaces) that are printed raw and may have a
   * quote in them. Only a quote at the beginning of a word opens one, and not behind an option
   * whose value is printed raw.
   */
  static Lexer ofSaved() {
    return new Lexer(true);
  }

  /** Behind these stands the name of a chain, which iptables-save never quotes. */
  private static final Set<String> RAW = Set.of("-A", "-j", "-g");

  /**
   * One line, split.
   *
   * @param packets what stood before the colon of a leading {@code [packets:bytes]}
   * @param bytes what stood behind it
   * @param words the rest
   * @param openQuote whether a quote was never closed: a saved rule then goes on in the next line
   */
  public record Line(
      Optional<String> packets, Optional<String> bytes, List<String> words, boolean openQuote) {}

  /** A line that iptables-restore refuses before it looks at its meaning. */
  public static final class LexException extends Exception {
    private static final long serialVersionUID = 1L;

    LexException(String message) {
      super(message);
    }
  }

  /**
   * Splits one line.
   *
   * @param line with its newline, if it has one
   */
  public Line lex(String line) throws LexException {
    return lex(line, 0, line.length());
  }

  /**
   * Splits one line of a text, without copying it.
   *
   * @param begin of the line
   * @param end behind its newline, if it has one
   */
  Line lex(String text, int begin, int end) throws LexException {
    int from = begin;
    Optional<String> packets = Optional.empty();
    Optional<String> bytes = Optional.empty();
    if (begin < end && text.charAt(begin) == '[') {
      int close = text.indexOf(']', begin);
      int colon = text.indexOf(':', begin);
      if (close < 0 || close >= end || colon < begin + 2 || colon > close) {
        throw new LexException("need ]");
      }
      packets = Optional.of(text.substring(begin + 1, colon));
      // iptables looks for the ] with strtok, which takes a run of them for one and skips it at the
      // start: of "[1:] -A A" the bytes are " -A A". Such a line never comes from a save.
      if (close == colon + 1) {
        bytes = Optional.of(chomp(text.substring(close + 1, end)));
      } else {
        bytes = Optional.of(text.substring(colon + 1, close));
      }
      from = close + 1;
    }
    List<String> words = new ArrayList<>(12);
    boolean openQuote = split(text, from, end, words);
    return new Line(packets, bytes, Collections.unmodifiableList(words), openQuote);
  }

  private static String chomp(String text) {
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  private static boolean separates(char c) {
    return c == ' ' || c == '\t' || c == '\n';
  }

  /** Splits into words, and says whether a quote stayed open. */
  private boolean split(String text, int from, int end, List<String> words) throws LexException {
    int i = from;
    while (i < end) {
      int begin = i;
      char c = text.charAt(i);
      boolean raw = saved && (c != '"' || isBehindRaw(words));
      while (!separates(c) && (raw || c != '"') && ++i < end) {
        c = text.charAt(i);
      }
      if (i < end && c == '"' && !raw) {
        StringBuilder word = new StringBuilder().append(text, begin, i);
        i = quoted(text, i + 1, end, word);
        add(words, word, 0, word.length());
        if (i > end) {
          return true;
        }
      } else {
        if (i > begin) {
          add(words, text, begin, i);
        }
        i++;
      }
    }
    return false;
  }

  private static boolean isBehindRaw(List<String> words) {
    return !words.isEmpty() && RAW.contains(words.get(words.size() - 1));
  }

  /**
   * Adds what stands in quotes; returns the place behind them, beyond the end if they stay open.
   */
  private static int quoted(String text, int from, int end, StringBuilder word) {
    for (int i = from; i < end; i++) {
      char c = text.charAt(i);
      if (c == '"') {
        return i + 1;
      }
      if (c != '\\') {
        word.append(c);
      } else if (i + 1 < end) {
        word.append(text.charAt(++i));
      }
    }
    return end + 1;
  }

  private void add(List<String> words, CharSequence text, int begin, int end) throws LexException {
    if (!saved && end - begin > MAX_WORD_BYTES) {
      throw new LexException("Parameter too long!");
    }
    if (!saved && words.size() == MAX_WORDS) {
      throw new LexException("more than " + MAX_WORDS + " words");
    }
    words.add(shared(text, begin, end));
  }

  /** One String for words that recur: a dump of 100,000 rules has some 20 kinds of option. */
  private String shared(CharSequence text, int begin, int end) {
    int length = end - begin;
    if (length == 0) {
      return "";
    }
    int hash = 31 * (31 * length + text.charAt(begin)) + text.charAt(end - 1);
    hash = 31 * (31 * hash + text.charAt(begin + length / 2)) + text.charAt(end - 1 - length / 3);
    int slot = (hash ^ (hash >>> 16)) & (recent.length - 1);
    String cached = recent[slot];
    if (cached == null || !isAt(cached, text, begin, length)) {
      cached = text.subSequence(begin, end).toString();
      recent[slot] = cached;
    }
    return cached;
  }

  private static boolean isAt(String word, CharSequence text, int begin, int length) {
    if (word.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (word.charAt(i) != text.charAt(begin + i)) {
        return false;
      }
    }
    return true;
  }
}
