package acct.cli;

import acct.host.HostException;
import acct.state.StateDirectory;
import java.nio.file.Path;
import java.util.List;

/** {@code acct resume}: ends a pause of the agent. */
final class ResumeCommand implements Command {
  @Override
  public String name() {
    return "resume";
  }

  @Override
  public String summary() {
    return "End a pause of the agent.";
  }

  @Override
  public String operands() {
    return "";
  }

  @Override
  public List<Flag> flags() {
    return List.of(State.DIRECTORY);
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    try {
      Path path = State.path(arguments);
      StateDirectory.open(path);
      StateDirectory.pauseIn(path).delete();
      console.done("the agent is not paused");
      return ExitStatus.OK;
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }
}
