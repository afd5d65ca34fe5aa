package acct.plan;

/**
 * What is asked of a plan beyond the policies themselves. It is part of what names the plan.
 *
 * @param prune whether chains and jumps of policies that are not given go
 * @param relabel whether a rule that is in sync is written anew for its comments alone
 */
public record Intent(boolean prune, boolean relabel) {
  /** Only what the policies say. */
  public static final Intent PLAIN = new Intent(false, false);
}
