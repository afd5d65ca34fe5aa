package acct.netfilter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The meaning of a rule: what it matches and where it sends it, without its comment.
 *
 * <p>Two bodies are equal when they mean the same to the kernel, whatever iptables version printed
 * them and in whatever order their options stood. The identity is the canonical text: core options
 * in a fixed order, every value in one form, the matches sorted — as long as none of them is
 * stateful; then their order is part of the meaning (FACTS: limit, recent, quota, …).
 */
public final class RuleBody {
  private final List<Match.Setting> core;
  private final List<Match> matches;
  private final Target target;
  private final String key;

  private RuleBody(List<Match.Setting> core, List<Match> matches, Target target, String key) {
    this.core = core;
    this.matches = matches;
    this.target = target;
    this.key = key;
  }

  /**
   * @param core options that need no extension, in their own order
   * @param matches in the order given
   */
  static RuleBody of(List<Match.Setting> core, List<Match> matches, Target target) {
    return new RuleBody(
        List.copyOf(core), List.copyOf(matches), target, key(core, matches, target));
  }

  /** A rule whose words have no meaning for acct. It equals only the same words. */
  static RuleBody opaque(List<String> words) {
    return new RuleBody(
        List.of(),
        List.of(new Match.Opaque("?", words)),
        new Target.Unknown(),
        "? " + Words.join(words));
  }

  private static String key(List<Match.Setting> core, List<Match> matches, Target target) {
    List<String> texts = new ArrayList<>(matches.size());
    boolean commute = true;
    for (Match match : matches) {
      List<String> words = match.words();
      texts.add(words.isEmpty() ? match.name() : match.name() + " " + Words.join(words));
      commute &= !match.isStateful();
    }
    if (commute && texts.size() > 1) {
      Collections.sort(texts);
    }
    List<String> words = new ArrayList<>();
    core.forEach(setting -> setting.appendTo(words));
    StringBuilder key = new StringBuilder(Words.join(words));
    for (String text : texts) {
      key.append(key.length() == 0 ? "-m " : " -m ").append(text);
    }
    if (!(target instanceof Target.None)) {
      key.append(key.length() == 0 ? "" : " ").append(Words.join(target.words()));
    }
    return key.toString();
  }

  public Target target() {
    return target;
  }

  /** Whether acct could read the rule. */
  public boolean isReadable() {
    return !(target instanceof Target.Unknown);
  }

  /** Whether a match in it remembers packets, so that its place among other rules may matter. */
  public boolean isStateful() {
    for (Match match : matches) {
      if (match.isStateful()) {
        return true;
      }
    }
    return false;
  }

  /** Whether nothing narrows it: it matches every packet that reaches it. */
  public boolean matchesEverything() {
    return core.isEmpty() && matches.isEmpty();
  }

  /** The same match with another target. */
  public RuleBody withTarget(Target other) {
    return of(core, matches, other);
  }

  /** The words of a rule that means this, as every iptables version reads them. */
  public List<String> words(List<String> comments) {
    List<String> words = matchWords();
    for (String comment : comments) {
      words.addAll(List.of("-m", "comment", "--comment", comment));
    }
    words.addAll(target.words());
    return words;
  }

  /** The words of the match alone. */
  public List<String> matchWords() {
    List<String> words = new ArrayList<>();
    core.forEach(setting -> setting.appendTo(words));
    for (Match match : matches) {
      words.add("-m");
      words.add(match.name());
      words.addAll(match.words());
    }
    return words;
  }

  /** The canonical text: equal for equal bodies, and what a person reads in a plan. */
  public String text() {
    return key;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RuleBody body && key.equals(body.key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  @Override
  public String toString() {
    return key;
  }
}
