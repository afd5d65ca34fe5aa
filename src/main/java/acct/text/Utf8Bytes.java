package acct.text;

import java.nio.charset.StandardCharsets;

/** Strings of bytes, one {@code char} each, as everything from the kernel comes. */
public final class Utf8Bytes {
  private Utf8Bytes() {}

  /**
   * The text that bytes are in UTF-8, with U+FFFD where they are none.
   *
   * @param bytes as ISO-8859-1 reads them; what has other characters is text already
   */
  public static String decode(String bytes) {
    boolean ascii = true;
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      if (c > 0xFF) {
        return bytes;
      }
      ascii &= c < 0x80;
    }
    return ascii
        ? bytes
        : new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** A text that may have been kept as its bytes: what is UTF-8 in bytes is read as such. */
  public static String textOf(String textOrBytes) {
    String text = decode(textOrBytes);
    return text.indexOf('\uFFFD') < 0 ? text : textOrBytes;
  }

  /** The bytes that a text is in UTF-8. */
  public static String encode(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
