package acct.cli;

import acct.dataplane.Dataplane;
import acct.host.HostException;
import acct.reconcile.Keeping;
import acct.reconcile.Recovery;
import acct.reconcile.Undo;
import acct.reconcile.UndoOutcome;
import acct.render.LogView;
import acct.state.JournalEntry;
import acct.state.JournalReader;
import acct.state.Logged;
import acct.state.StateDirectory;
import acct.text.PrintableText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** {@code acct undo}: takes the last apply back. */
final class UndoCommand implements Command {
  @Override
  public String name() {
    return "undo";
  }

  @Override
  public String summary() {
    return "Take the last apply back, with the last values of the counters it ended.";
  }

  @Override
  public String operands() {
    return "";
  }

  @Override
  public List<Flag> flags() {
    List<Flag> flags =
        new ArrayList<>(
            List.of(
                Flag.toggle("dry-run", "Show what an undo would do."),
                ShowCommand.UTC,
                Planning.IPTABLES));
    flags.add(State.DIRECTORY);
    flags.add(State.LOCK_TIMEOUT);
    return flags;
  }

  @Override
  public String details() {
    return """
        It fits only while acct's rules are just what that apply left (else exit 5),
        and needs the journal. Packets between the apply and the undo are in no rule
        that comes back: its counter goes on from the value it had when it went.
        """;
  }

  @Override
  public boolean changesRules() {
    return true;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    try (State state = State.open(name(), arguments, console)) {
      Dataplane dataplane = Planning.dataplane(arguments, console, state);
      Keeping keeping = state.keeping(name(), List.of(), dataplane, console);
      if (!arguments.has("dry-run")) {
        Recovery.run(dataplane, keeping, console::noticeLines);
      }
      JournalEntry last = last(arguments);
      LogView view = new LogView(ShowCommand.times(arguments));
      console.out().print(view.of(List.of(last)));
      if (arguments.has("dry-run")) {
        Undo.check(last, dataplane);
        console.out().print("An undo would do:\n" + view.back(last));
        return ExitStatus.OK;
      }
      console.out().flush();
      Planning.checkShown(console, "undone");
      if (keeping.journal().isEmpty() || keeping.totals().isEmpty()) {
        throw new CommandFailure(
            ExitStatus.ERROR,
            "the state directory can't be used, and undo needs the journal in it: nothing was done");
      }
      Undo undo =
          new Undo(
              dataplane, keeping.journal().get(), keeping.totals().get(), console::noticeLines);
      Optional<CommandFailure> failure = undo.run(last).match(FAILURE);
      if (failure.isPresent()) {
        throw failure.get();
      }
      console.done("undone and verified");
      return ExitStatus.OK;
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }

  /** What an outcome fails with; nothing for one that is a success. */
  private static final UndoOutcome.Cases<Optional<CommandFailure>> FAILURE =
      new UndoOutcome.Cases<>() {
        @Override
        public Optional<CommandFailure> undone(UndoOutcome.Undone outcome) {
          return Optional.empty();
        }

        @Override
        public Optional<CommandFailure> undoneWithDifference(
            UndoOutcome.UndoneWithDifference outcome) {
          return Optional.of(CommandFailure.ofLines(ExitStatus.ERROR, outcome.message()));
        }

        @Override
        public Optional<CommandFailure> partlyUndone(UndoOutcome.PartlyUndone outcome) {
          return Optional.of(CommandFailure.ofLines(ExitStatus.ERROR, outcome.message()));
        }

        @Override
        public Optional<CommandFailure> nothingDone(UndoOutcome.NothingDone outcome) {
          return Optional.of(
              CommandFailure.ofLines(Planning.status(outcome.cause()), outcome.message()));
        }
      };

  private static JournalEntry last(Arguments arguments) throws HostException {
    Entries entries = new Entries();
    JournalReader reader = LogCommand.read(arguments, entries::add, line -> {});
    if (reader.isLastDamaged()) {
      throw new HostException(
          HostException.Kind.FAILED,
          "the line about the last apply in "
              + PrintableText.of(StateDirectory.journalIn(State.path(arguments)).path().toString())
              + " is damaged, so there is no way back to be trusted: nothing was undone. Put the"
              + " policy back as it was, and acct apply it");
    }
    return Undo.last(new ArrayList<>(entries.kept));
  }

  /** The last entries: of those before the one that may be undone, the outline is enough. */
  private static final class Entries {
    private static final int MOST = 10_000;

    private final Deque<JournalEntry> kept = new ArrayDeque<>();

    void add(Logged logged) {
      if (logged instanceof JournalEntry entry) {
        if (entry.stands() && !kept.isEmpty()) {
          outlineLast();
        }
        kept.add(entry.stands() ? entry : entry.outline());
        if (kept.size() > MOST) {
          kept.removeFirst();
        }
      }
    }

    /** Makes the last entry that stands an outline, and those behind it are outlines already. */
    private void outlineLast() {
      List<JournalEntry> behind = new ArrayList<>();
      while (!kept.isEmpty() && !kept.getLast().stands()) {
        behind.add(0, kept.removeLast());
      }
      if (!kept.isEmpty()) {
        kept.add(kept.removeLast().outline());
      }
      kept.addAll(behind);
    }
  }
}
