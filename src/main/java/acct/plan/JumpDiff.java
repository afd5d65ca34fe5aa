package acct.plan;

import acct.compile.Desired;
import acct.compile.OwnerMark;
import acct.counter.LiveView;
import acct.netfilter.ChainName;
import acct.netfilter.Words;
import acct.policy.Policy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What has to change in the chains of one table that are not acct's: the built-in ones, and those
 * of other programs that a policy attaches to.
 *
 * <p>Jumps of acct's are those with a mark. They commute among themselves, since every chain of
 * acct's comes back; what matters is only on which side of others' rules they stand. A jump without
 * a mark that does just what a policy asks for is taken over: written anew with the mark, in the
 * step that deletes it.
 */
final class JumpDiff {
  private final Desired.Table want;
  private final LiveView view;
  private final Set<String> owners;
  private final Set<ChainName> ours;
  private final boolean carries;
  private final Lookalikes lookalikes;
  private final List<Change.JumpChange> changes = new ArrayList<>();
  private final Set<LiveView.Reference> handled = new HashSet<>();
  private final Set<Change.JumpChange> inPlace = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<String> liveJumps = new ArrayList<>();
  private int kept;

  private JumpDiff(Scope scope, Lookalikes lookalikes) {
    this.lookalikes = lookalikes;
    this.carries = scope.carries();
    this.want = scope.want();
    this.view = scope.view();
    this.owners = scope.owners();
    this.ours = scope.ours();
  }

  static JumpDiff diff(Scope scope, Lookalikes lookalikes) {
    JumpDiff diff = new JumpDiff(scope, lookalikes);
    for (ChainName from : diff.starts()) {
      diff.from(from);
    }
    return diff;
  }

  List<Change.JumpChange> changes() {
    return changes;
  }

  /** All of acct's jumps that were found, in words, in their order. */
  List<String> liveJumps() {
    return liveJumps;
  }

  /** Jumps that stay as they are. */
  int kept() {
    return kept;
  }

  /** Whether a jump in a chain of others is acct's, or becomes so. */
  boolean handles(LiveView.Reference jump) {
    return handled.contains(jump);
  }

  /** Whether a change leaves the jump on the side of others' rules where it stands. */
  boolean staysInPlace(Change.JumpChange change) {
    return inPlace.contains(change);
  }

  /** The live jumps from one chain. */
  private record InChain(List<LiveView.Reference> marked, List<LiveView.Reference> unmarked) {
    List<LiveView.Reference> all() {
      List<LiveView.Reference> all = new ArrayList<>(marked);
      all.addAll(unmarked);
      return all;
    }
  }

  /** The built-in chains, and those of others that a jump of acct's stands in or is to stand in. */
  private Set<ChainName> starts() {
    Set<ChainName> starts = new LinkedHashSet<>();
    want.name().hooks().forEach(hook -> starts.add(hook.chain()));
    Set<ChainName> ofOthers = new TreeSet<>();
    want.jumps().forEach(jump -> ofOthers.add(jump.from()));
    for (ChainName chain : view.ownedChains()) {
      for (LiveView.Reference jump : view.references(chain)) {
        boolean isMarked = OwnerMark.owner(jump.rule().rule().comments()).isPresent();
        if (isMarked && view.owner(jump.from()).isEmpty() && !ours.contains(jump.from())) {
          ofOthers.add(jump.from());
        }
      }
    }
    starts.addAll(ofOthers);
    return starts;
  }

  private void from(ChainName from) {
    InChain jumps = liveJumps(from);
    IdentityHashMap<Desired.Jump, LiveView.Reference> met = new IdentityHashMap<>();
    Set<LiveView.Reference> taken = new HashSet<>();
    for (Desired.Jump jump : want.jumps()) {
      if (jump.from().equals(from)) {
        Optional<LiveView.Reference> live = find(jump, jumps, taken);
        if (live.isPresent()) {
          met.put(jump, live.get());
          taken.add(live.get());
        }
      }
    }
    handled.addAll(taken);
    Set<Integer> acctPositions = acctPositions(jumps, taken);
    IdentityHashMap<Desired.Jump, Change.Reason> reasons = reasons(met, acctPositions);
    Set<LiveView.Reference> going = going(jumps, met, reasons);
    for (Desired.Jump alike : lookalikes.goingToo(jumps.all(), going, met, view)) {
      reasons.put(alike, Change.Reason.GOES_WITH_ANOTHER);
    }
    for (Desired.Jump jump : want.jumps()) {
      if (jump.from().equals(from)) {
        Optional<Change.Reason> reason = Optional.ofNullable(reasons.get(jump));
        change(jump, Optional.ofNullable(met.get(jump)), reason, acctPositions);
      }
    }
    for (LiveView.Reference live : jumps.marked()) {
      liveJumps.add(from + " " + Words.join(live.rule().live().words()));
      if (going.contains(live) && !taken.contains(live)) {
        handled.add(live);
        changes.add(
            new Change.JumpRemoved(
                from,
                live.to(),
                live.rule().position(),
                live.rule().rule().body(),
                live.rule().live().words(),
                live.rule().live().counters()));
      }
    }
  }

  private InChain liveJumps(ChainName from) {
    List<LiveView.Reference> marked = new ArrayList<>();
    List<LiveView.Reference> unmarked = new ArrayList<>();
    Set<ChainName> chains = new HashSet<>(view.ownedChains());
    for (Desired.Jump jump : want.jumps()) {
      chains.add(jump.to());
    }
    for (ChainName chain : chains) {
      for (LiveView.Reference jump : view.references(chain)) {
        if (jump.from().equals(from)) {
          boolean isMarked = OwnerMark.owner(jump.rule().rule().comments()).isPresent();
          (isMarked ? marked : unmarked).add(jump);
        }
      }
    }
    Collections.sort(marked);
    Collections.sort(unmarked);
    return new InChain(marked, unmarked);
  }

  /** The live jump that does what is asked for: one with the mark, or else one without any. */
  private static Optional<LiveView.Reference> find(
      Desired.Jump jump, InChain jumps, Set<LiveView.Reference> taken) {
    for (LiveView.Reference live : lastFirst(jumps.marked())) {
      boolean same =
          live.rule().rule().body().equals(jump.body())
              && OwnerMark.owner(live.rule().rule().comments()).equals(Optional.of(jump.owner()));
      if (same && !taken.contains(live)) {
        return Optional.of(live);
      }
    }
    for (LiveView.Reference live : jumps.unmarked()) {
      if (live.rule().rule().body().equals(jump.body()) && !taken.contains(live)) {
        return Optional.of(live);
      }
    }
    return Optional.empty();
  }

  /**
   * Of equal jumps, iptables deletes the first when one is deleted by its text; so the one that
   * stays must be the last.
   */
  private static List<LiveView.Reference> lastFirst(List<LiveView.Reference> jumps) {
    List<LiveView.Reference> reversed = new ArrayList<>(jumps);
    Collections.reverse(reversed);
    return reversed;
  }

  private static Set<Integer> acctPositions(InChain jumps, Set<LiveView.Reference> taken) {
    Set<Integer> positions = new HashSet<>();
    for (LiveView.Reference jump : jumps.marked()) {
      positions.add(jump.rule().position());
    }
    for (LiveView.Reference jump : taken) {
      positions.add(jump.rule().position());
    }
    return positions;
  }

  /** Why those that are there are written anew; nothing for one that stays. */
  private IdentityHashMap<Desired.Jump, Change.Reason> reasons(
      IdentityHashMap<Desired.Jump, LiveView.Reference> met, Set<Integer> acctPositions) {
    IdentityHashMap<Desired.Jump, Change.Reason> reasons = new IdentityHashMap<>();
    met.forEach(
        (jump, live) -> {
          if (OwnerMark.owner(live.rule().rule().comments()).isEmpty()) {
            reasons.put(jump, Change.Reason.TAKEN_OVER);
          } else if (!isInPlace(jump, live.rule().position(), acctPositions)) {
            reasons.put(jump, Change.Reason.OUT_OF_PLACE);
          }
        });
    return reasons;
  }

  /** The live jumps that are deleted: to be written anew, or for good. */
  private Set<LiveView.Reference> going(
      InChain jumps,
      IdentityHashMap<Desired.Jump, LiveView.Reference> met,
      IdentityHashMap<Desired.Jump, Change.Reason> reasons) {
    Set<LiveView.Reference> going = new HashSet<>();
    reasons.keySet().forEach(jump -> going.add(met.get(jump)));
    for (LiveView.Reference live : jumps.marked()) {
      if (isOurs(live) && !met.containsValue(live)) {
        going.add(live);
      }
    }
    return going;
  }

  private void change(
      Desired.Jump jump,
      Optional<LiveView.Reference> met,
      Optional<Change.Reason> reason,
      Set<Integer> acctPositions) {
    if (met.isEmpty()) {
      changes.add(new Change.JumpAdded(jump));
    } else if (reason.isEmpty()) {
      kept++;
    } else {
      LiveView.Parsed live = met.get().rule();
      Change.JumpReplaced change =
          new Change.JumpReplaced(
              jump,
              reason.get(),
              live.position(),
              live.live().words(),
              live.live().counters(),
              carries);
      changes.add(change);
      if (isInPlace(jump, live.position(), acctPositions)) {
        inPlace.add(change);
      }
    }
  }

  private boolean isInPlace(Desired.Jump jump, int position, Set<Integer> acctPositions) {
    if (jump.place() == Policy.Place.ANYWHERE) {
      return true;
    }
    boolean top = jump.place() == Policy.Place.TOP;
    int from = top ? 1 : position + 1;
    int to = top ? position - 1 : view.size(jump.from());
    for (int other = from; other <= to; other++) {
      if (!acctPositions.contains(other)) {
        return false;
      }
    }
    return true;
  }

  private boolean isOurs(LiveView.Reference jump) {
    Optional<String> owner = OwnerMark.owner(jump.rule().rule().comments());
    return owner.isPresent() && owners.contains(owner.get());
  }
}
