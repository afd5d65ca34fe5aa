package acct.netfilter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

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
    int from = 0;
    Optional<String> packets = Optional.empty();
    Optional<String> bytes = Optional.empty();
    if (line.startsWith("[")) {
      int close = line.indexOf(']');
      int colon = line.indexOf(':');
      if (close < 0 || colon < 2 || colon > close) {
        throw new LexException("need ]");
      }
      packets = Optional.of(line.substring(1, colon));
      // iptables looks for the ] with strtok, which takes a run of them for one and skips it at the
      // start: of "[1:] -A A" the bytes are " -A A". Such a line never comes from a save.
      if (close == colon + 1) {
        bytes = Optional.of(chomp(line.substring(close + 1)));
      } else {
        bytes = Optional.of(line.substring(colon + 1, close));
      }
      from = close + 1;
    }
    return split(line, from, packets, bytes);
  }

  private static String chomp(String text) {
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  private Line split(String line, int from, Optional<String> packets, Optional<String> bytes)
      throws LexException {
    List<String> words = new ArrayList<>(16);
    StringBuilder word = new StringBuilder();
    boolean inQuotes = false;
    boolean begun = false;
    for (int i = from; i < line.length(); i++) {
      char c = line.charAt(i);
      if (inQuotes) {
        if (c == '"') {
          inQuotes = false;
          begun = false;
          add(words, word);
        } else if (c != '\\') {
          word.append(c);
        } else if (i + 1 < line.length()) {
          word.append(line.charAt(++i));
        }
      } else if (c == '"') {
        inQuotes = true;
        begun = true;
      } else if (c == ' ' || c == '\t' || c == '\n') {
        if (begun) {
          begun = false;
          add(words, word);
        }
      } else {
        begun = true;
        word.append(c);
      }
    }
    if (begun) {
      add(words, word);
    }
    return new Line(packets, bytes, Collections.unmodifiableList(words), inQuotes);
  }

  private void add(List<String> words, StringBuilder word) throws LexException {
    if (word.length() > MAX_WORD_BYTES) {
      throw new LexException("Parameter too long!");
    }
    if (words.size() == MAX_WORDS) {
      throw new LexException("more than " + MAX_WORDS + " words");
    }
    words.add(shared(word));
    word.setLength(0);
  }

  /** One String for words that recur: a dump of 100,000 rules has some 20 kinds of option. */
  private String shared(StringBuilder word) {
    int hash = 0;
    for (int i = 0; i < word.length(); i++) {
      hash = 31 * hash + word.charAt(i);
    }
    int slot = (hash ^ (hash >>> 16)) & (recent.length - 1);
    String cached = recent[slot];
    if (cached == null || !cached.contentEquals(word)) {
      cached = word.toString();
      recent[slot] = cached;
    }
    return cached;
  }
}
