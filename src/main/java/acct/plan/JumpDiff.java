package acct.plan;

import acct.compile.Desired;
import acct.compile.OwnerMark;
import acct.netfilter.ChainName;
import acct.netfilter.Hook;
import acct.netfilter.Words;
import acct.policy.Policy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What has to change in the built-in chains of one table.
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
  private final boolean carries;
  private final List<Change> changes = new ArrayList<>();
  private final Set<LiveView.Reference> handled = new HashSet<>();
  private final Set<Change> inPlace = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<String> liveJumps = new ArrayList<>();
  private int kept;

  private JumpDiff(Scope scope) {
    this.carries = scope.carries();
    this.want = scope.want();
    this.view = scope.view();
    this.owners = scope.owners();
  }

  static JumpDiff diff(Scope scope) {
    JumpDiff diff = new JumpDiff(scope);
    for (Hook hook : scope.want().name().hooks()) {
      diff.hook(hook);
    }
    return diff;
  }

  List<Change> changes() {
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

  /** Whether a jump in a built-in chain is acct's, or becomes so. */
  boolean handles(LiveView.Reference jump) {
    return handled.contains(jump);
  }

  /** Whether a change leaves the jump on the side of others' rules where it stands. */
  boolean staysInPlace(Change change) {
    return inPlace.contains(change);
  }

  /** The live jumps from one built-in chain. */
  private record InHook(List<LiveView.Reference> marked, List<LiveView.Reference> unmarked) {}

  private void hook(Hook hook) {
    InHook jumps = liveJumps(hook);
    IdentityHashMap<Desired.Jump, LiveView.Reference> met = new IdentityHashMap<>();
    Set<LiveView.Reference> taken = new HashSet<>();
    for (Desired.Jump jump : want.jumps()) {
      if (jump.hook() == hook) {
        Optional<LiveView.Reference> live = find(jump, jumps, taken);
        if (live.isPresent()) {
          met.put(jump, live.get());
          taken.add(live.get());
        }
      }
    }
    handled.addAll(taken);
    Set<Integer> acctPositions = acctPositions(jumps, taken);
    for (Desired.Jump jump : want.jumps()) {
      if (jump.hook() == hook) {
        compare(jump, Optional.ofNullable(met.get(jump)), acctPositions);
      }
    }
    for (LiveView.Reference live : jumps.marked()) {
      liveJumps.add(hook + " " + Words.join(live.rule().live().words()));
      if (isOurs(live) && !taken.contains(live)) {
        handled.add(live);
        changes.add(
            new Change.JumpRemoved(
                hook,
                live.to(),
                live.rule().position(),
                live.rule().rule().body(),
                live.rule().live().words(),
                live.rule().live().counters()));
      }
    }
  }

  private InHook liveJumps(Hook hook) {
    List<LiveView.Reference> marked = new ArrayList<>();
    List<LiveView.Reference> unmarked = new ArrayList<>();
    Set<ChainName> chains = new HashSet<>(view.ownedChains());
    for (Desired.Jump jump : want.jumps()) {
      chains.add(jump.to());
    }
    for (ChainName chain : chains) {
      for (LiveView.Reference jump : view.references(chain)) {
        if (jump.from().equals(hook.chain())) {
          boolean isMarked = OwnerMark.owner(jump.rule().rule().comments()).isPresent();
          (isMarked ? marked : unmarked).add(jump);
        }
      }
    }
    Collections.sort(marked);
    Collections.sort(unmarked);
    return new InHook(marked, unmarked);
  }

  /** The live jump that does what is asked for: one with the mark, or else one without any. */
  private static Optional<LiveView.Reference> find(
      Desired.Jump jump, InHook jumps, Set<LiveView.Reference> taken) {
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

  private static Set<Integer> acctPositions(InHook jumps, Set<LiveView.Reference> taken) {
    Set<Integer> positions = new HashSet<>();
    for (LiveView.Reference jump : jumps.marked()) {
      positions.add(jump.rule().position());
    }
    for (LiveView.Reference jump : taken) {
      positions.add(jump.rule().position());
    }
    return positions;
  }

  private void compare(
      Desired.Jump jump, Optional<LiveView.Reference> met, Set<Integer> acctPositions) {
    if (met.isEmpty()) {
      changes.add(new Change.JumpAdded(jump));
      return;
    }
    LiveView.Parsed live = met.get().rule();
    boolean marked = OwnerMark.owner(live.rule().comments()).isPresent();
    boolean stays = isInPlace(jump, live.position(), acctPositions);
    if (marked && stays) {
      kept++;
      return;
    }
    Change change =
        new Change.JumpReplaced(
            jump,
            marked ? Change.Reason.OUT_OF_PLACE : Change.Reason.TAKEN_OVER,
            live.position(),
            live.live().words(),
            live.live().counters(),
            carries);
    changes.add(change);
    if (stays) {
      inPlace.add(change);
    }
  }

  private boolean isInPlace(Desired.Jump jump, int position, Set<Integer> acctPositions) {
    if (jump.place() == Policy.Place.ANYWHERE) {
      return true;
    }
    boolean top = jump.place() == Policy.Place.TOP;
    int from = top ? 1 : position + 1;
    int to = top ? position - 1 : view.size(jump.hook().chain());
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
