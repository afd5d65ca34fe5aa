package acct.dataplane.iptables;

import acct.host.Command;
import acct.host.CommandLimits;
import acct.host.Failure;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.Lock;
import acct.host.PrivateNamespace;
import acct.host.Programs;
import acct.host.RestoreLock;
import acct.host.Unbroken;
import acct.netfilter.Backend;
import acct.netfilter.BadDumpException;
import acct.netfilter.Family;
import acct.netfilter.KnownBug;
import acct.netfilter.Ruleset;
import acct.netfilter.SaveParser;
import acct.netfilter.Words;
import acct.text.PrintableText;
import acct.text.Utf8Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The iptables commands of one family on this machine.
 *
 * <p>Reads have a time limit. A restore has none, and nothing of acct's ends it: on legacy, one
 * that is killed between its two steps leaves every counter of the table at zero, everybody's. It
 * runs in a session of its own, so that Ctrl-C does not reach it, and acct's own end waits for it.
 */
public final class Iptables {
  private final Family family;
  private final String command;
  private final Optional<Path> directory;
  private final Consumer<String> notices;
  private final CommandLimits terms;
  private final Lock lock;
  private final Optional<PrivateNamespace> namespace;
  private Optional<Backend> backend = Optional.empty();
  private Optional<RestoreLock> restoreLock = Optional.empty();

  private Iptables(
      Family family,
      String command,
      Optional<Path> directory,
      Consumer<String> notices,
      CommandLimits terms,
      Optional<PrivateNamespace> namespace) {
    this.namespace = namespace;
    this.family = family;
    this.command = command;
    this.directory = directory;
    this.notices = notices;
    this.terms = terms;
    this.lock = new Lock(terms);
  }

  /**
   * The commands of a family.
   *
   * @param iptables the IPv4 command as the user named it, {@code /usr/sbin/iptables-legacy}; its
   *     siblings ({@code ip6tables-legacy-save}, …) stand beside it. A name without a directory is
   *     looked up on PATH, and nothing is {@code iptables}
   * @param notices what to tell the user while waiting
   */
  public static Iptables of(Family family, Optional<Path> iptables, Consumer<String> notices) {
    return of(family, iptables, notices, CommandLimits.ofHost());
  }

  /** The same on other terms, for tests. */
  static Iptables of(
      Family family, Optional<Path> iptables, Consumer<String> notices, CommandLimits terms) {
    // The root directory has no name of a file.
    String name =
        iptables
            .map(path -> Objects.requireNonNullElse(path.getFileName(), path).toString())
            .orElse("iptables");
    String command =
        family == Family.IPV6 && name.startsWith("iptables")
            ? "ip6tables" + name.substring("iptables".length())
            : name;
    return new Iptables(
        family,
        command,
        iptables
            .filter(path -> path.getParent() != null)
            .map(path -> path.toAbsolutePath().getParent()),
        notices,
        terms,
        Optional.empty());
  }

  /** The same commands, run inside a namespace. */
  public Iptables inside(PrivateNamespace inside) {
    CommandLimits there = terms.with(inside.lockFile());
    Iptables same = new Iptables(family, command, directory, notices, there, Optional.of(inside));
    same.backend = backend;
    return same;
  }

  /** Has every restore hold a lock until its end. */
  public Iptables holding(RestoreLock held) {
    restoreLock = Optional.of(held);
    return this;
  }

  private Command command(List<String> words) {
    if (namespace.isEmpty()) {
      return new Command(words);
    }
    List<String> whole = namespace.get().enter();
    whole.addAll(words);
    return new Command(whole).variable("XTABLES_LOCKFILE", terms.lockFile().toString());
  }

  /** The command that prints the ruleset, for messages. */
  public String saveCommand() {
    return command + "-save";
  }

  /** The command that changes the ruleset, for messages. */
  public String restoreCommand() {
    return command + "-restore";
  }

  private String program(String name) throws HostException {
    if (directory.isEmpty()) {
      return Programs.find(name).toString();
    }
    Path file = directory.get().resolve(name);
    if (!Files.isExecutable(file)) {
      throw new HostException(
          Kind.MISSING,
          PrintableText.of(file.toString())
              + " is not there, or can't be run: --iptables names the IPv4 command, and its"
              + " siblings (ip6tables, -save, -restore) must stand beside it");
    }
    return file.toString();
  }

  /** Backend and version, asked once. */
  public Backend backend() throws HostException {
    if (backend.isEmpty()) {
      Command.Result result = read(List.of(program(command), "-V"));
      backend = Backend.parse(result.output());
      if (backend.isEmpty()) {
        throw new HostException(
            Kind.FAILED,
            command
                + " -V printed no version, so it is not iptables: \""
                + beginning(result.output())
                + "\"");
      }
    }
    return backend.get();
  }

  /** A ruleset, and the text it was read from, which may have to serve as evidence. */
  public record Dump(String text, Ruleset ruleset) {}

  /**
   * The whole live ruleset with its counters.
   *
   * <p>On legacy under the xtables lock: iptables-save takes none itself, and in the middle of
   * another program's commit every counter reads as zero.
   */
  public Dump dump() throws HostException {
    List<String> words = new ArrayList<>();
    String save = program(saveCommand());
    if (!isNft(save) && KnownBug.SAVES_WITHOUT_LOCK.isIn(backend(), family)) {
      words.addAll(lock.prefix());
    }
    words.addAll(List.of(save, "-c"));
    Command.Result result = read(words);
    try {
      Dump dump = new Dump(result.output(), SaveParser.parse(result.output()));
      if (backend.isEmpty()) {
        backend = dump.ruleset().backend().filter(said -> said.kind() == Backend.Kind.NFT);
      }
      return dump;
    } catch (BadDumpException e) {
      throw new HostException(
          Kind.FAILED,
          "what "
              + saveCommand()
              + " printed can't be trusted: line "
              + e.line()
              + ": "
              + Words.display(e.getMessage()));
    }
  }

  /**
   * What stands in the other backend, which this command can't see though every packet passes both:
   * a sentence about it, or nothing where there are no rules or it can't be told. It is a hint, and
   * no failure of it is one of acct's.
   */
  public Optional<String> otherBackend() throws HostException {
    String base = family == Family.IPV4 ? "iptables" : "ip6tables";
    Backend.Kind other =
        backend().kind() == Backend.Kind.NFT ? Backend.Kind.LEGACY : Backend.Kind.NFT;
    if (other == Backend.Kind.LEGACY && !OtherBackend.hasLegacyTables(family, namespace)) {
      return Optional.empty();
    }
    String save = base + "-" + other.label() + "-save";
    Optional<Path> program =
        directory.isEmpty()
            ? Programs.lookUp(save)
            : Optional.of(directory.get().resolve(save)).filter(Files::isExecutable);
    if (program.isEmpty()) {
      return Optional.empty();
    }
    try {
      Command.Result result =
          command(List.of(program.get().toString()))
              .limit(terms.readLimit())
              .limit(terms.mostOutput())
              .run();
      return OtherBackend.told(base + "-" + other.label(), result.output());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether a command is surely that of nft, before anything is asked: one program behind links has
   * all of its commands. A dump of it tells the version then.
   */
  private static boolean isNft(String program) {
    try {
      Path file = Path.of(program).toRealPath().getFileName();
      return file != null && file.toString().equals("xtables-nft-multi");
    } catch (IOException e) {
      return false;
    }
  }

  private Command.Result read(List<String> words) throws HostException {
    Command.Result result;
    try {
      result = command(words).limit(terms.readLimit()).limit(terms.mostOutput()).run();
    } catch (IOException e) {
      throw new HostException(
          Kind.FAILED, PrintableText.of("can't run " + words.get(0) + ": " + e.getMessage()));
    }
    String name = PrintableText.of(Path.of(words.get(words.size() - 2)).getFileName().toString());
    if (result.stopped().isPresent()) {
      throw new HostException(Kind.FAILED, name + " " + unheard(result.stopped().get()));
    }
    if (result.exitStatus() != 0) {
      throw Failure.of(name, result, lock);
    }
    return result;
  }

  private String unheard(Command.Stop stop) {
    return switch (stop) {
      case TOO_LONG -> "gave no answer in " + terms.readLimit().toSeconds() + " seconds";
      case TOO_MUCH -> "printed more than " + (terms.mostOutput() >> 20) + " MB";
    };
  }

  private static String beginning(String output) {
    String text = Words.display(output.strip());
    return text.length() <= 100 ? text : text.substring(0, 99) + "…";
  }

  /**
   * Runs {@code iptables-restore --noflush --counters} on a transaction that {@link Script} has
   * written, and waits for its end, however long that takes.
   *
   * @throws HostException where it was refused; nothing of it stands then
   */
  void restore(String script) throws HostException {
    List<String> words = new ArrayList<>();
    words.add(Programs.find("setsid").toString());
    if (namespace.isEmpty()) {
      restoreLock.ifPresent(held -> words.addAll(held.prefix()));
    }
    boolean waits = !KnownBug.RESTORES_WITHOUT_LOCK.isIn(backend(), family);
    if (!waits) {
      words.addAll(lock.prefix());
    }
    words.addAll(List.of(program(restoreCommand()), "--noflush", "--counters"));
    if (waits) {
      words.addAll(List.of("--wait", lock.seconds()));
    }
    Command.Result result;
    Unbroken guard = Unbroken.begin(restoreCommand(), notices);
    try {
      result = command(words).input(script).run();
    } catch (IOException e) {
      throw new HostException(
          Kind.FAILED, PrintableText.of("can't run " + restoreCommand() + ": " + e.getMessage()));
    } finally {
      guard.end();
    }
    if (result.exitStatus() != 0) {
      HostException failure = Failure.of(restoreCommand(), result, lock);
      throw new RestoreFailure(
          failure.kind(),
          failure.getMessage() + FailedLine.of(script, result.errors()),
          PrintableText.lines(Utf8Bytes.decode(result.errors().strip())),
          FailedLine.number(script, result.errors()));
    }
  }

  public Family family() {
    return family;
  }
}
