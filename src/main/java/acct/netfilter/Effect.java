package acct.netfilter;

/**
 * What a match does besides saying yes or no. A policy may only have matches that other rules and
 * the packet itself do not notice.
 */
public enum Effect {
  /** Reads the packet and what the kernel knows of it. */
  READS,
  /** Keeps a state that no rule but this one reads, as limit does. */
  OWN_STATE,
  /** Counts into a kernel object that exists to be counted into, and that the rule names. */
  NAMED_OBJECT,
  /** Writes what rules of others read, or the packet. Never in a policy. */
  SHARED_STATE
}
