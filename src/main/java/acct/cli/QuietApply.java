package acct.cli;

import acct.dataplane.Dataplane;
import acct.host.HostException;
import acct.reconcile.ApplyOutcome;
import acct.reconcile.InSyncMemory;
import acct.state.InSyncFile.InSync;
import acct.state.SavedPlan;
import acct.state.StateDirectory;
import acct.text.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Optional;

/**
 * An apply that has nothing to do and ends before it reads a policy: the same acct was given the
 * same files, values and options before, and the rules are the same too.
 */
final class QuietApply {
  private final Optional<String> inputs;
  private final boolean expected;
  private final Console console;

  private QuietApply(Optional<String> inputs, boolean expected, Console console) {
    this.inputs = inputs;
    this.expected = expected;
    this.console = console;
  }

  /** That of a command. */
  static QuietApply of(SavedPlan.Inputs inputs, Arguments arguments, Console console)
      throws HostException {
    // Colours are for people, who don't ask for the same again and again.
    boolean isText =
        arguments.value("output").orElse("text").equals("text") && console.terminal().isNone();
    Optional<String> acct = acct();
    if (!isText || acct.isEmpty()) {
      return new QuietApply(Optional.empty(), false, console);
    }
    String hash = hash(inputs, arguments, acct.get());
    boolean expected =
        StateDirectory.inSyncIn(State.path(arguments))
            .read()
            .filter(last -> last.inputs().equals(hash))
            .isPresent();
    return new QuietApply(Optional.of(hash), expected, console);
  }

  private static String hash(SavedPlan.Inputs inputs, Arguments arguments, String acct) {
    StringBuilder text = new StringBuilder();
    add(text, acct);
    add(text, Boolean.toString(arguments.has("prune")));
    add(text, arguments.value("iptables").orElse(""));
    add(text, Optional.ofNullable(System.getenv("ACCT_IPTABLES")).orElse(""));
    for (List<SavedPlan.Source> sources : List.of(inputs.policies(), inputs.values())) {
      add(text, Integer.toString(sources.size()));
      for (SavedPlan.Source source : sources) {
        add(text, source.name());
        add(text, source.text());
      }
    }
    inputs.sets().forEach(set -> add(text, set));
    return Sha256.hex(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void add(StringBuilder text, String part) {
    text.append(part.length()).append(':').append(part).append('\n');
  }

  /** The program itself, which may read a policy otherwise when it is another; nothing in tests. */
  private static Optional<String> acct() {
    CodeSource source = QuietApply.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      return Optional.empty();
    }
    Path jar = Path.of(source.getLocation().getPath());
    try {
      return Files.isRegularFile(jar)
          ? Optional.of(jar + " " + Files.size(jar) + " " + Files.getLastModifiedTime(jar))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether it was asked for the same the last time that nothing was to be done. */
  boolean isExpected() {
    return expected;
  }

  /** Whether the rules are the same too; then what the plan printed then is printed. */
  boolean recalled(HostAhead.Opened host) throws HostException {
    Optional<InSyncMemory> memory = memory(host);
    Optional<InSync> last =
        memory.isPresent() ? memory.get().recall(inputs.orElseThrow()) : Optional.empty();
    if (last.isEmpty()) {
      return false;
    }
    if (!console.quiet()) {
      last.get().warned().forEach(console.err()::println);
    }
    last.get().said().forEach(console.out()::println);
    console.out().flush();
    return true;
  }

  /** Remembers that nothing was to be done. */
  void remember(HostAhead.Opened host, Planning planning, ApplyOutcome.NothingToDo nothing)
      throws HostException {
    Optional<InSyncMemory> memory = memory(host);
    if (inputs.isPresent() && memory.isPresent()) {
      memory
          .get()
          .remember(
              inputs.get(),
              nothing.plan(),
              nothing.read(),
              planning.said(nothing.plan()),
              planning.warned(nothing.plan()));
    }
  }

  private Optional<InSyncMemory> memory(HostAhead.Opened host) {
    Dataplane dataplane = host.dataplane();
    return host.state()
        .directory()
        .map(
            directory ->
                new InSyncMemory(
                    dataplane,
                    host.state().keeping("apply", List.of(), dataplane, console),
                    directory.inSync(),
                    console::noticeLines));
  }
}
