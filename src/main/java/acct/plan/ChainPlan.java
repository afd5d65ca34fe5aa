package acct.plan;

import acct.compile.Desired;
import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import acct.netfilter.Rule;
import java.util.List;
import java.util.Optional;

/**
 * What happens to one chain of acct's.
 *
 * @param owner the policy it belongs to
 * @param rules in it when the plan is done
 * @param kept live rules that are not touched, and so keep their counters
 * @param changes what goes, in the live order, then what is written, in the final order
 * @param unmanaged live rules that the policy doesn't have and that stay, among those kept
 * @param drift what others have done to it
 * @param wanted its rules as they are to be
 * @param live its rules as they were read
 * @param position of its name in the policy; nothing when no policy has it
 */
public record ChainPlan(
    ChainName name,
    String owner,
    Kind kind,
    int rules,
    int kept,
    List<Change.RuleChange> changes,
    List<Unmanaged> unmanaged,
    List<Drift> drift,
    List<Desired.Counting> wanted,
    List<Rule> live,
    Optional<Position> position) {
  /** What becomes of the chain itself. */
  public enum Kind {
    /** It is made, and then filled. */
    CREATED,
    /** It stays. */
    STAYS,
    /** It stays, and is the policy's from now on. */
    ADOPTED,
    /** It goes, with all its rules. */
    REMOVED
  }

  public ChainPlan {
    changes = List.copyOf(changes);
    unmanaged = List.copyOf(unmanaged);
    drift = List.copyOf(drift);
    wanted = List.copyOf(wanted);
    live = List.copyOf(live);
  }

  /** Whether anything in it is written or deleted. */
  public boolean isChanged() {
    return !changes.isEmpty() || kind == Kind.CREATED || kind == Kind.REMOVED;
  }

  /** The same with what others have done to it; a chain whose jump they deleted is not adopted. */
  ChainPlan with(List<Drift> found) {
    boolean gone = found.contains(new Drift.JumpGone());
    return new ChainPlan(
        name,
        owner,
        gone ? Kind.STAYS : kind,
        rules,
        kept,
        changes,
        unmanaged,
        found,
        wanted,
        live,
        position);
  }

  /** Whether it has something that the policy doesn't say. */
  public boolean isBeside() {
    return !unmanaged.isEmpty() || !drift.isEmpty();
  }

  /** Whether there is anything to say of it. */
  public boolean isNotable() {
    return isChanged() || kind == Kind.ADOPTED || isBeside();
  }
}
