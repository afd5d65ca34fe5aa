package acct.cli;

import acct.compile.Compiler;
import acct.compile.Desired;
import acct.compile.Overrides;
import acct.compile.OwnerNames;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Diagnostics;
import acct.policy.AgentConfigReader;
import acct.policy.Policy;
import acct.policy.PolicyReader;
import acct.policy.SchemaCheck;
import acct.policy.Yaml;
import acct.policy.YamlReader;
import acct.state.JournalText;
import acct.state.SavedPlan;
import acct.text.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The policies a command was given: read from their files, compiled, and what was found in them.
 */
final class Policies {
  static final List<Flag> FLAGS =
      List.of(
          new Flag(
              "set",
              "NAME=VALUE",
              "Give a parameter another value than its default; a list's elements between commas. May"
                  + " be given several times."),
          new Flag(
              "values",
              "FILE",
              "Give parameters other values than their defaults, from a YAML file of names and values;"
                  + " --set wins."));

  private static final String STANDARD_INPUT = "-";

  private final Diagnostics diagnostics = new Diagnostics();
  private final List<Yaml> documents = new ArrayList<>();
  private final SavedPlan.Inputs inputs;
  private final Desired desired;

  private Policies(SavedPlan.Inputs inputs, OwnerNames owners, boolean withAgents)
      throws UsageException, CommandFailure {
    this.inputs = inputs;
    List<Policy> policies = new ArrayList<>();
    for (SavedPlan.Source source : inputs.policies()) {
      read(source, policies, withAgents);
    }
    desired = Compiler.compile(policies, overrides(inputs), owners, diagnostics);
  }

  /** Reads and compiles the policies that a command was given. */
  static Policies load(Arguments arguments, OwnerNames owners, Console console)
      throws UsageException, CommandFailure {
    return load(inputs(arguments, console), owners);
  }

  /** Reads the files that a command was given. */
  static SavedPlan.Inputs inputs(Arguments arguments, Console console)
      throws UsageException, CommandFailure {
    List<String> operands = arguments.operands();
    if (operands.isEmpty()) {
      throw new UsageException("name at least one policy: a file, or a directory of them");
    }
    return inputs(operands, arguments, console);
  }

  /** The same of policies that were named otherwise. */
  static Policies load(
      List<String> operands, Arguments arguments, OwnerNames owners, Console console)
      throws UsageException, CommandFailure {
    return load(inputs(operands, arguments, console), owners);
  }

  private static SavedPlan.Inputs inputs(
      List<String> operands, Arguments arguments, Console console)
      throws UsageException, CommandFailure {
    List<SavedPlan.Source> sources = new ArrayList<>();
    for (String operand : operands) {
      if (operand.equals(STANDARD_INPUT)) {
        sources.add(standardInput(arguments, console));
        continue;
      }
      for (Path file : files(operand, console)) {
        sources.add(source(file));
      }
    }
    List<SavedPlan.Source> values = new ArrayList<>();
    for (String file : arguments.values("values")) {
      values.add(source(Path.of(file)));
    }
    return new SavedPlan.Inputs(sources, values, arguments.values("set"));
  }

  /** Compiles what a saved plan was made from. */
  static Policies load(SavedPlan.Inputs inputs, OwnerNames owners)
      throws UsageException, CommandFailure {
    return new Policies(inputs, owners, false);
  }

  /** The same, where configurations of the agent may stand beside policies. */
  static Policies withAgents(Arguments arguments, OwnerNames owners, Console console)
      throws UsageException, CommandFailure {
    return new Policies(inputs(arguments, console), owners, true);
  }

  /** The policy that another program writes: {@code acct plan -}. */
  private static SavedPlan.Source standardInput(Arguments arguments, Console console)
      throws UsageException, CommandFailure {
    boolean taken =
        arguments.values("against").stream().anyMatch(dump -> dump.endsWith(STANDARD_INPUT));
    if (taken || Collections.frequency(arguments.operands(), STANDARD_INPUT) > 1) {
      throw new UsageException("standard input (-) can be read once");
    }
    try {
      byte[] bytes = console.in().readNBytes(YamlReader.MAX_BYTES + 1);
      if (bytes.length > YamlReader.MAX_BYTES) {
        throw new CommandFailure(
            ExitStatus.INVALID, "a policy has at most " + YamlReader.MAX_BYTES + " bytes");
      }
      return new SavedPlan.Source(
          "(standard input)", new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new CommandFailure(ExitStatus.ERROR, "can't read standard input: " + e.getMessage());
    }
  }

  /** A file's bytes as ISO-8859-1 reads them: whether they are UTF-8 is the reader's to say. */
  private static SavedPlan.Source source(Path file) throws CommandFailure {
    return new SavedPlan.Source(
        file.toString(), new String(bytes(file), StandardCharsets.ISO_8859_1));
  }

  private static byte[] bytes(SavedPlan.Source source) {
    return source.text().getBytes(StandardCharsets.ISO_8859_1);
  }

  private Overrides overrides(SavedPlan.Inputs inputs) throws UsageException, CommandFailure {
    Map<String, Yaml> values = new HashMap<>();
    for (SavedPlan.Source source : inputs.values()) {
      for (Yaml document : YamlReader.read(source.name(), bytes(source), diagnostics)) {
        if (!(document instanceof Yaml.Mapping mapping)) {
          throw new CommandFailure(
              ExitStatus.INVALID,
              source.name() + ": values are a block of names, and this is " + document.kind());
        }
        mapping.entries().forEach(entry -> values.put(entry.key(), entry.value()));
      }
    }
    Map<String, String> texts = new HashMap<>();
    for (String pair : inputs.sets()) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new UsageException("--set takes NAME=VALUE, not \"" + pair + "\"");
      }
      texts.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return new Overrides(values, texts);
  }

  private static List<Path> files(String operand, Console console) throws CommandFailure {
    Path path = Path.of(operand);
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<Path> files =
          entries
              .filter(file -> file.toString().endsWith(".yaml") || file.toString().endsWith(".yml"))
              .sorted()
              .toList();
      nameUnread(path, console);
      if (files.isEmpty()) {
        throw new CommandFailure(
            ExitStatus.ERROR, "no policy (*.yaml, *.yml) in the directory " + operand);
      }
      return files;
    } catch (IOException e) {
      throw new CommandFailure(ExitStatus.ERROR, "can't read " + operand + ": " + e.getMessage());
    }
  }

  /** A directory's own files are read; what is deeper may be of another host, and is named. */
  private static void nameUnread(Path directory, Console console) throws IOException {
    List<String> unread = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.sorted().toList()) {
        if (Files.isDirectory(entry) && !entry.getFileName().toString().startsWith(".")) {
          unread.add(entry.getFileName() + "/");
        }
      }
    }
    if (!unread.isEmpty()) {
      console.done(
          "not read: "
              + String.join(", ", unread)
              + " in "
              + directory
              + "; name such a directory as well if its policies are meant");
    }
  }

  private void read(SavedPlan.Source source, List<Policy> policies, boolean withAgents)
      throws CommandFailure {
    List<Yaml> read = YamlReader.read(source.name(), bytes(source), diagnostics);
    for (Yaml document : read) {
      if (withAgents && AgentConfigReader.isOne(document)) {
        AgentConfigReader.read(document, diagnostics);
      } else {
        documents.add(document);
        Optional<Policy> policy = PolicyReader.read(document, diagnostics);
        policy.ifPresent(policies::add);
      }
    }
    if (read.isEmpty() && !diagnostics.hasErrors()) {
      throw new CommandFailure(
          ExitStatus.INVALID, source.name() + " is empty: there is no policy in it");
    }
  }

  private static byte[] bytes(Path file) throws CommandFailure {
    try {
      if (Files.size(file) > YamlReader.MAX_BYTES) {
        throw new CommandFailure(
            ExitStatus.INVALID,
            file
                + " has "
                + Files.size(file)
                + " bytes; a policy has at most "
                + YamlReader.MAX_BYTES);
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new CommandFailure(ExitStatus.ERROR, "there is no file " + file);
    } catch (IOException e) {
      throw new CommandFailure(ExitStatus.ERROR, "can't read " + file + ": " + e.getMessage());
    }
  }

  /** What they ask for; only to be used when they are valid. */
  Desired desired() {
    return desired;
  }

  /** The files they were read from. */
  List<String> files() {
    List<String> files = new ArrayList<>();
    inputs.policies().forEach(source -> files.add(source.name()));
    return files;
  }

  /** What they were made from. */
  SavedPlan.Inputs inputs() {
    return inputs;
  }

  /** The names of those files that are there and are not what they were. */
  static List<String> changed(SavedPlan.Inputs inputs) throws CommandFailure {
    List<String> changed = new ArrayList<>();
    List<SavedPlan.Source> all = new ArrayList<>(inputs.policies());
    all.addAll(inputs.values());
    for (SavedPlan.Source source : all) {
      Path file = Path.of(source.name());
      if (Files.isRegularFile(file) && !source(file).equals(source)) {
        changed.add(source.name());
      }
    }
    return changed;
  }

  /** The files they were read from, with their hashes. */
  List<JournalText.SourceFile> sources() {
    List<JournalText.SourceFile> sources = new ArrayList<>();
    for (SavedPlan.Source source : inputs.policies()) {
      sources.add(new JournalText.SourceFile(source.name(), Sha256.hex(bytes(source))));
    }
    return sources;
  }

  boolean areValid() {
    return !diagnostics.hasErrors();
  }

  /**
   * All that was found, by place. The JSON Schema is asked only when something is wrong anyway: a
   * valid policy does not pay for the validator.
   */
  List<Diagnostic> findings() {
    return areValid() ? diagnostics.sorted() : findingsBySchemaToo();
  }

  /** All that was found, the JSON Schema asked in any case. */
  List<Diagnostic> findingsBySchemaToo() {
    documents.forEach(document -> SchemaCheck.check(document, diagnostics));
    return diagnostics.sorted();
  }
}
