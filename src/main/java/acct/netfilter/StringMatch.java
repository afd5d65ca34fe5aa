package acct.netfilter;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code -m string}: bytes in the packet, written as a text or with {@code |0a 0b|} in it. */
final class StringMatch {
  private static final Option TEXT = Option.of("--string", Readers.TEXT);
  private static final Option HEX = Option.of("--hex-string", StringMatch::hex);

  static final Extension EXTENSION =
      Extension.of(
              "string",
              TEXT,
              HEX,
              Option.of("--algo", Readers.name(List.of("bm", "kmp"), Map.of())),
              Option.of("--from", Readers.decimal(65_535)).vanishingAt("0"),
              // Versions up to 1.8.2 print the largest end, later ones leave it out.
              Option.of("--to", Readers.decimal(65_535)).vanishingAt("65535"),
              Option.flag("--icase"))
          .finishedBy((settings, family) -> settings.replaceAll(StringMatch::asText));

  private StringMatch() {}

  private static Value hex(List<String> words, Family family) throws BadValueException {
    String word = words.get(0);
    StringBuilder bytes = new StringBuilder();
    boolean inHex = false;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '|') {
        inHex = !inHex;
      } else if (!inHex) {
        bytes.append(c);
      } else if (c != ' ') {
        if (i + 1 >= word.length() || !word.substring(i, i + 2).matches("[0-9A-Fa-f]{2}")) {
          throw new BadValueException(
              "\"" + word + "\" has a byte without its two hexadecimal digits");
        }
        bytes.append((char) Integer.parseInt(word.substring(i, i + 2), 16));
        i++;
      }
    }
    if (inHex) {
      throw new BadValueException("\"" + word + "\" lacks its closing |");
    }
    return new Bytes(bytes.toString());
  }

  /** What is all printable is a text, however it was written. */
  private static Match.Setting asText(Match.Setting setting) {
    return Optional.of(setting.value())
        .filter(Bytes.class::isInstance)
        .map(value -> ((Bytes) value).bytes())
        .filter(bytes -> bytes.chars().allMatch(c -> c >= 0x20 && c < 0x7f))
        .map(bytes -> new Match.Setting(TEXT, setting.negated(), new Text(bytes)))
        .orElse(setting);
  }

  /** Bytes that are no text. */
  private record Bytes(String bytes) implements Value {
    @Override
    public List<String> words() {
      StringBuilder word = new StringBuilder("|");
      bytes.chars().forEach(c -> word.append(String.format(Locale.ROOT, "%02x", c)));
      return List.of(word.append('|').toString());
    }
  }
}
