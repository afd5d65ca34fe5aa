package acct.netfilter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

  /** Empty until it is asked for: most rules of a run are in sync, and nobody asks. */
  private String key;

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
    return new RuleBody(List.copyOf(core), List.copyOf(matches), target, "");
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
    StringBuilder key = new StringBuilder(48);
    for (Match.Setting setting : core) {
      setting.appendTo(key);
    }
    for (String text : texts(matches)) {
      Words.append(key, "-m");
      key.append(' ').append(text);
    }
    for (String word : target.words()) {
      Words.append(key, word);
    }
    return key.toString();
  }

  /** The matches as texts, sorted when their order means nothing. */
  private static List<String> texts(List<Match> matches) {
    List<String> texts = new ArrayList<>(matches.size());
    boolean commute = true;
    for (Match match : matches) {
      StringBuilder text = new StringBuilder(32);
      Words.append(text, match.name());
      match.appendTo(text);
      texts.add(text.toString());
      commute &= !match.isStateful();
    }
    if (commute && texts.size() > 1) {
      Collections.sort(texts);
    }
    return texts;
  }

  /** The options that need no extension. */
  public List<Match.Setting> core() {
    return core;
  }

  /** The matches, in the order given. */
  public List<Match> matches() {
    return matches;
  }

  public Target target() {
    return target;
  }

  /** The one protocol it matches, if it says one. */
  public Optional<Protocol> protocol() {
    for (Match.Setting setting : core) {
      if (setting.value() instanceof Protocol protocol && !setting.negated()) {
        return Optional.of(protocol);
      }
    }
    return Optional.empty();
  }

  /** The same meaning, written so that matching changes nothing that other rules see. */
  public RuleBody guarded() {
    List<Match> guarded = new ArrayList<>(matches.size());
    for (Match match : matches) {
      guarded.add(match.guarded());
    }
    return of(core, guarded, target);
  }

  /** Whether matching changes nothing that other rules see, as far as it can be written so. */
  public boolean isGuardedLike(RuleBody other) {
    return guards() >= other.guards();
  }

  private int guards() {
    int guards = 0;
    for (Match match : matches) {
      guards += match.guards();
    }
    return guards;
  }

  /** What the first such rule switches on in the kernel. */
  public Set<KernelFeature> features() {
    Set<KernelFeature> features = EnumSet.noneOf(KernelFeature.class);
    for (Match match : matches) {
      if (match instanceof Match.Known known) {
        known.extension().feature().ifPresent(features::add);
      }
    }
    KernelFeature.ofTarget(target).ifPresent(features::add);
    return features;
  }

  /** Whether it has a match of an extension that acct does not know. */
  public boolean hasUnknownMatch() {
    for (Match match : matches) {
      if (match instanceof Match.Opaque) {
        return true;
      }
    }
    return false;
  }

  /** What narrows it, each as a text; equal texts narrow alike. */
  public List<String> constraints() {
    List<String> constraints = new ArrayList<>();
    for (Match.Setting setting : core) {
      StringBuilder text = new StringBuilder();
      setting.appendTo(text);
      constraints.add(text.toString());
    }
    constraints.addAll(texts(matches));
    return constraints;
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

  /** The words of a rule that means this, as every iptables version reads them. */
  public List<String> words(List<String> comments) {
    List<String> words = matchWords();
    for (String comment : comments) {
      words.addAll(List.of("-m", "comment", "--comment", comment));
    }
    words.addAll(target.words());
    return words;
  }

  /** Whether these are just the words that {@link #words} gives; without making them. */
  boolean isSaidBy(List<String> said, List<String> comments) {
    int at = 0;
    for (Match.Setting setting : core) {
      at = setting.endIn(said, at);
    }
    for (Match match : matches) {
      at = endIn(said, at, "-m", match.name());
      at = at < 0 ? at : match.endIn(said, at);
    }
    for (String comment : comments) {
      at = endIn(said, endIn(said, at, "-m", "comment"), "--comment", comment);
    }
    if (!(target instanceof Target.None)) {
      for (String word : target.words()) {
        at = endIn(said, at, word);
      }
    }
    return at == said.size();
  }

  private static int endIn(List<String> said, int at, String first, String second) {
    return endIn(said, endIn(said, at, first), second);
  }

  /** Behind a word, if it stands there; else -1, and behind -1 nothing stands. */
  static int endIn(List<String> said, int at, String word) {
    return at >= 0 && at < said.size() && said.get(at).equals(word) ? at + 1 : -1;
  }

  /** The words of the match alone. */
  public List<String> matchWords() {
    List<String> words = new ArrayList<>();
    for (Match.Setting setting : core) {
      setting.appendTo(words);
    }
    for (Match match : matches) {
      words.add("-m");
      words.add(match.name());
      words.addAll(match.words());
    }
    return words;
  }

  /** The canonical text: equal for equal bodies, and what a person reads in a plan. */
  public String text() {
    if (key.isEmpty()) {
      key = key(core, matches, target);
    }
    return key;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof RuleBody body && text().equals(body.text());
  }

  @Override
  public int hashCode() {
    return text().hashCode();
  }

  @Override
  public String toString() {
    return text();
  }
}
