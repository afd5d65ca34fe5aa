package acct.counter;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An apply, undo or zero that has begun and is not in the ledger yet. It is on the disk before the
 * kernel is touched, and until the ledger has it; so when acct is killed in between, the next run
 * finds it, sees in the kernel which of its transactions stand, and brings the ledger over those.
 *
 * @param id the journal's
 * @param command {@code apply}, {@code undo} or {@code zero}
 * @param owners the policies whose rules it is about, sorted
 * @param epoch of the counters (boot, network namespace, backend)
 * @param parts one for each transaction, in their order
 * @param prepared whether the helper chains are written and read: before that no transaction is
 *     begun
 * @param shadows chains that count beside rules which are rebuilt
 */
public record Pending(
    String id,
    String command,
    List<String> owners,
    String epoch,
    Instant at,
    List<Part> parts,
    boolean prepared,
    List<Shadow> shadows) {
  public Pending {
    owners = owners.stream().sorted().toList();
    parts = List.copyOf(parts);
    shadows = List.copyOf(shadows);
  }

  /**
   * A transaction.
   *
   * @param before names acct's part of the table before it
   * @param marker a helper chain that the transaction removes; nothing where its shadows or what it
   *     changes tell whether it stands
   */
  public record Part(
      Family family,
      TableName table,
      String before,
      Optional<ChainName> marker,
      List<Transition> transitions) {
    public Part {
      transitions = List.copyOf(transitions);
    }

    Part with(List<Transition> others) {
      return new Part(family, table, before, marker, others);
    }

    /** Whether it only gives chains other names. */
    public boolean isRename() {
      return !transitions.isEmpty()
          && transitions.stream().allMatch(one -> one instanceof Transition.ChainRenamed);
    }
  }

  /**
   * A chain that counts the packets of a rule until the transaction.
   *
   * @param from the rule's counter
   * @param constant what the rule had when the shadow had nothing; unknown where another program
   *     wrote between the two
   * @param start what the rebuilt rule begins at; unknown where that is what was read last
   */
  public record Shadow(CounterId from, ChainName chain, Counters constant, Counters start) {
    /** What the rule had at its end, when its shadow had counted so much; or unknown. */
    public Counters end(Counters counted) {
      return constant.known() && counted.known()
          ? new Counters(constant.packets() + counted.packets(), constant.bytes() + counted.bytes())
          : Counters.UNKNOWN;
    }
  }

  /** The same with its shadows, when they are written and read. */
  public Pending prepared(List<Shadow> read) {
    return new Pending(id, command, owners, epoch, at, parts, true, read);
  }

  /** What the transactions do that stand. */
  public List<Transition> transitions(List<Part> standing) {
    List<Transition> all = new ArrayList<>();
    standing.forEach(part -> all.addAll(part.transitions()));
    return all;
  }
}
