package acct.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.host.HostException;
import acct.policy.AgentConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** When the agent compares, when it waits, and what its status says: on a host in memory. */
class AgentTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** A clock that goes when the test says so. */
  private static final class Hands extends Clock {
    private Instant now = START;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  /** A host whose rules are a text, which is in sync when it is the policies'. */
  private static final class Memory implements AgentHost {
    private String files = "v1";
    private List<String> errors = List.of();
    private String wanted = "";
    private String rules = "";
    private Optional<HostException> failure = Optional.empty();
    private Optional<Instant> paused = Optional.empty();
    private int compared;
    private int snapshots;
    private final List<String> said = new ArrayList<>();
    private final List<AgentStatus> published = new ArrayList<>();

    @Override
    public String policies() {
      return files;
    }

    @Override
    public List<String> load() {
      if (errors.isEmpty()) {
        wanted = files;
      }
      return errors;
    }

    @Override
    public String rules() {
      return rules;
    }

    @Override
    public Compared compare(AgentConfig.Mode mode) throws HostException {
      compared++;
      if (failure.isPresent()) {
        throw failure.get();
      }
      if (rules.equals(wanted)) {
        return new Compared.InSync(rules);
      }
      if (mode == AgentConfig.Mode.OBSERVE) {
        return new Compared.Drift(List.of("ipv4/filter/A/all"));
      }
      rules = wanted;
      return new Compared.Corrected(List.of("ipv4/filter/A/all"), "");
    }

    @Override
    public void snapshot() {
      snapshots++;
    }

    @Override
    public Optional<Instant> paused() {
      return paused;
    }

    @Override
    public void publish(AgentStatus status) {
      published.add(status);
    }

    @Override
    public void say(String message) {
      said.add(message);
    }

    private Condition condition(Condition.Type type) {
      for (Condition condition : published.get(published.size() - 1).conditions()) {
        if (condition.type() == type) {
          return condition;
        }
      }
      throw new AssertionError(type);
    }

    private String synced() {
      Condition condition = condition(Condition.Type.SYNCED);
      return condition.status().label() + " " + condition.reason();
    }
  }

  private final Hands clock = new Hands();
  private final Memory host = new Memory();

  private Agent agent(AgentConfig.Mode mode, Optional<Duration> poll) {
    AgentConfig config = new AgentConfig(List.of("/p"), mode, Duration.ofMinutes(1), false);
    return new Agent(host, config, clock, new Random(1), 1, () -> poll);
  }

  private void run(Agent agent, Duration time) {
    Instant end = clock.now.plus(time);
    while (clock.now.isBefore(end)) {
      agent.step();
      clock.now = clock.now.plusMillis(500);
    }
  }

  @Test
  void itCorrectsAtOnceAndThenOnlyAtIntervals() {
    Agent agent = agent(AgentConfig.Mode.ENFORCE, Optional.empty());
    run(agent, Duration.ofSeconds(2));
    assertEquals("v1", host.rules);
    assertEquals("True InSync", host.synced());
    assertEquals(2, host.compared);
    run(agent, Duration.ofMinutes(10));
    assertEquals(12, host.compared);
    assertEquals(2, host.snapshots);
    assertEquals(1, host.said.size(), host.said.toString());
  }

  @Test
  void withoutEventsItLooksAtTheRules() {
    Agent agent = agent(AgentConfig.Mode.ENFORCE, Optional.of(Duration.ofSeconds(4)));
    run(agent, Duration.ofSeconds(5));
    host.rules = "somebody's";
    run(agent, Duration.ofMillis(4500));
    assertEquals("v1", host.rules);
    int compared = host.compared;
    run(agent, Duration.ofSeconds(30));
    assertEquals(compared, host.compared, "the rules have the same name");
    run(agent, Duration.ofMinutes(1));
    assertEquals(compared + 1, host.compared, "the interval is over");
  }

  @Test
  void aNewPolicyIsAppliedAndAnInvalidOneLeavesTheLastInForce() {
    Agent agent = agent(AgentConfig.Mode.ENFORCE, Optional.empty());
    run(agent, Duration.ofSeconds(2));
    host.files = "v2";
    run(agent, Duration.ofSeconds(2));
    assertEquals("v2", host.rules);
    host.files = "broken";
    host.errors = List.of("p.yaml:3:1: error: no");
    run(agent, Duration.ofSeconds(2));
    assertEquals("v2", host.rules);
    assertEquals("True InSync", host.synced());
    Condition valid = host.condition(Condition.Type.POLICY_VALID);
    assertEquals(Condition.Status.FALSE, valid.status());
    assertTrue(valid.message().contains("p.yaml:3:1"), valid.message());
    assertTrue(valid.message().contains("last valid"), valid.message());
    host.rules = "somebody's";
    agent.changed();
    run(agent, Duration.ofMinutes(1));
    assertEquals("v2", host.rules);
    host.errors = List.of();
    host.files = "v3";
    run(agent, Duration.ofSeconds(2));
    assertEquals("v3", host.rules);
    assertEquals(Condition.Status.TRUE, host.condition(Condition.Type.POLICY_VALID).status());
  }

  @Test
  void observingChangesNothing() {
    Agent agent = agent(AgentConfig.Mode.OBSERVE, Optional.of(Duration.ofSeconds(4)));
    run(agent, Duration.ofMinutes(1));
    assertEquals("", host.rules);
    assertEquals("False Drift", host.synced());
    assertEquals(1, host.said.size(), host.said.toString());
  }

  @Test
  void aPauseLeavesTheRules() {
    Agent agent = agent(AgentConfig.Mode.ENFORCE, Optional.of(Duration.ofSeconds(4)));
    run(agent, Duration.ofSeconds(5));
    host.paused = Optional.of(clock.now.plusSeconds(60));
    host.rules = "somebody's";
    run(agent, Duration.ofSeconds(59));
    assertEquals("somebody's", host.rules);
    run(agent, Duration.ofSeconds(8));
    assertEquals("v1", host.rules);
  }

  @Test
  void whatFailsIsTriedAgainLaterAndLater() {
    Agent agent = agent(AgentConfig.Mode.ENFORCE, Optional.empty());
    host.failure = Optional.of(new HostException(HostException.Kind.FAILED, "no disk"));
    run(agent, Duration.ofMinutes(30));
    assertTrue(host.compared < 20, "compared " + host.compared + " times");
    assertEquals("False Failed", host.synced());
    assertEquals(1, host.said.size(), host.said.toString());
    host.failure = Optional.empty();
    run(agent, Duration.ofMinutes(7));
    assertEquals("True InSync", host.synced());
  }

  @Test
  void whoUndoesItsWorkIsMetAtGrowingIntervals() {
    Agent agent = agent(AgentConfig.Mode.ENFORCE, Optional.of(Duration.ofMillis(500)));
    run(agent, Duration.ofSeconds(2));
    int before = host.compared;
    for (int i = 0; i < 1200; i++) {
      host.rules = "somebody's";
      run(agent, Duration.ofMillis(500));
    }
    assertTrue(host.compared - before < 40, "compared " + (host.compared - before) + " times");
    Condition contended = host.condition(Condition.Type.CONTENDED);
    assertEquals(Condition.Status.TRUE, contended.status());
    assertTrue(contended.message().contains("ipv4/filter/A/all"), contended.message());
    assertEquals("False Waiting", host.synced());
    run(agent, Duration.ofMinutes(5));
    assertEquals("True InSync", host.synced());
    assertEquals(Condition.Status.FALSE, host.condition(Condition.Type.CONTENDED).status());
  }

  @Test
  void aStatusIsReadBackAsItWasWritten() {
    Agent agent = agent(AgentConfig.Mode.ENFORCE, Optional.empty());
    host.paused = Optional.of(clock.now.plusSeconds(60));
    run(agent, Duration.ofSeconds(2));
    host.paused = Optional.empty();
    run(agent, Duration.ofSeconds(2));
    for (AgentStatus status : host.published) {
      assertEquals(Optional.of(status), AgentStatusJson.read(AgentStatusJson.write(status, true)));
    }
    assertEquals(Optional.empty(), AgentStatusJson.read("{}"));
    assertEquals(Optional.empty(), AgentStatusJson.read("no JSON"));
  }
}
