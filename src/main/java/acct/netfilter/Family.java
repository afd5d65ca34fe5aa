package acct.netfilter;

import java.util.Optional;

/** The two address families that iptables keeps apart, each with a command of its own. */
public enum Family {
  IPV4("ipv4", 32),
  IPV6("ipv6", 128);

  private final String label;
  private final int addressBits;

  Family(String label, int addressBits) {
    this.label = label;
    this.addressBits = addressBits;
  }

  /** The name that users write and read: {@code ipv4} or {@code ipv6}. */
  public String label() {
    return label;
  }

  /** Bits of one address: 32 or 128. */
  public int addressBits() {
    return addressBits;
  }

  /** The family of that label, or nothing. */
  public static Optional<Family> of(String label) {
    for (Family family : values()) {
      if (family.label.equals(label)) {
        return Optional.of(family);
      }
    }
    return Optional.empty();
  }
}
