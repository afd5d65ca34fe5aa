package acct.cli;

import acct.host.HostException;
import acct.plan.Plan;
import acct.reconcile.Reconciler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code acct plan}: shows what apply would do. */
final class PlanCommand implements Command {
  static final Flag AGAINST =
      new Flag(
          "against",
          "DUMP",
          "Compare with a dump of iptables-save -c (- for standard input) and not with this"
              + " machine; ipv4=FILE or ipv6=FILE where the dump has no header. May be given once"
              + " for each family; then only those are planned.");

  private static final Flag OUT =
      new Flag("out", "FILE", "Save the plan, to be carried out by acct apply FILE.");

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public String summary() {
    return "Show what has to change, and what becomes of each counter.";
  }

  @Override
  public String operands() {
    return "POLICY…";
  }

  @Override
  public List<Flag> flags() {
    List<Flag> flags = new ArrayList<>(List.of(AGAINST, OUT, Planning.REHEARSE, State.DIRECTORY));
    flags.addAll(Planning.FLAGS);
    flags.addAll(Policies.FLAGS);
    return flags;
  }

  @Override
  public String details() {
    return """
        POLICY is a file, or a directory of *.yaml files. With --against, a plan needs
        no root, no iptables and no state: only the policy and the dump.
        """;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    return run(Planning.begin(arguments, console), arguments);
  }

  /** Plans and prints, also for {@code apply --dry-run}. */
  static int run(Planning planning, Arguments arguments) throws UsageException, CommandFailure {
    try {
      List<String> dumps = arguments.values("against");
      Reconciler reconciler = planning.reconciler(arguments.has("rehearse"));
      Plan plan = dumps.isEmpty() ? reconciler.plan() : reconciler.plan(planning.against(dumps));
      planning.show(plan);
      Optional<String> out = arguments.value("out");
      if (out.isPresent() && !plan.isRefused()) {
        planning.save(plan, Path.of(out.get()));
      }
      return planning.status(plan);
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }
}
