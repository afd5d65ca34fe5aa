package acct.importer;

import acct.compile.DerivedName;
import acct.compile.OwnerMark;
import acct.netfilter.Target;
import acct.policy.Policy;
import acct.policy.PolicyPatterns;
import acct.policy.Yaml;
import acct.text.Utf8Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gives the imported rules of a chain their names: the live comment where it can be one. A comment
 * that is none stays beside the name, so that the rule is not written anew. One that stands in
 * several rules tells none of them apart, and they get names of their own.
 */
final class RuleNames {
  private static final int MAX = 63;

  private RuleNames() {}

  /**
   * The rules of a policy. One without a comment has no name, unless the name made from its match
   * is taken.
   */
  static List<Policy.RuleSpec> named(List<LiveLine> lines) {
    Map<String, Integer> comments = new HashMap<>();
    for (LiveLine line : lines) {
      comment(line).ifPresent(comment -> comments.merge(comment, 1, Integer::sum));
    }
    Set<String> taken = new HashSet<>();
    comments.forEach(
        (comment, times) -> {
          if (times == 1 && isName(comment)) {
            taken.add(comment);
          }
        });
    List<Policy.RuleSpec> specs = new ArrayList<>();
    for (LiveLine line : lines) {
      Optional<String> own = comment(line).filter(comment -> comments.get(comment) == 1);
      Optional<String> name = own.filter(RuleNames::isName);
      String derived = DerivedName.of(line.rule().body());
      if (name.isEmpty() && !taken.add(derived)) {
        name = Optional.of(free(derived, taken));
      }
      Optional<String> comment =
          own.filter(text -> !isName(text)).map(Utf8Bytes::decode).filter(RuleNames::isComment);
      specs.add(spec(line, name, comment));
    }
    return specs;
  }

  private static Optional<String> comment(LiveLine line) {
    return OwnerMark.label(line.rule().comments());
  }

  private static boolean isName(String comment) {
    return comment.matches(PolicyPatterns.RULE);
  }

  /** A policy is UTF-8: bytes that are not can't stand in it. */
  private static boolean isComment(String text) {
    return text.matches(PolicyPatterns.COMMENT) && text.indexOf('\uFFFD') < 0;
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

  private static Policy.RuleSpec spec(
      LiveLine line, Optional<String> name, Optional<String> comment) {
    Optional<Policy.JumpSpec> jump =
        line.rule().body().target() instanceof Target.Jump to
            ? Optional.of(new Policy.JumpSpec(line.position(), Utf8Bytes.decode(to.name())))
            : Optional.empty();
    return new Policy.RuleSpec(
        line.position(),
        List.of(),
        name.map(text -> new Policy.Written(line.position(), Yaml.Scalar.Type.STRING, text)),
        false,
        comment,
        line.only().stream().toList(),
        line.said().clauses(),
        line.said().options(),
        jump,
        Policy.OnChange.END);
  }
}
