package acct.cli;

import acct.agent.AgentStatus;
import acct.agent.AgentStatusJson;
import acct.agent.Condition;
import acct.host.HostException;
import acct.render.TimeText;
import acct.state.StateDirectory;
import acct.text.PrintableText;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code acct status}: what the agent reports. */
final class StatusCommand implements Command {
  /** Reasons of a kernel that is not as it should be, where that is known and will be seen to. */
  private static final Set<String> PENDING = Set.of("Drift", "Waiting");

  @Override
  public String name() {
    return "status";
  }

  @Override
  public String summary() {
    return "Show whether the agent is at work and the kernel in sync.";
  }

  @Override
  public String operands() {
    return "";
  }

  @Override
  public List<Flag> flags() {
    return List.of(
        State.DIRECTORY,
        new Flag("output", "FORMAT", "text (the default) or json, with the conditions."),
        Flag.toggle("utc", "Write times in UTC, not in the local zone."));
  }

  @Override
  public String details() {
    return """
        Exit status: 0 in sync; 2 rules differ, and the agent reports or will correct it,
        or is paused; 1 otherwise: no agent, an invalid policy, a failure.
        """;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    String output = arguments.value("output").orElse("text");
    if (!Set.of("text", "json").contains(output)) {
      throw new UsageException("--output is text or json, not \"" + output + "\"");
    }
    try {
      Path path = State.path(arguments);
      boolean running = StateDirectory.hasAgent(path);
      Optional<AgentStatus> status =
          StateDirectory.agentIn(path).read().flatMap(AgentStatusJson::read);
      if (status.isEmpty()) {
        console.notice("no agent has reported to " + path + (running ? " yet" : ""));
        return ExitStatus.ERROR;
      }
      if (output.equals("json")) {
        console.out().print(AgentStatusJson.write(status.get(), running));
      } else {
        console.out().print(text(status.get(), running, ShowCommand.times(arguments)));
      }
      return exit(status.get(), running);
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }

  private static int exit(AgentStatus status, boolean running) {
    Condition synced = condition(status, Condition.Type.SYNCED);
    Condition valid = condition(status, Condition.Type.POLICY_VALID);
    if (!running || valid.status() != Condition.Status.TRUE) {
      return ExitStatus.ERROR;
    }
    boolean paused = status.paused().isPresent();
    if (synced.status() == Condition.Status.TRUE) {
      return paused ? ExitStatus.CHANGES : ExitStatus.OK;
    }
    return paused || PENDING.contains(synced.reason()) ? ExitStatus.CHANGES : ExitStatus.ERROR;
  }

  private static Condition condition(AgentStatus status, Condition.Type type) {
    for (Condition condition : status.conditions()) {
      if (condition.type() == type) {
        return condition;
      }
    }
    return new Condition(type, Condition.Status.UNKNOWN, "NotReported", "", Instant.EPOCH);
  }

  private static String text(AgentStatus status, boolean running, TimeText times) {
    StringBuilder text = new StringBuilder("agent: ");
    if (running) {
      text.append("at work, process ").append(status.process());
      text.append(", since ").append(times.minutes(status.started()));
    } else {
      text.append("not running; what it reported last:");
    }
    text.append("\nmode: ").append(status.mode().label());
    text.append("\npolicies: ").append(String.join(", ", status.policies())).append('\n');
    status
        .paused()
        .ifPresent(until -> text.append("paused until ").append(times.minutes(until)).append('\n'));
    status
        .compared()
        .ifPresent(at -> text.append("compared ").append(times.minutes(at)).append('\n'));
    text.append("corrections: ").append(status.corrections());
    status.corrected().ifPresent(at -> text.append(", the last ").append(times.minutes(at)));
    text.append('\n');
    for (Condition condition : status.conditions()) {
      text.append(
          String.format(
              "%-12s %-8s %-10s since %s%n",
              condition.type().label(),
              condition.status().label(),
              condition.reason(),
              times.minutes(condition.since())));
      List<String> lines = condition.message().lines().toList();
      lines.forEach(line -> text.append("  ").append(line).append('\n'));
    }
    return PrintableText.lines(text.toString());
  }
}
