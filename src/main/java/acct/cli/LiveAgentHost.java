package acct.cli;

import acct.agent.AgentHost;
import acct.agent.AgentStatus;
import acct.agent.AgentStatusJson;
import acct.compile.Desired;
import acct.counter.KnownNames;
import acct.dataplane.Dataplane;
import acct.dataplane.Snapshot;
import acct.diagnostic.Diagnostic;
import acct.host.HostException;
import acct.host.HostOwners;
import acct.netfilter.DumpHash;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Words;
import acct.plan.Intent;
import acct.plan.Plan;
import acct.policy.AgentConfig;
import acct.reconcile.ApplyOutcome;
import acct.reconcile.Keeping;
import acct.reconcile.Reconciler;
import acct.reconcile.SnapshotTotals;
import acct.render.EventText;
import acct.state.JournalText;
import acct.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** This machine, as the agent works on it. */
final class LiveAgentHost implements AgentHost {
  private final AgentConfig config;
  private final Arguments arguments;
  private final Console console;
  private final Path directory;
  private Optional<Desired> desired = Optional.empty();
  private List<JournalText.SourceFile> sources = List.of();

  /**
   * This machine.
   *
   * @param directory of the state
   */
  LiveAgentHost(AgentConfig config, Arguments arguments, Console console, Path directory) {
    this.config = config;
    this.arguments = arguments;
    this.console = console;
    this.directory = directory;
  }

  @Override
  public String policies() {
    StringBuilder all = new StringBuilder();
    for (String operand : config.policies()) {
      Path path = Path.of(operand);
      try {
        // A directory that git deploys is exchanged by its link.
        Path real = path.toRealPath();
        stamp(real, all);
        if (Files.isDirectory(real)) {
          try (Stream<Path> files = Files.list(real)) {
            for (Path file : files.sorted().toList()) {
              stamp(file, all);
            }
          }
        }
      } catch (IOException e) {
        all.append(path).append(" is not there\n");
      }
    }
    return all.toString();
  }

  private static void stamp(Path file, StringBuilder all) throws IOException {
    BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
    all.append(file).append(' ').append(is.lastModifiedTime()).append(' ').append(is.size());
    all.append(' ').append(is.fileKey()).append('\n');
  }

  @Override
  public List<String> load() {
    try {
      Policies policies = Policies.load(config.policies(), arguments, new HostOwners(), console);
      if (policies.areValid()) {
        desired = Optional.of(policies.desired());
        sources = policies.sources();
        return List.of();
      }
      return errors(policies.findings());
    } catch (CommandFailure | UsageException e) {
      return List.of(e.getMessage());
    }
  }

  @Override
  public String rules() throws HostException {
    return name(Planning.dataplane(arguments, console).read(Set.of()));
  }

  private static String name(Snapshot snapshot) {
    StringBuilder name = new StringBuilder();
    for (LiveRuleset one : snapshot.live()) {
      String text = snapshot.texts().getOrDefault(one.family(), "");
      boolean isPlain = DumpHash.isPlain(one.ruleset());
      // Without a name of its own it is compared each time.
      name.append(one.family().label()).append(isPlain ? DumpHash.of(text) : Instant.now());
    }
    return name.toString();
  }

  @Override
  public Compared compare(AgentConfig.Mode mode) throws HostException {
    try {
      return mode == AgentConfig.Mode.OBSERVE ? observed() : enforced();
    } catch (UsageException e) {
      return new Compared.Failed(e.getMessage());
    }
  }

  private Compared observed() throws HostException {
    Dataplane dataplane = Planning.dataplane(arguments, console);
    Reconciler reconciler =
        new Reconciler(
            desired.orElseThrow(),
            new Intent(config.prune()),
            dataplane,
            Keeping.NOTHING,
            false,
            State.knownNames(arguments),
            event -> EventText.of(event).forEach(this::say));
    // Named before the plan reads them: what changes between the two is compared once more.
    String rules = rules();
    Plan plan = reconciler.plan();
    if (plan.isRefused()) {
      return new Compared.Refused(errors(plan.diagnostics()));
    }
    return plan.isChanged() ? new Compared.Drift(addresses(plan)) : new Compared.InSync(rules);
  }

  private Compared enforced() throws UsageException, HostException {
    try (State state = State.open("agent", arguments, console)) {
      if (paused().filter(until -> until.isAfter(Instant.now())).isPresent()) {
        return new Compared.Paused();
      }
      Dataplane dataplane = Planning.dataplane(arguments, console, state);
      Reconciler reconciler =
          new Reconciler(
              desired.orElseThrow(),
              new Intent(config.prune()),
              dataplane,
              state.keeping("agent", sources, dataplane, console),
              true,
              KnownNames.NONE,
              event -> EventText.of(event).forEach(this::say));
      return reconciler.apply(plan -> {}).match(RESULT);
    }
  }

  private static final ApplyOutcome.Cases<Compared> RESULT =
      new ApplyOutcome.Cases<>() {
        @Override
        public Compared nothingToDo(ApplyOutcome.NothingToDo outcome) {
          return new Compared.InSync(name(outcome.read()));
        }

        @Override
        public Compared refused(ApplyOutcome.Refused outcome) {
          return new Compared.Refused(errors(outcome.plan().diagnostics()));
        }

        @Override
        public Compared applied(ApplyOutcome.Applied outcome) {
          return new Compared.Corrected(addresses(outcome.plan()), "");
        }

        @Override
        public Compared appliedWithDamage(ApplyOutcome.AppliedWithDamage outcome) {
          return new Compared.Corrected(addresses(outcome.plan()), outcome.message());
        }

        @Override
        public Compared rolledBack(ApplyOutcome.RolledBack outcome) {
          return new Compared.Failed(outcome.message());
        }

        @Override
        public Compared partlyApplied(ApplyOutcome.PartlyApplied outcome) {
          return new Compared.Failed(outcome.message());
        }
      };

  private static List<String> errors(List<Diagnostic> found) {
    List<Diagnostic> errors = new ArrayList<>(found);
    errors.removeIf(one -> !one.isError());
    return Report.lines(errors);
  }

  private static List<String> addresses(Plan plan) {
    List<String> addresses = new ArrayList<>();
    plan.changes().forEach(change -> addresses.add(Words.display(change.address().toString())));
    return addresses;
  }

  @Override
  public void snapshot() throws HostException {
    try (State state = State.open("agent", arguments, console)) {
      if (state.directory().isPresent()) {
        Dataplane dataplane = Planning.dataplane(arguments, console, state);
        SnapshotTotals.run(
            dataplane, state.keeping("snapshot", List.of(), dataplane, console), this::say);
      }
    } catch (UsageException e) {
      throw new HostException(HostException.Kind.FAILED, e.getMessage());
    }
  }

  @Override
  public Optional<Instant> paused() {
    return PauseCommand.until(directory);
  }

  @Override
  public void publish(AgentStatus status) {
    try {
      StateDirectory.agentIn(directory).write(AgentStatusJson.write(status, true));
    } catch (HostException e) {
      say("the status can't be written: " + e.getMessage());
    }
  }

  @Override
  public void say(String message) {
    console.noticeLines(message);
    console.err().flush();
  }
}
