package acct.policy;

import java.time.Duration;
import java.util.List;

/**
 * What {@code acct agent} is told to do.
 *
 * @param policies files and directories of policies
 * @param interval how long the agent may go without a full comparison
 * @param prune whether chains of policies that are not given are removed
 */
public record AgentConfig(List<String> policies, Mode mode, Duration interval, boolean prune) {
  /** What the agent does where it finds a difference. */
  public enum Mode {
    /** It corrects it. */
    ENFORCE("enforce"),
    /** It reports it and changes nothing. */
    OBSERVE("observe");

    private final String label;

    Mode(String label) {
      this.label = label;
    }

    /** As it is written. */
    public String label() {
      return label;
    }
  }

  public AgentConfig {
    policies = List.copyOf(policies);
  }
}
