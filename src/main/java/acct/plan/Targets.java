package acct.plan;

import acct.netfilter.Target;
import java.util.Set;

/** What a live rule's target does to packets. */
final class Targets {
  enum Kind {
    /** It only counts. */
    COUNTS,
    /** It leaves the chain. */
    RETURNS,
    /** It calls a chain, which may come back. */
    JUMPS,
    /** It decides or alters, or acct can't tell. */
    DECIDES
  }

  private static final Set<String> VERDICTS = Set.of("ACCEPT", "DROP", "QUEUE");

  private Targets() {}

  static Kind kind(Target target) {
    if (target instanceof Target.None) {
      return Kind.COUNTS;
    }
    if (target.isReturn()) {
      return Kind.RETURNS;
    }
    boolean call =
        target instanceof Target.Jump jump
            && jump.arguments().isEmpty()
            && !VERDICTS.contains(jump.name());
    return call ? Kind.JUMPS : Kind.DECIDES;
  }
}
