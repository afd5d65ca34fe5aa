package acct.netfilter;

import acct.netfilter.Backend.Kind;
import java.util.Set;

/**
 * What versions of iptables get wrong and acct has to do something about, a row for each. A backend
 * or a version that no row names is taken to be sound, and so is one that nobody knows yet.
 *
 * <p>What acct merely never writes, and so needs no version to know, stands in docs/known-bugs.md
 * beside these rows and in VersionsTest.
 */
public enum KnownBug {
  SAVES_WITHOUT_LOCK(
      Kind.LEGACY,
      Range.EVERY,
      Family.values(),
      "iptables-save takes no lock, and in another program's commit shows every counter as zero",
      "reads under the lock"),
  ZEROES_POLICY_COUNTERS(
      Kind.LEGACY,
      Range.EVERY,
      Family.values(),
      "every change of a table zeroes the policy counters of its built-in chains",
      "warns (ACCT025)"),
  RESTORES_WITHOUT_LOCK(
      Kind.LEGACY,
      Range.before("1.6.2"),
      Family.values(),
      "iptables-restore knows no --wait, and takes no lock",
      "takes the lock for it"),
  IGNORES_COUNTERS(
      Kind.NFT,
      Range.before("1.8.10"),
      new Family[] {Family.IPV6},
      "a rule can't be written with its counter: it starts at zero",
      "keeps it in the journal, or says in the plan that it ends"),
  CORRUPTS_ODD_MASKS(
      Kind.NFT,
      Range.of("1.8.7", "1.8.8"),
      Family.values(),
      "an address whose mask has holes becomes another",
      "refuses to write it (ACCT032)"),
  DELETES_WITHOUT_INTERFACE(
      Kind.NFT,
      Range.of("1.8.11", "1.8.12"),
      Family.values(),
      "-D by a rule's text ignores -i and -o, and deletes the first that is otherwise alike",
      "replaces acct's own jumps before the one that goes with it, and refuses where a jump of"
          + " others stands there (ACCT032)");

  /**
   * Versions from one, up to and without another.
   *
   * @param from empty: from the first on
   * @param before empty: to the last
   */
  private record Range(String from, String before) {
    static final Range EVERY = new Range("", "");

    static Range before(String version) {
      return new Range("", version);
    }

    static Range of(String from, String before) {
      return new Range(from, before);
    }

    boolean has(Backend backend) {
      return (from.isEmpty() || backend.isAtLeast(from))
          && (before.isEmpty() || !backend.isAtLeast(before));
    }

    @Override
    public String toString() {
      if (before.isEmpty()) {
        return from.isEmpty() ? "all" : from + " and later";
      }
      return from.isEmpty() ? "before " + before : "from " + from + ", before " + before;
    }
  }

  private final Kind kind;
  private final Range versions;
  private final Set<Family> families;
  private final String wrong;
  private final String remedy;

  KnownBug(Kind kind, Range versions, Family[] families, String wrong, String remedy) {
    this.kind = kind;
    this.versions = versions;
    this.families = Set.of(families);
    this.wrong = wrong;
    this.remedy = remedy;
  }

  /** Whether that family's commands of this backend have it. */
  public boolean isIn(Backend backend, Family family) {
    return kind == backend.kind() && families.contains(family) && versions.has(backend);
  }

  /** Whether a newer version has it no more. */
  public boolean isMended() {
    return !versions.before().isEmpty();
  }

  /** What goes wrong, as a sentence without its end. */
  public String wrong() {
    return wrong;
  }

  /** The row of docs/known-bugs.md. */
  public String row() {
    String which = families.size() == 2 ? "" : ", " + families.iterator().next().label();
    return "| " + kind.label() + " " + versions + which + " | " + wrong + " | " + remedy + " |";
  }
}
