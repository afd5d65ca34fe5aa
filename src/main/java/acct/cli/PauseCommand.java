package acct.cli;

import acct.host.HostException;
import acct.policy.AgentConfigReader;
import acct.state.StateDirectory;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** {@code acct pause}: has the agent leave the rules as they are for a while. */
final class PauseCommand implements Command {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** Without a limit: the end of the year 9999. To parse it would cost every command 15 ms. */
  private static final Instant FOREVER = Instant.ofEpochSecond(253_402_300_799L);

  @Override
  public String name() {
    return "pause";
  }

  @Override
  public String summary() {
    return "Have the agent leave the rules as they are for a while.";
  }

  @Override
  public String operands() {
    return "[DURATION]";
  }

  @Override
  public List<Flag> flags() {
    return List.of(State.DIRECTORY);
  }

  @Override
  public String details() {
    return """
        DURATION is 30s, 10m, 2h or 1d; without, until acct resume. A pause outlives the
        agent. Totals are kept all the same, and acct apply is not paused.
        """;
  }

  /** Until when the agent of a state directory is paused, and nothing where it never was. */
  static Optional<Instant> until(Path directory) {
    try {
      Optional<String> text = StateDirectory.pauseIn(directory).read();
      return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text.get().strip()));
    } catch (HostException | DateTimeException e) {
      // Somebody has written there: a pause that can't be read is one all the same.
      return Optional.of(FOREVER);
    }
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    List<String> operands = arguments.operands();
    Instant until = FOREVER;
    if (operands.size() > 1) {
      throw new UsageException("pause takes one duration");
    }
    if (operands.size() == 1) {
      Duration duration =
          AgentConfigReader.duration(operands.get(0))
              .orElseThrow(
                  () ->
                      new UsageException(
                          "a duration is a number and s, m, h or d, not \""
                              + operands.get(0)
                              + "\""));
      until = Instant.now().plus(duration).truncatedTo(ChronoUnit.SECONDS);
    }
    try {
      Path path = State.path(arguments);
      StateDirectory directory = StateDirectory.open(path);
      StateDirectory.pauseIn(path).write(until + "\n");
      // What the agent has begun ends before this does, and it begins nothing any more.
      directory.lock("acct pause", LONGEST).close();
      console.done(
          "the agent is paused "
              + (until.equals(FOREVER) ? "until acct resume" : "until " + until));
      return ExitStatus.OK;
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }
}
