package acct.agent;

import acct.host.HostException;
import acct.policy.AgentConfig;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What an agent works on: the policies' files, the kernel, and the state directory. */
public interface AgentHost {
  /** Names what the policies' files are now; another name when any of them has changed. */
  String policies();

  /**
   * Reads the policies. When they are valid they are in force from then on.
   *
   * @return what is wrong with them, a line each; nothing where they are in force
   */
  List<String> load();

  /**
   * Names the kernel's rules, without their counters.
   *
   * @throws HostException where they can't be read
   */
  String rules() throws HostException;

  /** What came of a comparison. */
  sealed interface Compared {
    /**
     * Nothing is to be done.
     *
     * @param rules as {@link AgentHost#rules} names them
     */
    record InSync(String rules) implements Compared {}

    /**
     * Rules were written.
     *
     * @param addresses what was corrected
     * @param damage what is to be said of it; empty where all is well
     */
    record Corrected(List<String> addresses, String damage) implements Compared {}

    /** There are differences, and nothing was written. */
    record Drift(List<String> addresses) implements Compared {}

    /** The plan is refused, with what stands against it. */
    record Refused(List<String> errors) implements Compared {}

    /** A pause has begun meanwhile, and nothing was done. */
    record Paused() implements Compared {}

    /** It could not be carried out. */
    record Failed(String message) implements Compared {}
  }

  /**
   * Compares the kernel with the policies in force, and corrects it where the mode says so.
   *
   * @throws HostException where that can't be done
   */
  Compared compare(AgentConfig.Mode mode) throws HostException;

  /**
   * Keeps the totals.
   *
   * @throws HostException where that can't be done
   */
  void snapshot() throws HostException;

  /** Until when the agent is paused; nothing where it is not. */
  Optional<Instant> paused();

  /** Makes a status known. */
  void publish(AgentStatus status);

  /** Tells people what happens, a line each time. */
  void say(String message);
}
