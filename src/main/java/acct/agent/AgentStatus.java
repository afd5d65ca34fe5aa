package acct.agent;

import acct.policy.AgentConfig;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an agent reports.
 *
 * @param process its id
 * @param started when it began
 * @param policies where it reads them
 * @param paused until when it is paused; the end of time without a limit
 * @param compared when the kernel was compared with the policies for the last time
 * @param corrected when it was corrected for the last time
 * @param corrections how often it was since the agent began
 */
public record AgentStatus(
    long process,
    Instant started,
    AgentConfig.Mode mode,
    List<String> policies,
    Optional<Instant> paused,
    Optional<Instant> compared,
    Optional<Instant> corrected,
    long corrections,
    List<Condition> conditions) {
  public AgentStatus {
    policies = List.copyOf(policies);
    conditions = List.copyOf(conditions);
  }
}
