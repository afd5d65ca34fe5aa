package acct.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;

/** What a command was called with. */
final class Arguments {
  private final Map<String, List<String>> values = new HashMap<>();
  private final List<String> operands;

  // CommandLine answers single questions through streams, which costs ten milliseconds of a start.
  private Arguments(CommandLine line) {
    operands = new ArrayList<>(line.getArgList());
    for (Option option : line.getOptions()) {
      List<String> given = values.computeIfAbsent(option.getLongOpt(), flag -> new ArrayList<>());
      given.addAll(option.getValuesList());
    }
  }

  /** Reads the words behind a command's name; {@code --help} is known to every command. */
  static Arguments parse(List<Flag> flags, List<String> words) throws UsageException {
    Options options = new Options();
    options.addOption(Option.builder("h").longOpt("help").get());
    for (Flag flag : flags) {
      options.addOption(
          (flag.letter().isEmpty() ? Option.builder() : Option.builder(flag.letter()))
              .longOpt(flag.name())
              .hasArg(!flag.argument().isEmpty())
              .get());
    }
    try {
      return new Arguments(
          DefaultParser.builder()
              .setAllowPartialMatching(false)
              .get()
              .parse(options, words.toArray(String[]::new)));
    } catch (ParseException e) {
      throw new UsageException(e.getMessage());
    }
  }

  boolean has(String flag) {
    return values.containsKey(flag);
  }

  /** The value of an option, the last if it was given several times. */
  Optional<String> value(String flag) {
    List<String> all = values(flag);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** All values of an option, in their order. */
  List<String> values(String flag) {
    return List.copyOf(values.getOrDefault(flag, List.of()));
  }

  /** The words that belong to no option. */
  List<String> operands() {
    return List.copyOf(operands);
  }
}
