package acct.cli;

import acct.host.HostException;
import acct.render.LogView;
import acct.state.JournalEntry;
import acct.state.JournalFile;
import acct.state.JournalReader;
import acct.state.Logged;
import acct.state.StateDirectory;
import acct.text.JsonText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** {@code acct log}: what acct did on this machine. */
final class LogCommand implements Command {
  private static final Flag OUTPUT =
      new Flag(
          "output",
          "FORMAT",
          "text (the default) or json: the journal's own lines, as far as they can be read.");

  private static final Flag LAST = new Flag("last", "N", "Only the last N entries.", "n");

  private static final Flag CHAIN = new Flag("chain", "CHAIN", "Only entries about this chain.");

  private static final Flag DETAILS =
      Flag.toggle("details", "Every change and counter of each entry.");

  private static final int MOST_ENTRIES = 1_000_000;

  @Override
  public String name() {
    return "log";
  }

  @Override
  public String summary() {
    return "Show what was applied, undone and set to zero here.";
  }

  @Override
  public String operands() {
    return "";
  }

  @Override
  public List<Flag> flags() {
    return List.of(LAST, CHAIN, DETAILS, OUTPUT, ShowCommand.UTC, State.DIRECTORY);
  }

  @Override
  public String details() {
    return """
        A line for each apply: + new, ~ changed, > moved, - removed, and how many
        counters ended or were carried. --details shows each with its last value.
        """;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    String output = arguments.value("output").orElse("text");
    if (!List.of("text", "json").contains(output)) {
      throw new UsageException("--output is text or json, not \"" + output + "\"");
    }
    try {
      Book book = new Book(console, arguments, output.equals("json"));
      JournalReader reader = read(arguments, book::entry, book::line);
      book.finish();
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
    private final boolean detailed;
    private final Optional<String> chain;
    private final Optional<Integer> most;
    private final LogView view;
    private final Deque<String> last = new ArrayDeque<>();
    private final Set<String> asked = new HashSet<>();
    private boolean isEmpty = true;

    Book(Console console, Arguments arguments, boolean asJson) throws UsageException {
      this.console = console;
      this.asJson = asJson;
      this.detailed = arguments.has(DETAILS.name());
      this.chain = arguments.value(CHAIN.name());
      this.most = most(arguments);
      this.view = new LogView(ShowCommand.times(arguments));
    }

    private static Optional<Integer> most(Arguments arguments) throws UsageException {
      Optional<String> given = arguments.value(LAST.name());
      if (given.isEmpty()) {
        return Optional.empty();
      }
      try {
        int number = Integer.parseInt(given.get());
        if (number >= 1 && number <= MOST_ENTRIES) {
          return Optional.of(number);
        }
      } catch (NumberFormatException e) {
        throw new UsageException("-n takes a number, not \"" + given.get() + "\"");
      }
      throw new UsageException("-n is 1 to " + MOST_ENTRIES);
    }

    void entry(Logged entry) {
      isEmpty = false;
      if (asJson || chain.isPresent() && !isAsked(entry, chain.get())) {
        return;
      }
      if (detailed) {
        print(view.of(List.of(entry)));
      } else {
        view.summary(entry).ifPresent(this::print);
      }
    }

    /** An undo is about what it takes back. */
    private boolean isAsked(Logged logged, String name) {
      if (!(logged instanceof JournalEntry entry)) {
        return LogView.isOf(logged, name);
      }
      boolean isOf = LogView.isOf(entry, name) || entry.undoes().map(asked::contains).orElse(false);
      if (isOf) {
        asked.add(entry.id());
      }
      return isOf;
    }

    void line(String line) {
      if (asJson && !line.isBlank()) {
        print(JsonText.of(line.strip()) + "\n");
      }
    }

    /** At once, or at the end where only the last are asked for. */
    private void print(String text) {
      if (most.isEmpty()) {
        write(text);
        return;
      }
      last.add(text);
      if (last.size() > most.get()) {
        last.remove();
      }
    }

    private void write(String text) {
      if (!console.out().checkError()) {
        console.out().print(text);
      }
    }

    void finish() {
      last.forEach(this::write);
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
