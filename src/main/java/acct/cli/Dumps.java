package acct.cli;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Position;
import acct.netfilter.BadDumpException;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Ruleset;
import acct.netfilter.SaveParser;
import acct.netfilter.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The dumps that a command was given in place of the live ruleset. */
final class Dumps {
  private final String flag;
  private final Console console;
  private final List<LiveRuleset> live = new ArrayList<>();

  private Dumps(String flag, Console console) {
    this.flag = flag;
    this.console = console;
  }

  /**
   * Reads {@code FILE}, {@code -}, {@code ipv4=FILE} or {@code ipv6=FILE}.
   *
   * @param flag what stands before each on the command line, for messages; may be empty
   */
  static List<LiveRuleset> read(List<String> values, String flag, Console console)
      throws UsageException, CommandFailure {
    Dumps dumps = new Dumps(flag, console);
    for (String value : values) {
      dumps.read(value);
    }
    return dumps.live;
  }

  private void read(String value) throws UsageException, CommandFailure {
    Optional<Family> said = Optional.empty();
    String file = value;
    int equals = value.indexOf('=');
    if (equals > 0) {
      said = Family.of(value.substring(0, equals));
      file = said.isPresent() ? value.substring(equals + 1) : value;
    }
    String name = file.equals("-") ? "standard input" : file;
    Ruleset ruleset = parse(name, text(file));
    Family family = family(said, ruleset, name);
    for (LiveRuleset other : live) {
      if (other.family() == family) {
        throw new UsageException(
            other.name() + " and " + name + " are both dumps of " + family.label());
      }
    }
    live.add(new LiveRuleset(family, ruleset, name, ruleset.backend()));
  }

  private String text(String file) throws CommandFailure {
    try {
      byte[] bytes =
          file.equals("-") ? console.in().readAllBytes() : Files.readAllBytes(Path.of(file));
      return new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new CommandFailure(ExitStatus.ERROR, "there is no file " + file);
    } catch (IOException e) {
      throw new CommandFailure(ExitStatus.ERROR, "can't read " + file + ": " + e.getMessage());
    }
  }

  private Ruleset parse(String name, String text) throws CommandFailure {
    try {
      return SaveParser.parse(text);
    } catch (BadDumpException e) {
      Diagnostic finding =
          Diagnostic.error(
              Code.BAD_DUMP, new Position(name, e.line(), 0), Words.display(e.getMessage()));
      Report.print(List.of(finding), console);
      throw new CommandFailure(ExitStatus.ERROR, "the dump " + name + " can't be trusted");
    }
  }

  private Family family(Optional<Family> said, Ruleset ruleset, String name) throws CommandFailure {
    Optional<Family> shown =
        ruleset.family().isPresent() ? ruleset.family() : FamilyGuess.of(ruleset);
    if (said.isPresent() && shown.isPresent() && !said.equals(shown)) {
      throw new CommandFailure(
          ExitStatus.ERROR,
          name + " is a dump of " + shown.get().label() + ", not of " + said.get().label());
    }
    if (said.isEmpty() && shown.isEmpty()) {
      throw new CommandFailure(
          ExitStatus.ERROR,
          name
              + " does not say which family it is of: write "
              + flag
              + "ipv4="
              + name
              + " or ipv6="
              + name);
    }
    return said.or(() -> shown).orElseThrow();
  }
}
