package acct.cli;

import acct.diagnostic.Spelling;
import acct.text.PrintableText;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;

/** The command {@code acct}. */
public final class Main {
  static final List<Command> COMMANDS =
      List.of(
          new PlanCommand(),
          new ApplyCommand(),
          new ShowCommand(),
          new WatchCommand(),
          new ZeroCommand(),
          new SnapshotCommand(),
          new RestoreCommand(),
          new ValidateCommand(),
          new UndoCommand(),
          new LogCommand(),
          new AgentCommand(),
          new StatusCommand(),
          new PauseCommand(),
          new ResumeCommand(),
          new DoctorCommand(),
          new ImportCommand(),
          new InitCommand(),
          new SchemaCommand(),
          new VersionCommand());

  /** Options of every command. */
  static final List<Flag> GLOBAL = List.of(Console.COLOR, Console.QUIET);

  private Main() {}

  /** Runs acct and ends the process with its exit status. */
  public static void main(String[] args) {
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    // The launcher knows which streams are terminals; Java does not.
    Console.Terminal terminal =
        new Console.Terminal(
            Boolean.getBoolean("acct.colour"),
            Boolean.getBoolean("acct.colour.errors"),
            Boolean.getBoolean("acct.interactive"));
    int status = run(List.of(args), new Console(System.in, out, err, terminal, false));
    out.flush();
    err.flush();
    System.exit(status);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }

  /** Runs acct, and returns its exit status. */
  public static int run(List<String> words, Console console) {
    int status = dispatch(words, console);
    // A PrintStream swallows its failures, and a result that is not whole must not look like one.
    if (console.out().checkError()) {
      console.notice(
          "standard output can't be written: the disk is full, or the reader has closed it; the result is"
              + " not whole");
      return status == ExitStatus.OK || status == ExitStatus.CHANGES ? ExitStatus.ERROR : status;
    }
    return status;
  }

  private static int dispatch(List<String> words, Console console) {
    if (words.isEmpty()) {
      console.err().print(Help.overview(COMMANDS));
      return ExitStatus.USAGE;
    }
    String name = words.get(0);
    List<String> rest = words.subList(1, words.size());
    if (List.of("help", "--help", "-h").contains(name)) {
      return help(rest, console);
    }
    if (name.equals("--version")) {
      return dispatch(List.of("version"), console);
    }
    for (Command command : COMMANDS) {
      if (command.name().equals(name)) {
        return run(command, rest, console);
      }
    }
    return unknown(name, console);
  }

  private static int unknown(String name, Console console) {
    List<String> names = COMMANDS.stream().map(Command::name).toList();
    String meant =
        Spelling.nearest(name, names).map(near -> "; did you mean \"" + near + "\"?").orElse("");
    console.notice("there is no command \"" + name + "\"" + meant + " See: acct help");
    return ExitStatus.USAGE;
  }

  private static int help(List<String> words, Console console) {
    if (words.isEmpty()) {
      console.out().print(Help.overview(COMMANDS));
      return ExitStatus.OK;
    }
    for (Command command : COMMANDS) {
      if (words.equals(List.of(command.name()))) {
        console.out().print(Help.of(command));
        return ExitStatus.OK;
      }
    }
    if (words.size() > 1) {
      console.notice("help takes one command. See: acct help");
      return ExitStatus.USAGE;
    }
    return unknown(words.get(0), console);
  }

  private static int run(Command command, List<String> words, Console console) {
    try {
      List<Flag> flags = new ArrayList<>(command.flags());
      flags.addAll(GLOBAL);
      Arguments arguments = Arguments.parse(flags, words);
      if (arguments.has("help")) {
        console.out().print(Help.of(command));
        return ExitStatus.OK;
      }
      return command.run(arguments, console.with(arguments));
    } catch (UsageException e) {
      console.notice(e.getMessage());
      console.err().println("usage: " + Help.usage(command));
      return ExitStatus.USAGE;
    } catch (CommandFailure e) {
      e.tell(console);
      return e.exitStatus();
    } catch (InvalidPathException e) {
      console.notice("not the name of a file: \"" + e.getInput() + "\": " + e.getReason());
      return ExitStatus.USAGE;
    } catch (RuntimeException e) {
      // Java would print the trace with whatever text is in its message.
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      console.notice("internal error: this is a bug of acct");
      console.err().print(PrintableText.lines(trace.toString()));
      return ExitStatus.ERROR;
    } catch (OutOfMemoryError e) {
      console.notice(
          "out of memory: Java may use "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB; give it more, as by ACCT_JAVA_OPTIONS=-Xmx2g"
              + standing(command));
      return ExitStatus.ERROR;
    } catch (StackOverflowError e) {
      console.notice(
          "too deeply nested for the memory of a thread; give it more, as by"
              + " ACCT_JAVA_OPTIONS=-Xss64m"
              + standing(command));
      return ExitStatus.ERROR;
    }
  }

  private static String standing(Command command) {
    return command.changesRules() ? "; what was done before stands in the journal: acct log" : "";
  }
}
