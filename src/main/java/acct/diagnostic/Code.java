package acct.diagnostic;

/**
 * What a diagnostic is about. The numbers are stable: scripts filter by them, and the README
 * explains each.
 */
public enum Code {
  /** Not YAML, or YAML that acct refuses to read (aliases, tags, too large, too deep). */
  YAML("ACCT001"),
  /** A key that is not known at this place. */
  UNKNOWN_KEY("ACCT002"),
  /** A key that must be there and is not. */
  MISSING_KEY("ACCT003"),
  /** A value of the wrong kind, or out of its range. */
  BAD_VALUE("ACCT004"),
  /** A name that is taken already. */
  DUPLICATE("ACCT005"),
  /** A jump to something that is neither a chain of the policy nor RETURN. */
  UNKNOWN_JUMP("ACCT006"),
  /** Chains that jump in a circle. */
  LOOP("ACCT007"),
  /** Addresses, types or protocols of two families in one rule, or of a family not asked for. */
  FAMILY("ACCT008"),
  /** Ports or types without the protocol that has them. */
  PROTOCOL("ACCT009"),
  /** A built-in chain that the table does not have. */
  HOOK("ACCT010"),
  /** Elements of a list that take the same packets, so that the sum would count them twice. */
  OVERLAP("ACCT011"),
  /** More than the kernel takes: the length of a chain's name, a list of ports. */
  LIMIT("ACCT012"),
  /** A parameter or variable that is not there. */
  UNKNOWN_PARAMETER("ACCT014"),
  /** A chain that nothing leads to. */
  UNREACHABLE("ACCT013"),
  /** A rule that an earlier RETURN leaves nothing to count. */
  NEVER_COUNTS("ACCT015"),
  /** Packets that go through a chain twice. */
  COUNTED_TWICE("ACCT016"),
  /** Packets that walk many rules. */
  FAR("ACCT017"),
  /** A dump that can't be trusted. */
  BAD_DUMP("ACCT020"),
  /** A dump without counters. */
  NO_COUNTERS("ACCT021"),
  /** A live chain that decides about packets, and so is none to account with. */
  DECIDES("ACCT022"),
  /** A live chain that another policy has marked as its own. */
  CONFLICT("ACCT023"),
  /** A jump of others to a chain of the policy. */
  FOREIGN_JUMP("ACCT024"),
  /** What legacy does to the policy counters of built-in chains. */
  POLICY_COUNTERS("ACCT025"),
  /** Chains of policies that are not given. */
  ABSENT("ACCT026"),
  /** Rules in a chain of the policy that it doesn't have, and keeps. */
  UNMANAGED("ACCT027"),
  /** A chain of the policy whose jump somebody deleted. */
  JUMP_GONE("ACCT028"),
  /** A chain of the policy whose rules somebody deleted. */
  EMPTIED("ACCT029"),
  /** What the kernel refused in a rehearsal. */
  KERNEL_REFUSES("ACCT030"),
  /** An iptables that makes something else of a rule than was written. */
  NOT_AS_ASKED("ACCT031"),
  /** What this version of iptables would get wrong. */
  KNOWN_BUG("ACCT032"),
  /** Rules in the backend that acct does not use. */
  OTHER_BACKEND("ACCT033"),
  /** A rule that can't be one line of iptables-restore's input. */
  UNWRITABLE("ACCT034"),
  /** A rule that would be the first to switch something on that changes the way of packets. */
  SWITCHES_ON("ACCT035"),
  /** An alias where an interface is meant: no packet has one. */
  ALIAS("ACCT036"),
  /** A family that no policy names and the machine does not have. */
  NO_FAMILY("ACCT037"),
  /** A chain of another program that a policy attaches to, and that is not there. */
  NO_CHAIN("ACCT038"),
  /** An interface that the machine does not have. */
  NO_INTERFACE("ACCT039");

  private final String label;

  Code(String label) {
    this.label = label;
  }

  /** As users see it: {@code ACCT004}. */
  public String label() {
    return label;
  }
}
