package acct.compile;

import acct.netfilter.Target;
import acct.policy.Policy;
import acct.policy.PolicyReader;
import acct.policy.Yaml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gives the imported rules of a chain their names: the live comment where it can be one. */
final class RuleNames {
  private static final int MAX = 63;

  private RuleNames() {}

  /**
   * The rules of a policy. One without a usable comment has no name, unless the name made from its
   * match is taken.
   */
  static List<Policy.RuleSpec> named(List<LiveLine> lines) {
    Map<String, Integer> comments = new HashMap<>();
    for (LiveLine line : lines) {
      comment(line).ifPresent(comment -> comments.merge(comment, 1, Integer::sum));
    }
    Set<String> taken = new HashSet<>();
    comments.forEach(
        (comment, times) -> {
          if (times == 1) {
            taken.add(comment);
          }
        });
    List<Policy.RuleSpec> specs = new ArrayList<>();
    for (LiveLine line : lines) {
      Optional<String> name = comment(line).filter(comment -> comments.get(comment) == 1);
      String derived = DerivedName.of(line.rule().body());
      if (name.isEmpty() && !taken.add(derived)) {
        name = Optional.of(free(derived, taken));
      }
      specs.add(spec(line, name));
    }
    return specs;
  }

  private static Optional<String> comment(LiveLine line) {
    return OwnerMark.label(line.rule().comments())
        .filter(comment -> comment.matches(PolicyReader.RULE_PATTERN));
  }

  private static String free(String base, Set<String> taken) {
    int number = 2;
    String name;
    do {
      String ending = "-" + number++;
      name = base.substring(0, Math.min(base.length(), MAX - ending.length())) + ending;
    } while (!taken.add(name));
    return name;
  }

  private static Policy.RuleSpec spec(LiveLine line, Optional<String> name) {
    Optional<Policy.JumpSpec> jump =
        line.rule().body().target() instanceof Target.Jump to
            ? Optional.of(new Policy.JumpSpec(line.position(), to.name()))
            : Optional.empty();
    return new Policy.RuleSpec(
        line.position(),
        List.of(),
        name.map(text -> new Policy.Written(line.position(), Yaml.Scalar.Type.STRING, text)),
        line.said().clauses(),
        line.said().options(),
        jump,
        Policy.OnChange.END);
  }
}
