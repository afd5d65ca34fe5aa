package acct.reconcile;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Random names, so that what one run leaves is never taken for another's. */
final class Tokens {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Tokens() {}

  /** Eight hexadecimal digits. */
  static String next() {
    return HexFormat.of().toHexDigits(RANDOM.nextInt());
  }
}
