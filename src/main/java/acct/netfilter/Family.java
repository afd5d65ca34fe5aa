package acct.netfilter;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The two address families that iptables keeps apart, each with a command of its own. */
public enum Family {
  IPV4("ipv4", 32),
  IPV6("ipv6", 128);

  /** The two of them. */
  public static final Set<Family> BOTH = Collections.unmodifiableSet(EnumSet.allOf(Family.class));

  private static final Set<Family> ONLY_IPV4 = Collections.unmodifiableSet(EnumSet.of(IPV4));
  private static final Set<Family> ONLY_IPV6 = Collections.unmodifiableSet(EnumSet.of(IPV6));

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

  /** This one and not the other. */
  public Set<Family> alone() {
    return this == IPV4 ? ONLY_IPV4 : ONLY_IPV6;
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
