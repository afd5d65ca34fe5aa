package acct.agent;

import java.time.Instant;

/**
 * One thing that is so, not so, or not known, as in Kubernetes.
 *
 * @param reason a word for programs
 * @param message a sentence for people
 * @param since when it became so
 */
public record Condition(Type type, Status status, String reason, String message, Instant since) {
  /** What is told. */
  public enum Type {
    /** The kernel is as the policies say. */
    SYNCED("Synced"),
    /** The policies could be read, and ask for something that can be done. */
    POLICY_VALID("PolicyValid"),
    /** Another program undoes acct's work again and again. */
    CONTENDED("Contended");

    private final String label;

    Type(String label) {
      this.label = label;
    }

    /** As status documents have it. */
    public String label() {
      return label;
    }
  }

  /** Whether it is so. */
  public enum Status {
    TRUE("True"),
    FALSE("False"),
    UNKNOWN("Unknown");

    private final String label;

    Status(String label) {
      this.label = label;
    }

    /** As status documents have it. */
    public String label() {
      return label;
    }
  }

  /** The same now; since when, only a new status changes. */
  Condition now(Status next, String why, String text, Instant at) {
    return new Condition(type, next, why, text, next == status ? since : at);
  }
}
