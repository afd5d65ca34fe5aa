package acct.host;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Random names, so that what one run leaves is never taken for another's. */
public final class Tokens {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Tokens() {}

  /** Eight hexadecimal digits. */
  public static String next() {
    return HexFormat.of().toHexDigits(RANDOM.nextInt());
  }
}
