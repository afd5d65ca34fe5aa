package acct.cli;

import acct.host.HostException;
import acct.host.JournalFile;
import acct.host.StateDirectory;
import acct.text.JsonText;
import acct.view.JournalReader;
import acct.view.LogView;
import acct.view.Logged;
import java.util.List;
import java.util.function.Consumer;

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
      Book book = new Book(console, output.equals("json"));
      JournalReader reader = read(arguments, book::entry, book::line);
      int unreadable = reader.unreadableLines();
      if (unreadable > 0) {
        console.notice(
            (unreadable == 1
                    ? "1 line of the journal can't be read and is"
                    : unreadable + " lines of the journal can't be read and are")
                + " left out (torn by a crash, damaged, or of a later version): "
                + StateDirectory.journalIn(State.path(arguments)).path());
      }
      if (book.isEmpty && unreadable == 0 && output.equals("text")) {
        console.notice(
            "the journal in " + State.path(arguments) + " is empty: nothing was applied yet");
      }
      return ExitStatus.OK;
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }

  /** Prints the journal as it is read: it may be larger than memory. */
  private static final class Book {
    private final Console console;
    private final boolean asJson;
    private boolean isEmpty = true;

    Book(Console console, boolean asJson) {
      this.console = console;
      this.asJson = asJson;
    }

    void entry(Logged entry) {
      isEmpty = false;
      if (!asJson && !console.out().checkError()) {
        console.out().print(LogView.of(List.of(entry)));
      }
    }

    void line(String line) {
      if (asJson && !line.isBlank() && !console.out().checkError()) {
        console.out().println(JsonText.of(line.strip()));
      }
    }
  }

  /**
   * Reads the journal, and makes no directory for it.
   *
   * @param entries is given all entries, the oldest first
   * @param lines is given all lines that can be read
   */
  static JournalReader read(Arguments arguments, Consumer<Logged> entries, Consumer<String> lines)
      throws HostException {
    JournalReader reader = new JournalReader(entries);
    StateDirectory.journalIn(State.path(arguments))
        .read(
            new JournalFile.Reader() {
              @Override
              public void line(String line) {
                if (reader.line(line)) {
                  lines.accept(line);
                }
              }

              @Override
              public void unreadable() {
                reader.unreadable();
              }
            });
    reader.finish();
    return reader;
  }
}
