package acct.diagnostic;

/**
 * What a diagnostic is about. The numbers are stable: scripts filter by them, and
 * docs/diagnostics.md, which is made from these rows, explains each.
 */
public enum Code {
  YAML(
      "ACCT001",
      "not YAML, or YAML that acct refuses: aliases, anchors, tags, over 8 MiB, over "
          + "32 levels"),
  UNKNOWN_KEY("ACCT002", "a key that is not known there"),
  MISSING_KEY("ACCT003", "a key that is missing"),
  BAD_VALUE("ACCT004", "a value of the wrong kind or out of its range"),
  DUPLICATE("ACCT005", "a name, or a match, that stands there already"),
  UNKNOWN_JUMP("ACCT006", "a jump to something that is neither a chain of the policy nor RETURN"),
  LOOP("ACCT007", "chains that jump in a circle"),
  FAMILY("ACCT008", "two families in one rule, or one that the policy is not for"),
  PROTOCOL("ACCT009", "ports or types without their protocol"),
  HOOK("ACCT010", "a built-in chain that the table lacks, or a match that its packets don't have"),
  OVERLAP("ACCT011", "elements of a list that overlap"),
  LIMIT("ACCT012", "more than the kernel takes"),
  UNKNOWN_PARAMETER("ACCT014", "a parameter or variable that is not there"),
  UNREACHABLE("ACCT013", "a chain that no jump leads to (warning)"),
  NEVER_COUNTS(
      "ACCT015",
      "a rule that can never count, because a RETURN before it takes all its packets "
          + "(warning)"),
  COUNTED_TWICE(
      "ACCT016",
      "packets that go through a chain twice, or that two rules of one row match, "
          + "and are counted twice (warning)"),
  FAR(
      "ACCT017",
      "packets that walk more than 200 rules of the policies (warning, with what " + "that costs)"),
  BAD_DUMP("ACCT020", "a dump that can't be trusted"),
  NO_COUNTERS("ACCT021", "a dump without counters (warning)"),
  DECIDES(
      "ACCT022",
      "a live chain of that name decides about packets, or a change of which packets "
          + "come to a rule that does"),
  CONFLICT("ACCT023", "a live chain of that name is another policy's"),
  FOREIGN_JUMP(
      "ACCT024",
      "others jump to a chain of the policy (a warning; an error when the chain is " + "to go)"),
  POLICY_COUNTERS("ACCT025", "what legacy does to policy counters (warning)"),
  ABSENT("ACCT026", "chains of policies that are not given (note)"),
  UNMANAGED("ACCT027", "rules in a chain of the policy that it doesn't have, and keeps (warning)"),
  JUMP_GONE("ACCT028", "a chain of the policy whose jump somebody deleted (warning)"),
  EMPTIED("ACCT029", "a chain of the policy that somebody emptied (warning)"),
  KERNEL_REFUSES(
      "ACCT030",
      "what the kernel refuses in a rehearsal, or a set or nfacct object that is not "
          + "there, or an nfacct object with a quota"),
  NOT_AS_ASKED("ACCT031", "an iptables that makes something else of a rule than was written"),
  KNOWN_BUG("ACCT032", "what this version of iptables would get wrong (see Known bugs)"),
  OTHER_BACKEND("ACCT033", "rules in the other backend, which acct does not see (warning)"),
  UNWRITABLE(
      "ACCT034",
      "a rule that can't be one line of a script (a newline in its comment, or too "
          + "long): an error where acct has to write it or delete it by its words, a "
          + "warning where only an undo would"),
  SWITCHES_ON(
      "ACCT035",
      "a rule that would be the first to switch on connection tracking, "
          + "defragmentation or br_netfilter, in a policy that does not allow it"),
  ALIAS(
      "ACCT036",
      "an interface that is an alias (`eth0:1`): the label of an address, which no "
          + "packet has"),
  NO_FAMILY(
      "ACCT037",
      "the policy does not name its families, and the machine lacks one: it is not "
          + "applied there (warning)"),
  NO_CHAIN(
      "ACCT038", "a chain of another program that a policy attaches to, and that is not there"),
  NO_INTERFACE(
      "ACCT039",
      "an interface that a new or changed rule names and this machine does not have " + "(note)");

  private final String label;
  private final String about;

  Code(String label, String about) {
    this.label = label;
    this.about = about;
  }

  /** As users see it: {@code ACCT004}. */
  public String label() {
    return label;
  }

  /** What it is about, in Markdown, for docs/diagnostics.md. */
  public String about() {
    return about;
  }
}
