package acct.policy;

/** What names and texts of a policy look like: the same for the reader and the schema. */
public final class PolicyPatterns {
  /** The name of a policy. */
  public static final String OWNER = "^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$";

  private static final String CHAIN_NAME =
      "(?!.*\\$\\{)[^!\"/\\x00-\\x20\\x7f-][^\"/\\x00-\\x20\\x7f]{0,27}";

  /**
   * What iptables takes and gives back, less what acct has another meaning for: {@code /} stands
   * between a chain and its rule, and iptables would look for a target's file of that name.
   */
  public static final String CHAIN = "^" + CHAIN_NAME + "$";

  /** A chain of another program: acct only names it. */
  public static final String ATTACHED_TO = "^[^!\\x00-\\x20\\x7f-][^\\x00-\\x20\\x7f]{0,27}$";

  /** The name of a rule. */
  public static final String RULE = "^[A-Za-z0-9._-]{1,63}$";

  /** The name of a parameter, or of a variable of forEach. */
  public static final String VARIABLE = "^[A-Za-z][A-Za-z0-9_]{0,31}$";

  /** A chain, or a chain and a rule. */
  public static final String MOVED = "^" + CHAIN_NAME + "(/[^\\x00-\\x1f\\x7f]{1,255})?$";

  /** A comment of a rule. */
  public static final String COMMENT = "^[^\\x00\\n]{1,255}$";

  /** Words of iptables. */
  public static final String OPTIONS = "^[^\\x00-\\x1f\\x7f]{1,1000}$";

  private PolicyPatterns() {}
}
