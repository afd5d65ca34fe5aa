package acct.netfilter;

import acct.text.Utf8Bytes;

/**
 * The name of a chain, as bytes (see the package).
 *
 * <p>The kernel takes almost anything up to 28 bytes: {@code a:b}, {@code [5:6]} and {@code COMMIT}
 * are names of chains in real dumps. What a policy may say is narrower, and checked by its reader.
 *
 * @param value 1 to 28 bytes, no blanks or line ends
 */
public record ChainName(String value) implements Comparable<ChainName> {
  /** Longest name the kernel keeps, in bytes: XT_EXTENSION_MAXNAMELEN less its end. */
  public static final int MAX_BYTES = 28;

  public ChainName {
    if (value.isEmpty() || value.length() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a chain's name has 1 to " + MAX_BYTES + " bytes: \"" + value + "\"");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == ' ' || c == '\t' || c == '\n') {
        throw new IllegalArgumentException("a chain's name has no blanks: \"" + value + "\"");
      }
    }
  }

  /** Whether a chain can be called so. */
  public static boolean isValid(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_BYTES
        && name.indexOf(' ') < 0
        && name.indexOf('\t') < 0
        && name.indexOf('\n') < 0;
  }

  /** Whether a chain of this name exists without being made, in some table. */
  public boolean isBuiltIn() {
    return Hook.of(value).isPresent();
  }

  @Override
  public int compareTo(ChainName other) {
    return value.compareTo(other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChainName name && value.equals(name.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** The chain that a command line names: the bytes of this text in UTF-8. */
  public static ChainName of(String text) {
    return new ChainName(Utf8Bytes.encode(text));
  }

  /** As a person reads it; what goes to the kernel, or is compared, is the value. */
  @Override
  public String toString() {
    return Words.display(value);
  }
}
