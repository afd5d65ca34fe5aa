package acct.plan;

/**
 * What is asked of a plan beyond the policies themselves. It is part of what names the plan.
 *
 * @param prune whether chains and jumps of policies that are not given go
 */
public record Intent(boolean prune) {
  /** Only what the policies say. */
  public static final Intent PLAIN = new Intent(false);

  @Override
  public String toString() {
    return "Intent[prune=" + prune + "]";
  }
}
