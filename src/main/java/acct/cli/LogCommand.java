package acct.cli;

import acct.host.HostException;
import acct.host.StateDirectory;
import acct.view.JournalEntry;
import acct.view.LogView;
import java.nio.file.Files;
import java.util.List;

/** {@code acct log}: what acct did on this machine. */
final class LogCommand implements Command {
  private static final Flag OUTPUT =
      new Flag(
          "output",
          "FORMAT",
          "text (the default) or json: the journal's own lines, as far as they can be read.");

  @Override
  public String name() {
    return "log";
  }

  @Override
  public String summary() {
    return "Show what was applied and undone here, with the last values of ended counters.";
  }

  @Override
  public String operands() {
    return "";
  }

  @Override
  public List<Flag> flags() {
    return List.of(OUTPUT, State.DIRECTORY);
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    String output = arguments.value("output").orElse("text");
    if (!List.of("text", "json").contains(output)) {
      throw new UsageException("--output is text or json, not \"" + output + "\"");
    }
    try {
      List<String> lines = lines(arguments);
      JournalEntry.Book book = JournalEntry.read(lines);
      if (book.unreadable() > 0) {
        console.notice(
            book.unreadable()
                + " lines of the journal can't be read (torn by a crash, or of a later version)");
      }
      if (output.equals("json")) {
        JournalEntry.json(lines).forEach(console.out()::println);
      } else {
        console.out().print(LogView.of(book.all()));
        if (book.all().isEmpty()) {
          console.notice(
              "the journal in " + State.path(arguments) + " is empty: nothing was applied yet");
        }
      }
      return ExitStatus.OK;
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }

  /** Reading needs no writable directory, and makes none. */
  static List<String> lines(Arguments arguments) throws HostException {
    return Files.isDirectory(State.path(arguments))
        ? StateDirectory.journalIn(State.path(arguments)).lines()
        : List.of();
  }
}
