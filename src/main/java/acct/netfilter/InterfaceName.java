package acct.netfilter;

import java.util.List;

/**
 * A network interface, or with {@code +} at the end all that begin so.
 *
 * @param value as the kernel holds it: 1 to 15 bytes
 */
public record InterfaceName(String value) implements Value {
  /** IFNAMSIZ less its end. */
  public static final int MAX_BYTES = 15;

  /** All interfaces: {@code +}, which iptables-save leaves out. */
  public static final InterfaceName EVERY = new InterfaceName("+");

  public InterfaceName {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("an interface has a name");
    }
  }

  /** Reads a name as a policy may write it. Names are never quoted in a dump, so no blanks. */
  public static InterfaceName strict(String text) throws BadValueException {
    if (text.isEmpty() || text.length() > MAX_BYTES) {
      throw new BadValueException(
          "\"" + text + "\" is not the name of an interface: 1 to " + MAX_BYTES + " characters");
    }
    if (!text.matches("[A-Za-z0-9_.:@-]*\\+?") || text.startsWith("-")) {
      throw new BadValueException(
          "\""
              + text
              + "\" is not the name of an interface: letters, digits and _ . : @ -, not beginning"
              + " with -, and + at the end for all that begin so");
    }
    return new InterfaceName(text);
  }

  /** Reads a name as iptables does. */
  public static InterfaceName lenient(String text) throws BadValueException {
    if (text.isEmpty() || text.length() > MAX_BYTES) {
      throw new BadValueException("\"" + text + "\" is not the name of an interface");
    }
    return new InterfaceName(text);
  }

  /** Whether some interface goes by both. */
  public boolean overlaps(InterfaceName other) {
    return covers(other.stem()) && (isPattern() || other.covers(value))
        || other.isPattern() && value.startsWith(other.stem());
  }

  private boolean isPattern() {
    return value.endsWith("+");
  }

  private String stem() {
    return isPattern() ? value.substring(0, value.length() - 1) : value;
  }

  private boolean covers(String name) {
    return isPattern() ? name.startsWith(stem()) : name.equals(value);
  }

  @Override
  public List<String> words() {
    return List.of(value);
  }

  // Written out: a record's own equals is put together by method handles at its first call, which
  // costs some 15 ms of every command (StartupIT.equalityOfRecordsIsNotMadeAtTheStart).
  @Override
  public boolean equals(Object other) {
    return other instanceof InterfaceName name && value.equals(name.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
