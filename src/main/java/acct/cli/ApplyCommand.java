package acct.cli;

import acct.host.HostException;
import acct.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code acct apply}: makes the kernel agree with the policies. */
final class ApplyCommand implements Command {
  @Override
  public String name() {
    return "apply";
  }

  @Override
  public String summary() {
    return "Make the kernel agree with the policies, by the smallest change.";
  }

  @Override
  public String operands() {
    return "POLICY…";
  }

  @Override
  public List<Flag> flags() {
    List<Flag> flags =
        new ArrayList<>(
            List.of(
                Flag.toggle("dry-run", "Show the plan and do nothing."),
                Planning.REHEARSE,
                Flag.toggle(
                    "no-rehearsal",
                    "Don't try the plan in a private network namespace before it is carried out.")));
    flags.addAll(Planning.FLAGS);
    flags.addAll(Policies.FLAGS);
    flags.addAll(State.FLAGS);
    return flags;
  }

  @Override
  public String details() {
    return """
        Prints the plan, carries it out, reads again and checks that nothing is left
        to do. With nothing to do it runs no iptables-restore. What fails in the middle
        is undone. The journal in the state directory keeps what was done, and the last
        values of counters that ended: see acct log, acct undo.
        """;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    Planning planning = Planning.begin(arguments, console);
    if (arguments.has("dry-run")) {
      return PlanCommand.run(planning, arguments);
    }
    try (State state = State.open(name(), arguments, console)) {
      Plan plan =
          planning
              .reconciler(Optional.of(state), !arguments.has("no-rehearsal"))
              .apply(planning::show);
      if (plan.isRefused()) {
        return planning.status(plan);
      }
      if (plan.isChanged()) {
        console.notice("applied and verified");
      }
      return ExitStatus.OK;
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }
}
