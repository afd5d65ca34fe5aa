package acct.compile;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The names of one chain's rules, and their comments: each stands there once. */
final class TakenNames {
  /** {@code XT_MAX_COMMENT_LEN} of the kernel is 256 bytes, with a NUL at the end. */
  private static final int MOST_BYTES = 255;

  private final String chain;
  private final Diagnostics diagnostics;
  private final Map<String, Policy.RuleSpec> names = new HashMap<>();
  private final Map<String, Integer> parts = new HashMap<>();
  private final Set<String> summed = new HashSet<>();
  private final Map<String, Position> kernelNames = new HashMap<>();

  TakenNames(String chain, Diagnostics diagnostics) {
    this.chain = chain;
    this.diagnostics = diagnostics;
  }

  /** The number of the next part of a name: rules that are summed go on where others ended. */
  int nextPart(String name) {
    return parts.merge(name, 1, Integer::sum);
  }

  /** Takes the names of a rule, and reports those that are taken or too long. */
  void take(Desired.Counting rule, Policy.RuleSpec spec) {
    if (!take(rule.label(), spec)) {
      return;
    }
    if (spec.sum() && !summed.add(rule.name() + " " + rule.body().text())) {
      diagnostics.error(
          Code.DUPLICATE,
          spec.position(),
          "another rule of \"" + rule.name() + "\" matches just the same: it would count twice");
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
    Optional<Policy.RuleSpec> other = Optional.ofNullable(names.putIfAbsent(name, spec));
    if (other.isEmpty() || spec.sum() && other.get().sum()) {
      return true;
    }
    Position first = other.get().position();
    diagnostics.error(
        Code.DUPLICATE,
        spec.position(),
        spec.name().isPresent()
            ? "the rule \""
                + name
                + "\" stands in "
                + chain
                + " already ("
                + first
                + "); to count both in one row, write sum: true in each"
            : "the rule matches just what the one at "
                + first
                + " does; name at least one of them");
    return false;
  }
}
