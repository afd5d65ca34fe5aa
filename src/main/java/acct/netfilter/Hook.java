package acct.netfilter;

import java.util.Optional;

/** A place in the packet's way through the kernel; each has a built-in chain of the same name. */
public enum Hook {
  PREROUTING,
  INPUT,
  FORWARD,
  OUTPUT,
  POSTROUTING;

  private final ChainName chain = new ChainName(name());

  /** The built-in chain. */
  public ChainName chain() {
    return chain;
  }

  /** The hook whose built-in chain has that name, or nothing. */
  public static Optional<Hook> of(String chain) {
    for (Hook hook : values()) {
      if (hook.name().equals(chain)) {
        return Optional.of(hook);
      }
    }
    return Optional.empty();
  }
}
