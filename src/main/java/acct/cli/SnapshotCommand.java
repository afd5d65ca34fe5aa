package acct.cli;

import acct.counter.Ledger;
import acct.dataplane.Dataplane;
import acct.host.HostException;
import acct.reconcile.Keeping;
import acct.reconcile.SnapshotTotals;
import java.util.List;

/** {@code acct snapshot}: keeps the totals. */
final class SnapshotCommand implements Command {
  @Override
  public String name() {
    return "snapshot";
  }

  @Override
  public String summary() {
    return "Keep the totals of all of acct's counters, so that a reboot does not end them.";
  }

  @Override
  public String operands() {
    return "";
  }

  @Override
  public List<Flag> flags() {
    return List.of(Planning.IPTABLES, State.DIRECTORY, State.LOCK_TIMEOUT);
  }

  @Override
  public String details() {
    return """
        Needs no policy: what is acct's says its mark in the kernel. What was counted
        since the last snapshot is lost when the machine loses its power, so a timer
        runs it every five minutes (acct-snapshot.timer), and once at the shutdown.
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
      if (keeping.totals().isEmpty()) {
        throw new CommandFailure(
            ExitStatus.ERROR,
            "the state directory can't be used, and the totals have to be written there");
      }
      Ledger.Observed observed = SnapshotTotals.run(dataplane, keeping, console::notice);
      int counters = observed.ledger().entries().size();
      int resets = observed.resets().size();
      console.notice(
          "the totals of "
              + counters
              + (counters == 1 ? " counter are kept" : " counters are kept")
              + (resets == 0 ? "" : "; " + resets + " began anew since the last time (acct log)"));
      return ExitStatus.OK;
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }
}
