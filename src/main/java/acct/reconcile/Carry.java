package acct.reconcile;

import acct.dataplane.iptables.Carrying;
import acct.host.HostException;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.RuleBody;
import acct.netfilter.TableName;
import acct.plan.Address;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Fate;
import acct.plan.Plan;
import acct.plan.TablePlan;
import acct.view.JournalEntry;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Carries the counters of rules that a plan rebuilds: the new one starts at the last value known,
 * and what the old one had beyond that is its offset, for journal and ledger ({@link Twins}).
 */
final class Carry implements Carrying {
  private final Host host;
  private final Twins twins;
  private final IdentityHashMap<Change, Twins.Twin> byChange = new IdentityHashMap<>();

  private Carry(Host host, Twins twins, List<Change> changes) {
    this.host = host;
    this.twins = twins;
    for (int i = 0; i < changes.size(); i++) {
      byChange.put(changes.get(i), twins.all().get(i));
    }
  }

  /** Writes the twins of all rules that a plan carries, and reads them. */
  static Carry prepare(Host host, Plan plan, Set<Family> families) throws HostException {
    List<Change> changes = new ArrayList<>();
    List<Twins.Subject> subjects = new ArrayList<>();
    find(plan, changes, subjects);
    return new Carry(host, Twins.prepare(host, subjects, families), changes);
  }

  private static void find(Plan plan, List<Change> changes, List<Twins.Subject> subjects) {
    IdentityHashMap<Change, Address> addresses = new IdentityHashMap<>();
    for (Plan.Located located : plan.changes()) {
      addresses.put(located.change(), located.address());
    }
    for (TablePlan table : plan.tables()) {
      for (ChainPlan chain : table.chains()) {
        for (Change change : chain.changes()) {
          if (change instanceof Change.Taken taken && isExact(change)) {
            RuleBody body = chain.live().get(taken.livePosition() - 1).body();
            changes.add(change);
            subjects.add(
                new Twins.Subject(
                    addresses.get(change),
                    chain.name(),
                    taken.livePosition(),
                    body,
                    chain.owner()));
          }
        }
      }
      for (Change change : table.jumps()) {
        if (change instanceof Change.JumpReplaced jump && isExact(change)) {
          changes.add(change);
          subjects.add(
              new Twins.Subject(
                  addresses.get(change),
                  jump.hook().chain(),
                  jump.livePosition(),
                  jump.jump().body(),
                  jump.jump().owner()));
        }
      }
    }
  }

  private static boolean isExact(Change change) {
    return change.fate().orElse(new Fate.New()) instanceof Fate.Carried carried && carried.exact();
  }

  @Override
  public Counters from(Change change, Counters read) {
    Twins.Twin twin = byChange.get(change);
    return twin == null ? read : twin.known(read);
  }

  @Override
  public List<String> first(Family family, TableName table) {
    return twins.first(family, table);
  }

  /** What the new counters lack, when the transaction is done. */
  List<JournalEntry.Offset> finish() throws HostException {
    twins.finish();
    List<JournalEntry.Offset> offsets = new ArrayList<>();
    for (Twins.Twin twin : twins.all()) {
      Address address = twin.subject().address();
      Optional<Counters> end = twin.end();
      if (end.isPresent()) {
        boolean writes = host.iptables(address.family()).backend().writesCounters(address.family());
        Counters start = writes ? twin.known(Counters.ZERO) : Counters.ZERO;
        offsets.add(
            new JournalEntry.Offset(address.toString(), Twins.difference(end.get(), start)));
      }
    }
    offsets.sort((a, b) -> a.address().compareTo(b.address()));
    return offsets;
  }

  /** Removes whatever twins and leaves stand. */
  void cleanUp() throws HostException {
    twins.cleanUp();
  }
}
