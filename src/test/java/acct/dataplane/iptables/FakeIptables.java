package acct.dataplane.iptables;

import acct.Plans;
import acct.cli.Console;
import acct.cli.Main;
import acct.model.RestoreModel;
import acct.netfilter.Backend;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.netfilter.Ruleset;
import acct.netfilter.Words;
import acct.plan.Differ;
import acct.plan.Plan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * iptables of any version, as six small shell scripts in a directory: they say their version, print
 * a dump, and write down what they are given. A test may put its own words in place of any.
 */
final class FakeIptables {
  /** How acct ended, and what it said. */
  record Ran(int status, String out, String err) {}

  /** Behind each argument, and alone behind the last. */
  private static final String ARGUMENT = "\0";

  private static final String LAST = "\36";

  private final Path directory;
  private final Backend backend;

  /**
   * @param version as {@code v1.8.7 (nf_tables)}
   */
  FakeIptables(Path directory, String version) throws IOException {
    this.directory = directory;
    this.backend = Backend.parse("iptables " + version).orElseThrow();
    for (Family family : Family.values()) {
      String name = name(family);
      write(name, "[ \"$1\" = -V ] && echo '" + name + " " + version + "'");
      write(name + "-save", "cat " + name + ".dump");
      // An option that it doesn't know is refused before anything is read.
      String old = backend.isAtLeast("1.6.2") ? "" : "case $* in *--wait*) exit 2 ;; esac; ";
      write(name + "-restore", old + obeys(family));
      dump(family, "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n");
    }
  }

  static String name(Family family) {
    return family == Family.IPV4 ? "iptables" : "ip6tables";
  }

  /** What a restore does that is carried out. */
  static String obeys(Family family) {
    String name = name(family);
    return "cat >>"
        + name
        + ".script; [ ! -e NAME.then ] || mv NAME.then NAME.dump".replace("NAME", name);
  }

  Path directory() {
    return directory;
  }

  Path lockFile() {
    return directory.resolve("lock");
  }

  Optional<Path> iptables() {
    return Optional.of(directory.resolve("iptables"));
  }

  /** Puts shell words in place of a program; they run in the directory. */
  FakeIptables write(String program, String words) throws IOException {
    Path file = directory.resolve(program);
    String records = "printf '%s\\0' \"${0##*/}\" \"$@\" '\36' >>calls\n";
    Files.writeString(
        file, "#!/bin/sh\ncd '" + directory + "' || exit 99\n" + records + words + "\n");
    file.toFile().setExecutable(true);
    return this;
  }

  /** What is loaded: the filter table, without its last line. */
  FakeIptables dump(Family family, String text) throws IOException {
    Files.writeString(
        directory.resolve(name(family) + ".dump"), text + "COMMIT\n", StandardCharsets.ISO_8859_1);
    return this;
  }

  /** Makes a restore have the effect that it should, for a policy whose plan is not refused. */
  FakeIptables thatObeys(String policy) throws IOException {
    for (Family family : Family.values()) {
      Path dump = directory.resolve(name(family) + ".dump");
      Ruleset before = Plans.ruleset(Files.readString(dump, StandardCharsets.ISO_8859_1));
      Plan plan =
          Differ.diff(
              Plans.desired(policy),
              List.of(new LiveRuleset(family, before, "fake", Optional.of(backend))));
      String script = Script.of(plan, family);
      Ruleset after = script.isEmpty() ? before : RestoreModel.apply(before, script);
      Files.writeString(
          directory.resolve(name(family) + ".then"), print(after), StandardCharsets.ISO_8859_1);
    }
    return this;
  }

  private static String print(Ruleset ruleset) {
    StringBuilder out = new StringBuilder();
    for (LiveTable table : ruleset.tables().values()) {
      out.append("*").append(table.name()).append('\n');
      for (LiveChain chain : table.chains().values()) {
        out.append(":" + chain.name().value() + " " + chain.policy().orElse("-") + " [0:0]\n");
      }
      for (LiveChain chain : table.chains().values()) {
        for (LiveRule rule : chain.rules()) {
          out.append(rule.counters().bracketed() + " -A " + chain.name().value() + " ");
          out.append(Words.join(rule.words())).append('\n');
        }
      }
      out.append("COMMIT\n");
    }
    return out.toString();
  }

  /** Every command that was run, the program first. */
  List<List<String>> calls() throws IOException {
    List<List<String>> calls = new ArrayList<>();
    List<String> call = new ArrayList<>();
    for (String word : text("calls").split(ARGUMENT)) {
      if (word.equals(LAST)) {
        calls.add(call);
        call = new ArrayList<>();
      } else {
        call.add(word);
      }
    }
    return calls;
  }

  /** The one call of a program; fails unless there was just one. */
  List<String> call(String program) throws IOException {
    List<List<String>> calls = calls().stream().filter(c -> c.get(0).equals(program)).toList();
    if (calls.size() != 1) {
      throw new AssertionError(program + ": " + calls);
    }
    return calls.get(0);
  }

  /** What restores of a family were given; empty when none ran. */
  String script(Family family) throws IOException {
    return text(name(family) + ".script");
  }

  String text(String file) throws IOException {
    Path path = directory.resolve(file);
    return Files.exists(path) ? Files.readString(path, StandardCharsets.ISO_8859_1) : "";
  }

  /** Runs acct with these commands; on legacy as a process of its own, for the lock's file. */
  Ran acct(String command, String policy, String... flags) throws IOException {
    Path file = Files.writeString(directory.resolve("policy.yaml"), policy);
    List<String> words =
        new ArrayList<>(List.of(command, "--iptables", iptables().get().toString()));
    if (command.equals("apply")) {
      words.addAll(List.of("--no-rehearsal", "--state-dir", directory.resolve("state").toString()));
    }
    words.addAll(List.of(flags));
    words.add(file.toString());
    return backend.kind() == Backend.Kind.LEGACY ? process(words) : inside(words);
  }

  /** Runs acct in this process. */
  static Ran inside(List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console = new Console(InputStream.nullInputStream(), outStream, errStream, false);
    int status = Main.run(words, console);
    return new Ran(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Ran process(List<String> words) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        new ArrayList<>(
            List.of(java, "-cp", System.getProperty("java.class.path"), "acct.cli.Main"));
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(Map.of("XTABLES_LOCKFILE", lockFile().toString()));
    Process process = builder.start();
    CompletableFuture<String> err =
        CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
    String out = read(process.getInputStream());
    try {
      return new Ran(process.waitFor(), out, err.join());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String read(InputStream in) {
    try (in) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
