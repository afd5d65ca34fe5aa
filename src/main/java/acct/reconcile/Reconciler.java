package acct.reconcile;

import acct.compile.Desired;
import acct.counter.KnownNames;
import acct.dataplane.Snapshot;
import acct.dataplane.iptables.Block;
import acct.dataplane.iptables.IptablesDataplane;
import acct.dataplane.iptables.Rehearsal;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Position;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.NetworkInterfaces;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.plan.Differ;
import acct.plan.Fingerprint;
import acct.plan.Intent;
import acct.plan.InterfaceCheck;
import acct.plan.Plan;
import acct.state.JournalEntry;
import acct.state.JournalText.Outcome;
import acct.state.SavedPlan;
import acct.state.StateDirectory;
import acct.text.PrintableText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Closes the difference between what the policies ask for and what the kernel has.
 *
 * <ol>
 *   <li>Read the live ruleset of each family, and plan. Nothing to do: done, no restore is run.
 *   <li>Rehearse it in a private network namespace. What the kernel refuses there is told, and the
 *       host is untouched.
 *   <li>Write into the journal what will end, and the way back.
 *   <li>Write one transaction for each table and family. When one fails, those before it are taken
 *       back, the last first; and when the ruleset has moved since it was read, plan again.
 *   <li>Read again. The plan must be empty now. If it is not, and another program has changed rules
 *       meanwhile, plan again, a few times; else all is taken back, and the evidence is left.
 *   <li>Write into the journal how it ended.
 * </ol>
 */
public final class Reconciler {
  /** How often to plan again while another program changes what was read. */
  private static final int MOST_AGAIN = 3;

  private final Desired desired;
  private final Intent intent;
  private final IptablesDataplane host;
  private final Keeping keeping;
  private final boolean rehearses;
  private final KnownNames known;
  private final ReconcileEvent.Listener listener;
  private final Consumer<String> notices;

  /**
   * A loop for these policies on a machine.
   *
   * @param intent what is asked for beyond them
   * @param keeping where what is done is kept
   * @param rehearses whether a plan is tried in a private namespace first
   * @param known names of live rules, where nothing is kept that would tell them
   * @param listener is told what happens on the way
   */
  public Reconciler(
      Desired desired,
      Intent intent,
      IptablesDataplane host,
      Keeping keeping,
      boolean rehearses,
      KnownNames known,
      ReconcileEvent.Listener listener) {
    this.desired = desired;
    this.intent = intent;
    this.host = host;
    this.keeping = keeping;
    this.rehearses = rehearses;
    this.known = known;
    this.listener = listener;
    this.notices = message -> listener.on(new ReconcileEvent.Notice(message));
  }

  /** Reads and plans. */
  public Plan plan() throws HostException {
    Snapshot snapshot = read();
    return rehearsed(besides(plan(snapshot)), snapshot);
  }

  /** The plan, with what is to be said of this machine. */
  private Plan besides(Plan plan) throws HostException {
    List<Diagnostic> diagnostics = new ArrayList<>(plan.diagnostics());
    for (Family family : desired.families()) {
      if (plan.backends().containsKey(family)) {
        diagnostics.addAll(host.besides(Set.of(family)));
      } else {
        diagnostics.add(
            Diagnostic.warning(
                Code.NO_FAMILY,
                Position.file(family == Family.IPV4 ? "iptables-save" : "ip6tables-save"),
                "the policy is not applied to "
                    + family.label()
                    + ", which this machine lacks ("
                    + host.whyNot(family).lines().findFirst().orElse("it was not asked for")
                    + "); write families to say which it is for"));
      }
    }
    NetworkInterfaces.here()
        .ifPresent(existing -> diagnostics.addAll(InterfaceCheck.of(plan, existing)));
    return plan.with(diagnostics);
  }

  /**
   * The plan against dumps.
   *
   * @param live what the dumps show
   */
  public Plan plan(List<LiveRuleset> live) throws HostException {
    Snapshot snapshot = new Snapshot(live, Map.of());
    return rehearsed(plan(snapshot), snapshot);
  }

  /** The plan, with what a rehearsal says against it. */
  private Plan rehearsed(Plan plan, Snapshot before) throws HostException {
    if (!rehearses || plan.isRefused() || !plan.isChanged()) {
      return plan;
    }
    List<Diagnostic> diagnostics = new ArrayList<>(plan.diagnostics());
    diagnostics.addAll(Rehearsal.run(host, desired, plan, before, notices));
    return plan.with(diagnostics);
  }

  private Snapshot read() throws HostException {
    return host.read(desired.required());
  }

  /** Reads after something failed; when that fails too, what failed first is not forgotten. */
  private Snapshot readAfter(HostException first) throws HostException {
    try {
      return read();
    } catch (HostException e) {
      throw new HostException(
          first.kind(), first.getMessage() + "\nand reading again failed: " + e.getMessage());
    }
  }

  private Plan plan(Snapshot snapshot) throws HostException {
    KnownNames names = known;
    if (keeping.totals().isPresent()) {
      names = keeping.totals().get().ledger().knownNames();
    }
    return Differ.diff(desired, snapshot.live(), intent, names);
  }

  /** Is given a plan before anything is written. */
  public interface Shown {
    /**
     * Shows it.
     *
     * @throws HostException where it is not to be carried out
     */
    void show(Plan plan) throws HostException;
  }

  /**
   * Applies.
   *
   * @param shown is given the plan before anything is written
   * @return the plan that was carried out; one that is refused or does nothing was not
   * @throws HostException where something failed; the message says what stands
   */
  public Plan apply(Shown shown) throws HostException {
    Recovery.run(host, keeping, notices);
    Snapshot before = Recovery.cleaned(host, read(), notices);
    checkTotals(before);
    Plan plan = rehearsed(besides(plan(before)), before);
    shown.show(plan);
    if (plan.isRefused()) {
      return plan;
    }
    if (!plan.isChanged()) {
      notice(plan, before);
      return plan;
    }
    for (int more = MOST_AGAIN; ; more--) {
      try {
        carryOut(plan, before);
        return plan;
      } catch (HostException e) {
        before = readAfter(e);
        Plan again = rehearsed(plan(before), before);
        boolean moved =
            e.kind() == Kind.OVERTAKEN
                || !Fingerprint.of(again).equals(Fingerprint.of(plan)) && e.kind() != Kind.LEFT;
        if (!moved || again.isRefused() || more == 0) {
          throw e;
        }
        notices.accept(e.getMessage());
        notices.accept("the ruleset has changed since it was read; planning again");
        shown.show(again);
        plan = again;
        if (!plan.isChanged()) {
          return plan;
        }
      }
    }
  }

  /**
   * Carries out a plan that was saved, where policies and host still give the same plan.
   *
   * @param shown is given the plan before anything is written
   * @throws HostException STALE where they give another
   */
  public Plan apply(SavedPlan saved, Shown shown) throws HostException {
    Recovery.run(host, keeping, notices);
    Set<Family> families = EnumSet.noneOf(Family.class);
    families.addAll(saved.families());
    Snapshot all = Recovery.cleaned(host, host.read(families), notices);
    List<LiveRuleset> live = new ArrayList<>();
    for (LiveRuleset one : all.live()) {
      if (families.contains(one.family())) {
        live.add(one);
      }
    }
    Snapshot before = new Snapshot(live, all.texts());
    checkTotals(before);
    Plan plan = plan(before);
    Fingerprint now = Fingerprint.of(plan);
    if (!now.equals(saved.fingerprint())) {
      throw new HostException(
          Kind.STALE,
          "the saved plan is stale: "
              + (now.base().equals(saved.fingerprint().base())
                  ? "rules beside acct's jumps have changed since"
                  : "acct's rules, the backend or its version are not what it was made from (or it"
                      + " was applied already)")
              + "; nothing was done, plan again");
    }
    plan = rehearsed(plan, before);
    shown.show(plan);
    if (!plan.isRefused() && plan.isChanged()) {
      carryOut(plan, before);
    }
    return plan;
  }

  /**
   * Whether the totals are of these counters: told before anything is changed.
   *
   * @throws HostException where they are another backend's, or another namespace's
   */
  private void checkTotals(Snapshot before) throws HostException {
    if (keeping.totals().isPresent()) {
      Totals totals = keeping.totals().get();
      totals.look(before, totals.ledger());
    }
  }

  private void carryOut(Plan plan, Snapshot before) throws HostException {
    Job job = Job.of(plan, desired.owners(), before);
    List<Block> undo = Job.undo(plan);
    String entry = begin(plan, job, undo, before);
    Execution.Outcome outcome = execution().run(entry, "apply", job);
    if (outcome.failure().isPresent()) {
      throw takenBack(entry, job, undo, outcome);
    }
    Snapshot after = outcome.after();
    keeping.totals().ifPresent(totals -> totals.tidy(plan, after));
    Optional<String> wrong = Verification.unfinished(plan(after));
    Optional<String> others = Verification.othersChanged(plan, before, after);
    if (wrong.isPresent() && others.isPresent()) {
      String message = others.get() + ", and " + wrong.get();
      end(entry, Outcome.APPLIED, message, outcome.offsets(), after);
      throw new HostException(Kind.OVERTAKEN, message);
    }
    Evidence evidence = new Evidence(before, after, job.blocks());
    if (wrong.isPresent()) {
      throw takenBack(entry, job, undo, outcome, wrong.get(), leave(evidence, wrong.get()));
    }
    List<String> fallen = Verification.fallen(plan, before, after);
    if (!fallen.isEmpty()) {
      String message =
          "applied, but counters that were not touched are smaller than before (another program"
              + " zeroed them, or iptables lost them): "
              + String.join("; ", fallen)
              + leave(evidence, "counters fell");
      end(entry, Outcome.APPLIED, message, outcome.offsets(), after);
      throw new HostException(Kind.LEFT, message);
    }
    others.ifPresent(notices);
    end(entry, Outcome.APPLIED, "", outcome.offsets(), after);
    listener.on(new ReconcileEvent.Carried(outcome.offsets(), keeping.journal().isPresent()));
  }

  private Execution execution() {
    return new Execution(host, keeping.totals(), desired.required(), desired.owners(), notices);
  }

  /** Takes back what stands of a job that failed, and returns the failure with what stands then. */
  private HostException takenBack(
      String entry, Job job, List<Block> undo, Execution.Outcome outcome) throws HostException {
    HostException failure = outcome.failure().orElseThrow();
    if (outcome.standing() > 0) {
      return takenBack(entry, job, undo, outcome, failure.getMessage(), "");
    }
    String message = failure.getMessage() + "\nnothing was changed";
    end(entry, Outcome.UNDONE, message, outcome.after());
    return new HostException(failure.kind(), message);
  }

  private HostException takenBack(
      String entry, Job job, List<Block> undo, Execution.Outcome outcome, String why, String more)
      throws HostException {
    Job back = job.back(outcome.standing(), undo, desired.owners(), outcome.after());
    Execution.Outcome undone = execution().run(TakeBack.id(entry), "apply", back);
    boolean whole = undone.failure().isEmpty();
    String message = why + "\n" + report(job, back, outcome.standing(), undone) + more;
    end(entry, whole ? Outcome.UNDONE : Outcome.FAILED, message, undone.after());
    Kind kind = whole && outcome.failure().isPresent() ? outcome.failure().get().kind() : Kind.LEFT;
    return new HostException(kind, message);
  }

  private static String report(Job job, Job back, int standing, Execution.Outcome undone) {
    if (undone.failure().isEmpty()) {
      return "undone: " + names(back.blocks()) + "; the rules are what they were before";
    }
    Block stuck = back.blocks().get(undone.standing());
    return "could not undo "
        + names(List.of(stuck))
        + " ("
        + undone.failure().get().getMessage()
        + "); what stands of the change: "
        + names(job.blocks().subList(0, standing - undone.standing()));
  }

  private static String names(List<Block> blocks) {
    List<String> names = new ArrayList<>();
    blocks.forEach(block -> names.add(block.family().label() + " " + block.table()));
    return String.join(", ", names);
  }

  /**
   * Nothing is to be done, but counters may have begun anew: the sooner known, the less is lost.
   */
  private void notice(Plan plan, Snapshot snapshot) {
    keeping.totals().ifPresent(totals -> totals.notice(plan, snapshot));
  }

  /** Writes what is about to be done; returns the id, also where there is no journal. */
  private String begin(Plan plan, Job job, List<Block> undo, Snapshot before) throws HostException {
    if (keeping.journal().isEmpty()) {
      return Tokens.next();
    }
    List<JournalEntry.Way> ways = new ArrayList<>();
    for (int i = 0; i < undo.size(); i++) {
      ways.add(new JournalEntry.Way(undo.get(i), job.steps().get(i).transitions()));
    }
    try {
      return keeping.journal().get().begin(plan, ways, owned(before));
    } catch (HostException e) {
      throw new HostException(
          Kind.LEFT,
          e.getMessage() + "; nothing was changed: make room there, or name another --state-dir");
    }
  }

  /** What there is to look at afterwards. */
  private record Evidence(Snapshot before, Snapshot after, List<Block> blocks) {}

  private String leave(Evidence evidence, String message) {
    if (keeping.evidence().isEmpty()) {
      return "";
    }
    List<StateDirectory.Evidence> files = new ArrayList<>();
    files.add(new StateDirectory.Evidence("message", message + "\n"));
    addDumps(files, "before", evidence.before());
    addDumps(files, "after", evidence.after());
    StringBuilder script = new StringBuilder();
    for (Block block : evidence.blocks()) {
      script.append("# ").append(block.family().label()).append('\n');
      script.append(block.text());
    }
    files.add(new StateDirectory.Evidence("script", script.toString()));
    try {
      Path left =
          keeping
              .evidence()
              .get()
              .leave(Fingerprint.ofOwned(desired.owners(), evidence.after().live()), files);
      return "\nthe dumps and the script lie in " + PrintableText.of(left.toString());
    } catch (HostException e) {
      return "\n" + e.getMessage();
    }
  }

  private static void addDumps(
      List<StateDirectory.Evidence> files, String when, Snapshot snapshot) {
    for (Map.Entry<Family, String> dump : snapshot.texts().entrySet()) {
      files.add(new StateDirectory.Evidence(when + "." + dump.getKey().label(), dump.getValue()));
    }
  }

  private String owned(Snapshot snapshot) {
    return Fingerprint.ofOwned(desired.owners(), snapshot.live());
  }

  private void end(String entry, Outcome outcome, String message, Snapshot now)
      throws HostException {
    end(entry, outcome, message, List.of(), now);
  }

  private void end(
      String entry,
      Outcome outcome,
      String message,
      List<JournalEntry.Offset> offsets,
      Snapshot now)
      throws HostException {
    if (keeping.journal().isEmpty()) {
      return;
    }
    try {
      keeping.journal().get().end(entry, outcome, message, offsets, owned(now));
    } catch (HostException e) {
      throw new HostException(
          Kind.LEFT,
          (message.isEmpty() ? "" : message + "\n")
              + e.getMessage()
              + "; the rules are "
              + (outcome == Outcome.APPLIED ? "changed" : "as the last message says")
              + ", and only the journal lacks how it ended");
    }
  }
}
