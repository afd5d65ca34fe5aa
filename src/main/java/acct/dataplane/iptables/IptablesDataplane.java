package acct.dataplane.iptables;

import acct.counter.CounterId;
import acct.counter.LedgerUpdate;
import acct.counter.Pending;
import acct.counter.Transition;
import acct.dataplane.BootScript;
import acct.dataplane.Capabilities;
import acct.dataplane.Dataplane;
import acct.dataplane.Executed;
import acct.dataplane.Run;
import acct.dataplane.Snapshot;
import acct.dataplane.Transaction;
import acct.dataplane.WayBack;
import acct.diagnostic.Diagnostic;
import acct.host.HostException;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.plan.CounterTransitions;
import acct.plan.Plan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The dataplane of iptables: scripts for iptables-restore, shadow counters, a rehearsal in a kernel
 * of its own.
 */
public final class IptablesDataplane implements Dataplane {
  private final Kernel kernel;

  /** The dataplane on a kernel. */
  public IptablesDataplane(Kernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public Capabilities capabilities(Family family) throws HostException {
    return kernel.capabilities(family);
  }

  @Override
  public String epoch() throws HostException {
    return kernel.epoch();
  }

  @Override
  public void readAhead(Set<Family> families) {
    kernel.readAhead(families);
  }

  @Override
  public Snapshot read(Set<Family> needed) throws HostException {
    return kernel.read(needed);
  }

  @Override
  public Snapshot readOnly(Set<Family> families) throws HostException {
    return kernel.readOnly(families);
  }

  @Override
  public String whyNot(Family family) {
    return kernel.whyNot(family);
  }

  @Override
  public List<Diagnostic> warnings(Set<Family> families) throws HostException {
    return kernel.warnings(families);
  }

  @Override
  public List<Diagnostic> rehearse(Plan plan, Snapshot before, Consumer<String> notices)
      throws HostException {
    return Rehearsal.run(kernel, plan, before, notices);
  }

  @Override
  public List<Transaction> transactions(Plan plan) {
    return PlanTransactions.of(plan);
  }

  @Override
  public List<WayBack> waysBack(Plan plan) {
    List<Transaction> transactions = UndoTransactions.of(plan);
    List<List<Transition>> transitions = CounterTransitions.of(plan);
    List<WayBack> ways = new ArrayList<>();
    for (int i = 0; i < transactions.size(); i++) {
      ways.add(new WayBack(transactions.get(i), transitions.get(i)));
    }
    return ways;
  }

  @Override
  public Executed execute(Run run, Plan plan, Snapshot before) throws HostException {
    return new Execution(kernel, run).execute(Job.of(plan, run.owners(), before));
  }

  @Override
  public Executed takeBack(Run run, List<WayBack> ways, Snapshot now) throws HostException {
    return new Execution(kernel, run).execute(Job.back(ways, run.owners(), now));
  }

  @Override
  public Zeroed zero(Run run, List<ToZero> counters) throws HostException {
    ZeroJob zero = new ZeroJob(kernel, counters);
    Executed executed = new Execution(kernel, run).execute(zero.job());
    Set<CounterId> inexact = new HashSet<>(zero.inexact());
    return new Zeroed(executed, inexact);
  }

  @Override
  public List<Pending.Part> standing(Pending pending, Snapshot now) {
    return Standing.of(pending, now);
  }

  @Override
  public LedgerUpdate.Switches switches(
      Pending pending, List<Pending.Part> standing, Snapshot now) {
    return Standing.switches(pending, standing, now);
  }

  @Override
  public void cleanUp(Snapshot snapshot) throws HostException {
    ShadowCounters.cleanUp(kernel, snapshot);
  }

  @Override
  public ForBoot forBoot(LiveRuleset live) {
    return BootTransactions.of(live, kernel.restoreCommand(live.family()));
  }

  @Override
  public void restore(Family family, BootScript.Table table) throws HostException {
    kernel.write(family, table.text());
  }

  @Override
  public ScriptText script(Family family, List<Transaction> transactions) {
    return new ScriptText(kernel.restoreCommand(family), Script.of(transactions));
  }
}
