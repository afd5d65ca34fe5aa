package acct.plan;

import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What happens in one table of one family: one block of iptables-restore, one transaction.
 *
 * @param chains of acct's, also those that stay as they are
 * @param renames chains that get another name first, in a transaction of their own
 * @param jumps what changes in chains that are not acct's
 * @param wantedJumps all that are to stand there, in words
 * @param liveJumps all of acct's that were found there, in words
 * @param keptJumps jumps of acct's that are not touched
 */
public record TablePlan(
    Family family,
    TableName table,
    List<Change.ChainRenamed> renames,
    List<ChainPlan> chains,
    List<Change.JumpChange> jumps,
    List<String> wantedJumps,
    List<String> liveJumps,
    int keptJumps) {
  public TablePlan {
    renames = List.copyOf(renames);
    chains = List.copyOf(chains);
    jumps = List.copyOf(jumps);
    wantedJumps = List.copyOf(wantedJumps);
    liveJumps = List.copyOf(liveJumps);
  }

  /** The chains whose jumps change, in the order of the changes. */
  public Set<ChainName> jumpedFrom() {
    Set<ChainName> from = new LinkedHashSet<>();
    jumps.forEach(jump -> from.add(jump.from()));
    return from;
  }

  /** Whether the block would do anything. */
  public boolean isChanged() {
    return hasBlock() || !renames.isEmpty();
  }

  /** Whether there is anything to say of it. */
  public boolean isNotable() {
    boolean notable = isChanged();
    for (ChainPlan chain : chains) {
      notable |= chain.isBeside();
    }
    return notable;
  }

  /** Whether anything but names changes. */
  public boolean hasBlock() {
    if (!jumps.isEmpty()) {
      return true;
    }
    for (ChainPlan chain : chains) {
      if (chain.isChanged()) {
        return true;
      }
    }
    return false;
  }
}
