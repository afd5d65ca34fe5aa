package acct.reconcile;

import acct.dataplane.Dataplane;
import acct.dataplane.Snapshot;
import acct.dataplane.Transaction;
import acct.host.HostException;
import acct.netfilter.Family;
import acct.plan.Plan;
import acct.state.StateDirectory;
import acct.text.PrintableText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Leaves the dumps and the script of an apply whose result is not what it should be. */
final class FailureFiles {
  private final ReconcileContext context;
  private final Plan plan;
  private final Snapshot before;
  private final Snapshot after;

  FailureFiles(ReconcileContext context, Plan plan, Snapshot before, Snapshot after) {
    this.context = context;
    this.plan = plan;
    this.before = before;
    this.after = after;
  }

  /** Leaves them, where there is a directory for that; returns a line that says where they are. */
  String leave(String message) {
    if (context.keeping().evidence().isEmpty()) {
      return "";
    }
    List<StateDirectory.Evidence> files = new ArrayList<>();
    files.add(new StateDirectory.Evidence("message", message + "\n"));
    addDumps(files, "before", before);
    addDumps(files, "after", after);
    files.add(new StateDirectory.Evidence("script", script()));
    try {
      Path left = context.keeping().evidence().get().leave(context.state(after), files);
      return "\nthe dumps and the script lie in " + PrintableText.of(left.toString());
    } catch (HostException e) {
      return "\n" + e.getMessage();
    }
  }

  private String script() {
    Dataplane dataplane = context.dataplane();
    StringBuilder script = new StringBuilder();
    for (Transaction transaction : dataplane.transactions(plan)) {
      Family family = transaction.family();
      script.append("# ").append(family.label()).append('\n');
      script.append(dataplane.script(family, List.of(transaction)).text());
    }
    return script.toString();
  }

  private static void addDumps(
      List<StateDirectory.Evidence> files, String when, Snapshot snapshot) {
    for (Map.Entry<Family, String> dump : snapshot.texts().entrySet()) {
      files.add(new StateDirectory.Evidence(when + "." + dump.getKey().label(), dump.getValue()));
    }
  }
}
