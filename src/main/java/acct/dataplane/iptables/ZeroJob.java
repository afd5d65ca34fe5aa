package acct.dataplane.iptables;

import acct.counter.CounterId;
import acct.counter.Transition;
import acct.dataplane.Dataplane;
import acct.dataplane.Operation;
import acct.dataplane.Transaction;
import acct.host.HostException;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.RestoreLine;
import acct.netfilter.RuleBody;
import acct.netfilter.RuleParser;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What sets counters to zero: one transaction for each table. What begins anew in the ledger alone
 * goes with the first.
 */
final class ZeroJob {
  private final Kernel kernel;
  private final Map<Place, List<Transaction.Carry>> byTable = new LinkedHashMap<>();
  private final Map<Place, List<Transition>> transitions = new LinkedHashMap<>();
  private final List<CounterId> inexact = new ArrayList<>();

  private record Place(Family family, TableName table) {}

  ZeroJob(Kernel kernel, List<Dataplane.ToZero> counters) {
    this.kernel = kernel;
    for (Dataplane.ToZero one : counters) {
      if (isInKernel(one)) {
        inKernel(one);
      }
    }
    for (Dataplane.ToZero one : counters) {
      if (!isInKernel(one)) {
        CounterId id = one.count().address();
        Place place = new Place(id.family(), id.table());
        byTable.computeIfAbsent(place, none -> new ArrayList<>());
        transitions
            .computeIfAbsent(place, none -> new ArrayList<>())
            .add(new Transition.Rebased(id, one.count().rule().counters()));
      }
    }
  }

  /** A rule that can't be written anew begins anew in the ledger alone. */
  private static boolean isInKernel(Dataplane.ToZero one) {
    return !one.onlyInLedger() && RestoreLine.obstacle(one.count().rule().words()).isEmpty();
  }

  private void inKernel(Dataplane.ToZero one) {
    RuleBody body = RuleParser.parseLive(one.count().rule().words(), one.chain().family()).body();
    boolean exact = !body.isStateful() && RestoreLine.obstacle(body.matchWords()).isEmpty();
    CounterId id = one.count().address();
    Transaction.Carry carry =
        new Transaction.Carry(
            id,
            one.chain().name(),
            one.count().position(),
            body.matchWords(),
            one.count().rule().words(),
            exact);
    if (!exact) {
      inexact.add(id);
    }
    Place place = new Place(one.chain().family(), one.chain().table());
    byTable.computeIfAbsent(place, none -> new ArrayList<>()).add(carry);
    transitions
        .computeIfAbsent(place, none -> new ArrayList<>())
        .add(new Transition.Zeroed(id, one.count().rule().counters()));
  }

  /** Counters that have no shadow: packets at the end may be in neither count. */
  List<CounterId> inexact() {
    return inexact;
  }

  Job job() throws HostException {
    List<Job.Step> steps = new ArrayList<>();
    for (Map.Entry<Place, List<Transaction.Carry>> table : byTable.entrySet()) {
      List<Transaction.Carry> shadowed = new ArrayList<>();
      table.getValue().stream().filter(Transaction.Carry::exact).forEach(shadowed::add);
      steps.add(
          new Job.Step(
              transaction(table.getKey(), table.getValue()),
              transitions.get(table.getKey()),
              shadowed,
              ""));
    }
    return new Job(steps);
  }

  /**
   * Where a zero leaves in the kernel what was counted while it was done, those packets would be in
   * both totals: there the rule is written anew.
   */
  private Transaction transaction(Place place, List<Transaction.Carry> rules) throws HostException {
    boolean exactly = kernel.capabilities(place.family()).zeroesExactly();
    List<Transaction.Step> steps = new ArrayList<>();
    for (Transaction.Carry rule : rules) {
      ChainName chain = rule.chain();
      int position = rule.position();
      if (!exactly && rule.exact()) {
        steps.add(new Transaction.Step(new Operation.DeleteAt(chain, position)));
        steps.add(
            new Transaction.Step(
                new Operation.Insert(Counters.ZERO, chain, position, rule.words())));
      } else {
        steps.add(new Transaction.Step(new Operation.ZeroAt(chain, position)));
      }
    }
    return new Transaction(place.family(), place.table(), steps);
  }
}
