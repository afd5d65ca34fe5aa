package acct.cli;

import acct.agent.Agent;
import acct.dataplane.Dataplane;
import acct.diagnostic.Diagnostics;
import acct.host.HostException;
import acct.host.NftMonitor;
import acct.netfilter.Family;
import acct.policy.AgentConfig;
import acct.policy.AgentConfigReader;
import acct.policy.Yaml;
import acct.policy.YamlReader;
import acct.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** {@code acct agent}: the reconcile loop as a service. */
final class AgentCommand implements Command {
  private static final String DEFAULT = "/etc/acct/agent.yaml";

  /** Where the kernel does not tell of changes. */
  private static final Duration POLL = Duration.ofMillis(3500);

  @Override
  public String name() {
    return "agent";
  }

  @Override
  public String summary() {
    return "Keep the kernel in sync with the policies, as a service.";
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
                new Flag(
                    "config", "FILE", "The agent's configuration; " + DEFAULT + " by default."),
                Planning.IPTABLES));
    flags.addAll(State.FLAGS);
    return flags;
  }

  @Override
  public String details() {
    return """
        Compares after a change of a policy's file, after a change of the rules, and at
        every interval; corrects what differs, or reports it with mode: observe. It runs
        until it is ended by a signal. See acct status, acct pause, acct resume.
        """;
  }

  @Override
  public boolean changesRules() {
    return true;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    AgentConfig config = config(arguments.value("config").orElse(DEFAULT), console);
    try {
      Path path = State.path(arguments);
      StateDirectory directory = StateDirectory.open(path);
      StateDirectory.Lock place = directory.agent();
      try {
        run(config, new LiveAgentHost(config, arguments, console, path), arguments, console);
      } finally {
        place.close();
      }
      return ExitStatus.OK;
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }

  private static void run(
      AgentConfig config, LiveAgentHost host, Arguments arguments, Console console)
      throws HostException {
    Dataplane dataplane = Planning.dataplane(arguments, console);
    boolean told = dataplane.capabilities(Family.IPV4).tellsChanges();
    Monitor monitor = new Monitor();
    Agent agent =
        new Agent(
            host,
            config,
            Clock.systemUTC(),
            new Random(),
            ProcessHandle.current().pid(),
            () -> monitor.isAlive() ? Optional.empty() : Optional.of(POLL));
    if (told) {
      monitor.begin(agent::changed);
    }
    host.say("the agent has begun, mode " + config.mode().label());
    try {
      agent.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      monitor.end();
    }
  }

  /** What tells of changes, where anything does. */
  private static final class Monitor {
    private volatile Optional<NftMonitor> nft = Optional.empty();

    void begin(Runnable changed) {
      nft = NftMonitor.start(changed);
      // nft would go on until it has something to print.
      nft.ifPresent(one -> Runtime.getRuntime().addShutdownHook(new Thread(one::close)));
    }

    boolean isAlive() {
      return nft.isPresent() && nft.get().isAlive();
    }

    void end() {
      nft.ifPresent(NftMonitor::close);
    }
  }

  /** Reads the configuration; what is wrong with it is printed. */
  private static AgentConfig config(String file, Console console) throws CommandFailure {
    Diagnostics diagnostics = new Diagnostics();
    try {
      List<Yaml> documents = YamlReader.read(file, Files.readAllBytes(Path.of(file)), diagnostics);
      if (documents.size() == 1) {
        Optional<AgentConfig> config = AgentConfigReader.read(documents.get(0), diagnostics);
        if (config.isPresent()) {
          return config.get();
        }
      }
      Report.print(diagnostics.sorted(), console);
      throw new CommandFailure(
          ExitStatus.INVALID,
          diagnostics.hasErrors()
              ? Report.count(diagnostics.sorted()) + "; the agent was not started"
              : file + " has " + documents.size() + " documents; an agent's configuration is one");
    } catch (IOException e) {
      throw new CommandFailure(
          ExitStatus.ERROR, "can't read the agent's configuration " + file + ": " + e.getMessage());
    }
  }
}
