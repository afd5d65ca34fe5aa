package acct.netfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the words of a rule into its canonical form.
 *
 * <p>It goes through the words as iptables' own option loop does: {@code !} waits for the next
 * option, {@code -m} opens a match, an option belongs to the youngest open match that has it, and
 * an option that none has opens the match its protocol implies. What then says nothing (every
 * address, all ports) is left out, and each match's options stand in their extension's order.
 */
public final class RuleParser {
  private static final int MAX_COMMENT_BYTES = 255;

  private static final Set<String> NEVER_NEGATED =
      Set.of("-m", "--match", "-j", "--jump", "-g", "--goto");

  private final Family family;
  private List<String> words;
  private int at;

  private final List<Match.Setting> core = new ArrayList<>();
  private final List<OpenMatch> matches = new ArrayList<>();
  private final List<String> comments = new ArrayList<>();
  private Target target = Target.none();

  private static final class OpenMatch {
    private final String name;
    private final Optional<Extension> extension;
    private final List<Match.Setting> settings = new ArrayList<>();
    private final List<String> opaque = new ArrayList<>();

    OpenMatch(String name, Optional<Extension> extension) {
      this.name = name;
      this.extension = extension;
    }

    Match close(Family family) throws BadValueException {
      if (extension.isEmpty()) {
        return new Match.Opaque(name, opaque);
      }
      Extension known = extension.get();
      if (settings.size() > 1) {
        settings.sort((a, b) -> known.rank(a.option()) - known.rank(b.option()));
      }
      known.finish(settings, family);
      return new Match.Known(known, settings);
    }
  }

  private RuleParser(List<String> words, Family family) {
    this.words = words;
    this.family = family;
  }

  /**
   * Reads a rule.
   *
   * @param words what stands behind {@code -A CHAIN}
   * @throws BadValueException where iptables would refuse them
   */
  public static Rule parse(List<String> words, Family family) throws BadValueException {
    return new RuleParser(words, family).parse();
  }

  /**
   * Reads a rule some of whose options are values already.
   *
   * @param core options that need no extension, as {@link #core} makes them
   * @param words of its matches
   * @throws BadValueException where iptables would refuse them
   */
  public static Rule parse(
      List<Match.Setting> core, List<String> words, Target target, Family family)
      throws BadValueException {
    if (words.isEmpty()) {
      List<Match.Setting> sorted = new ArrayList<>(core);
      sortCore(sorted);
      return new Rule(RuleBody.of(sorted, List.of(), target), List.of());
    }
    RuleParser parser = new RuleParser(words, family);
    parser.core.addAll(core);
    parser.target = target;
    return parser.parse();
  }

  /**
   * An option that needs no extension; nothing for one that narrows nothing.
   *
   * @param name as iptables-save prints it
   * @throws IllegalArgumentException when there is no such option
   */
  public static List<Match.Setting> core(String name, boolean negated, Value value) {
    Option option =
        MatchTable.CORE.option(name).orElseThrow(() -> new IllegalArgumentException(name));
    return saysNothing(option, negated, value)
        ? List.of()
        : List.of(new Match.Setting(option, negated, value));
  }

  private static boolean saysNothing(Option option, boolean negated, Value value) {
    return !negated
        && (option.vanishing().isPresent() && option.vanishing().get().equals(value)
            || value instanceof Prefix prefix && prefix.isEverything());
  }

  private static void sortCore(List<Match.Setting> core) {
    if (core.size() > 1) {
      core.sort((a, b) -> MatchTable.CORE.rank(a.option()) - MatchTable.CORE.rank(b.option()));
    }
  }

  /** Reads a live rule. Never fails: one that can't be read is opaque, equal only to itself. */
  public static Rule parseLive(List<String> words, Family family) {
    try {
      return parse(words, family);
    } catch (BadValueException e) {
      return new Rule(RuleBody.opaque(words), List.of());
    }
  }

  private Rule parse() throws BadValueException {
    while (at < words.size()) {
      boolean negated = false;
      String word = next();
      if (word.equals("!")) {
        negated = true;
        word = argument("!");
      }
      if (negated && NEVER_NEGATED.contains(word)) {
        throw new BadValueException("unexpected ! before " + word);
      }
      switch (word) {
        case "-m", "--match" -> openMatch(argument(word));
        case "-j", "--jump" -> jump(argument(word));
        case "-g", "--goto" -> {
          noTargetYet();
          target = new Target.Goto(argument(word));
        }
        default -> option(word, negated);
      }
    }
    List<Match> closed = new ArrayList<>(matches.size());
    for (OpenMatch match : matches) {
      closed.add(match.close(family));
    }
    sortCore(core);
    return new Rule(RuleBody.of(core, closed, target), comments);
  }

  private String next() {
    return words.get(at++);
  }

  private String argument(String option) throws BadValueException {
    if (at == words.size()) {
      throw new BadValueException(option + " lacks its argument");
    }
    return next();
  }

  /** iptables keeps so many bytes and cuts the rest silently. */
  private static String cutComment(String comment) {
    return comment.length() > MAX_COMMENT_BYTES ? comment.substring(0, MAX_COMMENT_BYTES) : comment;
  }

  private void noTargetYet() throws BadValueException {
    if (!(target instanceof Target.None)) {
      throw new BadValueException("a rule has one -j or -g");
    }
  }

  private void openMatch(String name) throws BadValueException {
    if (MatchTable.familyOf(name).filter(of -> of != family).isPresent()) {
      throw new BadValueException("-m " + name + " does not exist in " + family.label());
    }
    if (!name.equals("comment")) {
      matches.add(new OpenMatch(name, MatchTable.extension(name)));
    } else if (at + 1 < words.size() && words.get(at).equals("--comment")) {
      at++;
      comments.add(cutComment(next()));
    } else if (at < words.size() && words.get(at).startsWith("--comment=")) {
      comments.add(cutComment(next().substring("--comment=".length())));
    } else {
      throw new BadValueException("-m comment lacks --comment");
    }
  }

  /**
   * What follows a chain or a verdict is still an option of the rule; what follows LOG is LOG's.
   */
  private void jump(String name) throws BadValueException {
    noTargetYet();
    boolean optionFollows =
        at < words.size()
            && (words.get(at).equals("!")
                || words.get(at).equals("-m")
                || MatchTable.CORE.option(words.get(at)).isPresent());
    List<String> arguments = List.of();
    if (at < words.size() && !optionFollows) {
      List<String> rest = words.subList(at, words.size());
      Optional<Extension> known = TargetTable.extension(name);
      arguments = known.isPresent() ? canonical(known.get(), rest) : List.copyOf(rest);
      at = words.size();
    }
    target = new Target.Jump(name, arguments);
  }

  /** A target's options in one form; as they are when they can't be read. */
  private List<String> canonical(Extension extension, List<String> rest) {
    try {
      RuleParser parser = new RuleParser(rest, family);
      OpenMatch open = new OpenMatch(extension.name(), Optional.of(extension));
      parser.matches.add(open);
      while (parser.at < parser.words.size()) {
        parser.option(parser.next(), false);
      }
      return open.close(family).words();
    } catch (BadValueException e) {
      return List.copyOf(rest);
    }
  }

  private void option(String written, boolean negated) throws BadValueException {
    if (!take(written, negated) && !take(spelledOut(written), negated)) {
      throw new BadValueException("unknown option \"" + written + "\"");
    }
  }

  /** Takes an option by its full name; whether anything that may stand here has it. */
  private boolean take(String word, boolean negated) throws BadValueException {
    Optional<Option> coreOption = MatchTable.CORE.option(word);
    if (coreOption.isPresent()) {
      set(coreOption.get(), core, negated);
      return true;
    }
    for (int i = matches.size() - 1; i >= 0; i--) {
      OpenMatch match = matches.get(i);
      if (match.extension.isEmpty()) {
        opaqueOption(match, word, negated);
        return true;
      }
      Optional<Option> option = match.extension.get().option(word);
      if (option.isPresent()) {
        set(option.get(), match.settings, negated);
        return true;
      }
    }
    Optional<Extension> implied = impliedExtension();
    Optional<Option> option = implied.flatMap(extension -> extension.option(word));
    if (option.isEmpty()) {
      return false;
    }
    OpenMatch match = new OpenMatch(implied.get().name(), implied);
    matches.add(match);
    set(option.get(), match.settings, negated);
    return true;
  }

  /**
   * {@code --dpor} is --dport where nothing else begins so, and {@code --dport=80} is two words.
   */
  private String spelledOut(String written) {
    int equals = written.indexOf('=');
    String name = equals < 0 ? written : written.substring(0, equals);
    Set<String> full = new TreeSet<>();
    if (name.length() > 2 && name.startsWith("--")) {
      for (Extension extension : readable()) {
        extension.option(name).ifPresent(option -> full.add(option.name()));
      }
      if (full.isEmpty()) {
        for (Extension extension : readable()) {
          for (String spelling : extension.spellingsOf(name)) {
            full.add(extension.option(spelling).orElseThrow().name());
          }
        }
      }
    }
    if (full.size() != 1) {
      return written;
    }
    if (equals >= 0) {
      words = new ArrayList<>(words);
      words.add(at, written.substring(equals + 1));
    }
    return full.iterator().next();
  }

  /** The extensions whose options may stand here, the core's too. */
  private List<Extension> readable() {
    List<Extension> readable = new ArrayList<>();
    readable.add(MatchTable.CORE);
    matches.forEach(match -> match.extension.ifPresent(readable::add));
    impliedExtension().ifPresent(readable::add);
    return readable;
  }

  /** An unknown match takes every word up to the next option that is surely not its own. */
  private void opaqueOption(OpenMatch match, String word, boolean negated) {
    if (negated) {
      match.opaque.add("!");
    }
    match.opaque.add(word);
    while (at < words.size()) {
      String ahead = words.get(at);
      boolean another =
          List.of("-m", "-j", "-g", "!").contains(ahead)
              || MatchTable.CORE.option(ahead).isPresent();
      if (another) {
        return;
      }
      match.opaque.add(next());
    }
  }

  private Optional<Extension> impliedExtension() {
    for (Match.Setting setting : core) {
      if (setting.value() instanceof Protocol protocol) {
        return MatchTable.implied(protocol);
      }
    }
    return Optional.empty();
  }

  private void set(Option option, List<Match.Setting> into, boolean negated)
      throws BadValueException {
    Option stands = option.standsFor().orElse(option);
    for (Match.Setting setting : into) {
      if (setting.option().equals(stands)) {
        throw new BadValueException(option.name() + " stands twice in the rule");
      }
    }
    List<String> arguments = new ArrayList<>(option.arity());
    for (int i = 0; i < option.arity(); i++) {
      arguments.add(argument(option.name()));
    }
    Value value = option.reader().read(arguments, family);
    if (!saysNothing(stands, negated, value)) {
      into.add(new Match.Setting(stands, negated, value));
    }
  }
}
