package acct.cli;

import acct.host.HostException;
import acct.host.HostOwners;
import acct.reconcile.ApplyOutcome;
import acct.reconcile.Reconciler;
import acct.state.SavedPlan;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code acct apply}: makes the kernel agree with the policies. */
final class ApplyCommand implements Command {
  /** Of a plan with some 500,000 changes. */
  private static final long MOST_PLAN_BYTES = 256L << 20;

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
    return "POLICY…|PLAN.json";
  }

  @Override
  public List<Flag> flags() {
    List<Flag> flags =
        new ArrayList<>(
            List.of(
                Flag.toggle("dry-run", "Show the plan and do nothing."),
                Planning.YES,
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
  public boolean changesRules() {
    return true;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    Optional<SavedPlan> saved = saved(arguments);
    if (saved.isPresent()) {
      return apply(saved.get(), arguments, console);
    }
    if (arguments.has("dry-run")) {
      return PlanCommand.run(Planning.begin(arguments, console), arguments);
    }
    SavedPlan.Inputs inputs = Policies.inputs(arguments, console);
    try (HostAhead host = HostAhead.begin(name(), arguments, console)) {
      return apply(inputs, host, arguments, console);
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }

  private static int apply(
      SavedPlan.Inputs inputs, HostAhead host, Arguments arguments, Console console)
      throws UsageException, CommandFailure, HostException {
    QuietApply quiet = QuietApply.of(inputs, arguments, console);
    if (quiet.isExpected() && quiet.recalled(host.opened(console))) {
      return ExitStatus.OK;
    }
    AskedOwners owners = new AskedOwners(new HostOwners());
    Planning planning = Planning.begin(arguments, console, Policies.load(inputs, owners));
    HostAhead.Opened opened = host.opened(console);
    ApplyOutcome outcome =
        planning
            .reconciler(opened, !arguments.has("no-rehearsal"), planning.intent())
            .apply(planning::showFirst);
    if (outcome instanceof ApplyOutcome.NothingToDo nothing && !owners.wereAsked()) {
      quiet.remember(opened, planning, nothing);
    }
    return status(outcome, planning, console);
  }

  /**
   * The exit status of an outcome.
   *
   * @throws CommandFailure where it is a failure
   */
  private static int status(ApplyOutcome outcome, Planning planning, Console console)
      throws CommandFailure {
    Optional<CommandFailure> failure = outcome.match(FAILURE);
    if (failure.isPresent()) {
      throw failure.get();
    }
    if (outcome instanceof ApplyOutcome.Applied) {
      console.done("applied and verified");
    }
    return planning.status(outcome.plan());
  }

  /** What an outcome fails with; nothing for one that is none of a failure. */
  private static final ApplyOutcome.Cases<Optional<CommandFailure>> FAILURE =
      new ApplyOutcome.Cases<>() {
        @Override
        public Optional<CommandFailure> nothingToDo(ApplyOutcome.NothingToDo outcome) {
          return Optional.empty();
        }

        @Override
        public Optional<CommandFailure> refused(ApplyOutcome.Refused outcome) {
          return Optional.empty();
        }

        @Override
        public Optional<CommandFailure> applied(ApplyOutcome.Applied outcome) {
          return Optional.empty();
        }

        @Override
        public Optional<CommandFailure> appliedWithDamage(ApplyOutcome.AppliedWithDamage outcome) {
          return Optional.of(CommandFailure.ofLines(ExitStatus.ERROR, outcome.message()));
        }

        @Override
        public Optional<CommandFailure> rolledBack(ApplyOutcome.RolledBack outcome) {
          int status = Planning.status(outcome.cause());
          return Optional.of(CommandFailure.ofLines(status, outcome.message()));
        }

        @Override
        public Optional<CommandFailure> partlyApplied(ApplyOutcome.PartlyApplied outcome) {
          return Optional.of(CommandFailure.ofLines(ExitStatus.ERROR, outcome.message()));
        }
      };

  /** The plan of {@code apply PLAN.json}. */
  private static Optional<SavedPlan> saved(Arguments arguments)
      throws UsageException, CommandFailure {
    List<String> operands = arguments.operands();
    boolean named = operands.stream().anyMatch(operand -> operand.endsWith(".json"));
    if (!named) {
      return Optional.empty();
    }
    boolean alone =
        operands.size() == 1
            && arguments.values("set").isEmpty()
            && arguments.values("values").isEmpty();
    if (!alone) {
      throw new UsageException(
          "a saved plan contains its policies and values: give it alone, without --set and --values");
    }
    String file = operands.get(0);
    try {
      Path path = Path.of(file);
      Optional<SavedPlan> saved =
          Files.size(path) > MOST_PLAN_BYTES
              ? Optional.empty()
              : SavedPlan.read(Files.readString(path));
      if (saved.isEmpty()) {
        throw noPlan(file);
      }
      return saved;
    } catch (CharacterCodingException e) {
      throw noPlan(file);
    } catch (NoSuchFileException e) {
      throw new CommandFailure(ExitStatus.ERROR, "there is no file " + file);
    } catch (IOException e) {
      throw new CommandFailure(ExitStatus.ERROR, "can't read " + file + ": " + e.getMessage());
    }
  }

  private static CommandFailure noPlan(String file) {
    return new CommandFailure(
        ExitStatus.INVALID, file + " is no plan that acct plan --out has saved, or it is damaged");
  }

  /** Those that a plan was made from, which were valid then. */
  private static Policies policies(SavedPlan saved, String file, Console console)
      throws CommandFailure {
    try {
      Policies policies = Policies.load(saved.inputs(), new HostOwners());
      if (!policies.areValid()) {
        console.notice("the policies in " + file + " are not valid, or not any more");
      }
      return policies;
    } catch (UsageException e) {
      throw noPlan(file);
    } catch (CommandFailure e) {
      throw new CommandFailure(e.exitStatus(), "in " + file + ": " + e.getMessage());
    }
  }

  private int apply(SavedPlan saved, Arguments arguments, Console console)
      throws UsageException, CommandFailure {
    List<String> changed = Policies.changed(saved.inputs());
    if (!changed.isEmpty()) {
      throw new CommandFailure(
          ExitStatus.STALE,
          "the saved plan is stale: "
              + String.join(", ", changed)
              + " has changed since; nothing was done, plan again");
    }
    Planning planning =
        Planning.begin(arguments, console, policies(saved, arguments.operands().get(0), console));
    if (arguments.has("dry-run")) {
      throw new UsageException("--dry-run takes policies; a saved plan is its own JSON: read that");
    }
    try (HostAhead host = HostAhead.begin(name(), arguments, console)) {
      Reconciler reconciler =
          planning.reconciler(host.opened(console), !arguments.has("no-rehearsal"), saved.intent());
      return status(reconciler.apply(saved, planning::showFirst), planning, console);
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }
}
