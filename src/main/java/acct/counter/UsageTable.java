package acct.counter;

import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Counters as somebody asked for them: by chain and rule, whatever is to be added up added up. */
public record UsageTable(List<Section> sections) {
  public UsageTable {
    sections = List.copyOf(sections);
  }

  /**
   * A chain.
   *
   * @param policy that owns it; nothing for a chain that is not acct's
   * @param family nothing where both are added
   * @param families in which it counts
   * @param from the chains that jump there
   * @param came what came in by those jumps
   * @param rows its rules
   */
  public record Section(
      Optional<String> policy,
      TableName table,
      ChainName chain,
      Optional<Family> family,
      Set<Family> families,
      List<ChainName> from,
      Row came,
      List<Row> rows) {
    public Section {
      families = Set.copyOf(families);
      from = List.copyOf(from);
      rows = List.copyOf(rows);
    }

    /** The same with other rows. */
    public Section with(List<Row> others) {
      return new Section(policy, table, chain, family, families, from, came, others);
    }
  }

  /**
   * A rule of the policy: one counter, though it may be several in the kernel.
   *
   * @param kernelRules how many
   * @param missing how many of these the kernel has not any more
   * @param since when it began to count; nothing where nobody knows
   */
  public record Row(
      String name,
      Amount amount,
      int kernelRules,
      int missing,
      Optional<Since> since,
      int resets,
      Optional<Instant> lastReset) {}

  /**
   * When a count began.
   *
   * @param exactly whether it began then; else it was there already when it was first seen
   */
  public record Since(Instant at, boolean exactly) {
    // Written out: what the compiler makes for a record is linked at run time, some ms each.
    @Override
    public boolean equals(Object other) {
      return other instanceof Since that && at.equals(that.at) && exactly == that.exactly;
    }

    @Override
    public int hashCode() {
      int hash = at.hashCode();
      hash = 31 * hash + Boolean.hashCode(exactly);
      return hash;
    }
  }
}
