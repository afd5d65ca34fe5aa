package acct.cli;

import acct.dataplane.Dataplane;
import acct.host.HostException;
import acct.netfilter.Family;
import acct.reconcile.Boot;
import acct.reconcile.Keeping;
import java.util.ArrayList;
import java.util.List;

/** {@code acct restore}: brings acct's chains back after a boot. */
final class RestoreCommand implements Command {
  private final ApplyCommand apply = new ApplyCommand();

  @Override
  public String name() {
    return "restore";
  }

  @Override
  public String summary() {
    return "Bring acct's chains back after a boot; their totals go on.";
  }

  @Override
  public String operands() {
    return "[POLICY…]";
  }

  @Override
  public List<Flag> flags() {
    List<Flag> flags = new ArrayList<>(apply.flags());
    flags.removeIf(flag -> flag.name().equals("dry-run"));
    return flags;
  }

  @Override
  public String details() {
    return """
        Run it after the firewall's own units and before the network is up: what a
        counter has then, another program has restored from a file, and it is not
        added to the total again. Only acct's own chains and jumps are written, as the
        last snapshot found them; where they are there already, they stay. With
        policies, these are applied then.
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
            "the state directory can't be used, so nothing can be restored from it");
      }
      Boot.Done done = new Boot(dataplane, keeping, console::notice).run();
      tell(done, console);
      if (!done.missing().isEmpty() && arguments.operands().isEmpty()) {
        throw new CommandFailure(
            ExitStatus.ERROR,
            String.join(", ", done.missing())
                + " is not there, and others of acct's are: acct apply POLICY brings it back");
      }
    } catch (HostException e) {
      throw Planning.failure(e);
    }
    return arguments.operands().isEmpty() ? ExitStatus.OK : apply.run(arguments, console);
  }

  private static void tell(Boot.Done done, Console console) {
    List<String> told = new ArrayList<>();
    for (String place : done.restored()) {
      told.add(place + ": acct's chains are back");
    }
    for (Family family : done.present()) {
      told.add(family.label() + ": acct's chains are there");
    }
    int counters = done.observed().ledger().entries().size();
    told.add("the totals of " + counters + (counters == 1 ? " counter go on" : " counters go on"));
    console.notice(
        done.restored().isEmpty() && done.present().isEmpty()
            ? "there is nothing to bring back: no snapshot has found chains of acct's"
            : String.join("; ", told));
  }
}
