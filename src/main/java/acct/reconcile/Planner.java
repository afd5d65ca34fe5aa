package acct.reconcile;

import acct.counter.KnownNames;
import acct.dataplane.Dataplane;
import acct.dataplane.Snapshot;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Position;
import acct.host.HostException;
import acct.host.NetworkInterfaces;
import acct.netfilter.Family;
import acct.plan.Differ;
import acct.plan.Intent;
import acct.plan.InterfaceCheck;
import acct.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes plans of snapshots. */
final class Planner {
  private final ReconcileContext context;
  private final Intent intent;
  private final boolean rehearses;
  private final KnownNames known;

  /**
   * A planner.
   *
   * @param intent what is asked for beyond the policies
   * @param rehearses whether a plan is tried before it is shown
   * @param known names of live rules, where nothing is kept that would tell them
   */
  Planner(ReconcileContext context, Intent intent, boolean rehearses, KnownNames known) {
    this.context = context;
    this.intent = intent;
    this.rehearses = rehearses;
    this.known = known;
  }

  Snapshot read() throws HostException {
    return context.dataplane().read(context.desired().required());
  }

  /** What is between the policies and a snapshot. */
  Plan difference(Snapshot snapshot) throws HostException {
    KnownNames names = known;
    if (context.keeping().totals().isPresent()) {
      names = context.keeping().totals().get().ledger().knownNames();
    }
    return Differ.diff(context.desired(), snapshot.live(), intent, names);
  }

  /** The same, with what a rehearsal says against it. */
  Plan rehearsed(Snapshot snapshot) throws HostException {
    return rehearsed(difference(snapshot), snapshot);
  }

  /** The same, with what is to be said of this machine. */
  Plan complete(Snapshot snapshot) throws HostException {
    return rehearsed(withWarnings(difference(snapshot)), snapshot);
  }

  Plan rehearsed(Plan plan, Snapshot before) throws HostException {
    if (!rehearses || plan.isRefused() || !plan.isChanged()) {
      return plan;
    }
    List<Diagnostic> diagnostics = new ArrayList<>(plan.diagnostics());
    diagnostics.addAll(context.dataplane().rehearse(plan, before, context.notices()));
    return plan.with(diagnostics);
  }

  private Plan withWarnings(Plan plan) throws HostException {
    Dataplane dataplane = context.dataplane();
    List<Diagnostic> diagnostics = new ArrayList<>(plan.diagnostics());
    for (Family family : context.desired().families()) {
      if (plan.backends().containsKey(family)) {
        diagnostics.addAll(dataplane.warnings(Set.of(family)));
      } else {
        diagnostics.add(noFamily(family, dataplane.whyNot(family)));
      }
    }
    NetworkInterfaces.here()
        .ifPresent(existing -> diagnostics.addAll(InterfaceCheck.of(plan, existing)));
    return plan.with(diagnostics);
  }

  private static Diagnostic noFamily(Family family, String why) {
    return Diagnostic.warning(
        Code.NO_FAMILY,
        Position.file(family == Family.IPV4 ? "iptables-save" : "ip6tables-save"),
        "the policy is not applied to "
            + family.label()
            + ", which this machine lacks ("
            + why.lines().findFirst().orElse("it was not asked for")
            + "); write families to say which it is for");
  }
}
