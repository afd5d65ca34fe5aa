package acct.compile;

import acct.policy.Code;
import acct.policy.Diagnostics;
import acct.policy.Policy;
import acct.policy.Position;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The names of one chain's rules, and their comments: each stands there once. */
final class TakenNames {
  /** {@code XT_MAX_COMMENT_LEN} of the kernel is 256 bytes, with a NUL at the end. */
  private static final int MOST_BYTES = 255;

  private final String chain;
  private final Diagnostics diagnostics;
  private final Map<String, Position> names = new HashMap<>();
  private final Map<String, Position> kernelNames = new HashMap<>();

  TakenNames(String chain, Diagnostics diagnostics) {
    this.chain = chain;
    this.diagnostics = diagnostics;
  }

  /** Takes the names of a rule, and reports those that are taken or too long. */
  void take(Desired.Counting rule, Policy.RuleSpec spec) {
    if (!take(rule.label(), spec)) {
      return;
    }
    String kernelName = rule.kernelName();
    Position first = kernelNames.putIfAbsent(kernelName, spec.position());
    if (first != null) {
      diagnostics.error(
          Code.DUPLICATE,
          spec.position(),
          "the comment \"" + kernelName + "\" stands in " + chain + " already (" + first + ")");
    } else if (kernelName.getBytes(StandardCharsets.ISO_8859_1).length > MOST_BYTES) {
      diagnostics.error(
          Code.BAD_VALUE, spec.position(), "a comment has at most " + MOST_BYTES + " bytes");
    }
  }

  /** Takes a name; whether it was free. */
  boolean take(String name, Policy.RuleSpec spec) {
    Position first = names.putIfAbsent(name, spec.position());
    if (first == null) {
      return true;
    }
    diagnostics.error(
        Code.DUPLICATE,
        spec.position(),
        spec.name().isPresent()
            ? "the rule \"" + name + "\" stands in " + chain + " already (" + first + ")"
            : "the rule matches just what the one at "
                + first
                + " does; name at least one of them");
    return false;
  }
}
