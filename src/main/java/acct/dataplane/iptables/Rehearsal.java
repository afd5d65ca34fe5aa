package acct.dataplane.iptables;

import acct.dataplane.Operation;
import acct.dataplane.Snapshot;
import acct.dataplane.Transaction;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Position;
import acct.host.AtOnce;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.netfilter.Rule;
import acct.netfilter.RuleParser;
import acct.netfilter.Words;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Plan;
import acct.plan.TablePlan;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/**
 * Carries a plan out in a private network namespace first: the same kernel and the same iptables
 * say there whether they take every line, and what they make of it, before the host is touched.
 *
 * <p>nft names the line it refuses. Legacy names only the COMMIT, so the first line that is too
 * much is searched for by halves. What the kernel says is told at the line of the policy.
 */
final class Rehearsal {
  private final Kernel kernel;
  private final Plan plan;
  private final List<Diagnostic> findings = new ArrayList<>();

  /** The nfacct objects that have one, once they were looked for. */
  private Optional<Set<String>> quotas = Optional.empty();

  private Rehearsal(Kernel kernel, Plan plan) {
    this.kernel = kernel;
    this.plan = plan;
  }

  /**
   * Rehearses.
   *
   * @param notices is told, once, when it can't be done here
   * @return what stands against the plan; nothing when all of it was taken
   */
  static List<Diagnostic> run(Kernel kernel, Plan plan, Snapshot before, Consumer<String> notices)
      throws HostException {
    Rehearsal rehearsal = new Rehearsal(kernel, plan);
    rehearsal.checkNamedObjects();
    try {
      rehearsal.rehearse(before);
    } catch (HostException e) {
      // What a namespace doesn't let it do says nothing of the host, which was read before.
      if (e.kind() != Kind.MISSING && e.kind() != Kind.PERMISSION) {
        throw e;
      }
      notices.accept("going on without a rehearsal: " + e.getMessage());
    }
    return rehearsal.findings;
  }

  /**
   * The families have a stage each, and most of it is waiting for commands: so at the same time.
   */
  private void rehearse(Snapshot before) throws HostException {
    List<Transaction> all = Trial.of(plan, PlanTransactions.of(plan));
    List<Callable<List<Diagnostic>>> trials = new ArrayList<>();
    for (Family family : Family.values()) {
      List<Transaction> blocks = new ArrayList<>();
      for (Transaction block : all) {
        if (block.family() == family && !block.steps().isEmpty()) {
          blocks.add(block);
        }
      }
      Optional<LiveRuleset> live = before.of(family);
      if (!blocks.isEmpty() && live.isPresent()) {
        trials.add(() -> tried(family, blocks, live.get()));
      }
    }
    Optional<HostException> failure = Optional.empty();
    for (FutureTask<List<Diagnostic>> trial : AtOnce.begin("rehearse", trials)) {
      try {
        findings.addAll(AtOnce.result(trial));
      } catch (HostException e) {
        // What another family was told stands, and its stage is taken down before acct goes on.
        failure = failure.or(() -> Optional.of(e));
      }
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private List<Diagnostic> tried(Family family, List<Transaction> blocks, LiveRuleset live)
      throws HostException {
    try (Stage stage = Stage.set(kernel, family, plan, live, blocks)) {
      for (int i = 0; i < blocks.size(); i++) {
        try {
          stage.write(blocks.subList(i, i + 1));
        } catch (RestoreFailure e) {
          OptionalInt line = culprit(family, blocks.subList(0, i), blocks.get(i), live, e);
          return List.of(refusal(blocks.get(i), line, e));
        }
      }
      return unkept(blocks, stage.kernel().readOnly(Set.of(family)));
    }
  }

  /** What was tried has to stand there as it was written. */
  private List<Diagnostic> unkept(List<Transaction> tried, Snapshot staged) {
    Set<String> unsettled = new LinkedHashSet<>();
    for (Transaction transaction : tried) {
      Optional<LiveRuleset> live = staged.of(transaction.family());
      if (live.isPresent()) {
        LiveTable table = live.get().ruleset().table(transaction.table());
        unsettled.addAll(unsettled(transaction, table));
      }
    }
    if (unsettled.isEmpty()) {
      return List.of();
    }
    return List.of(
        Diagnostic.error(
            Code.NOT_AS_ASKED,
            Position.file(kernel.restoreCommand(tried.get(0).family())),
            "this iptables does not keep what acct writes as it is: after a rehearsal a second plan"
                + " would still change "
                + String.join(", ", unsettled)));
  }

  /** The lines of a transaction that no rule of a table says. */
  private static List<String> unsettled(Transaction transaction, LiveTable table) {
    Map<ChainName, Set<Rule>> rules = new HashMap<>();
    for (LiveChain chain : table.chains().values()) {
      Set<Rule> read = new HashSet<>();
      chain
          .rules()
          .forEach(rule -> read.add(RuleParser.parseLive(rule.words(), transaction.family())));
      rules.put(chain.name(), read);
    }
    List<String> unsettled = new ArrayList<>();
    for (Transaction.Step step : transaction.steps()) {
      List<String> words = List.of();
      if (step.operation() instanceof Operation.Append append) {
        words = append.words();
      } else if (step.operation() instanceof Operation.Insert insert) {
        words = insert.words();
      } else {
        continue;
      }
      Rule wanted = RuleParser.parseLive(words, transaction.family());
      if (!rules.getOrDefault(step.operation().chain(), Set.of()).contains(wanted)) {
        unsettled.add(
            Words.display(
                transaction.family().label()
                    + "/"
                    + transaction.table()
                    + "/"
                    + step.operation().chain().value()
                    + " "
                    + Words.join(words)));
      }
    }
    return unsettled;
  }

  /** A set that is missing on the host would be there on the stage, so it is looked for first. */
  private void checkNamedObjects() {
    Map<KernelObjects.Kind, Optional<Set<String>>> existing =
        new EnumMap<>(KernelObjects.Kind.class);
    for (TablePlan table : plan.tables()) {
      for (ChainPlan chain : table.chains()) {
        for (Change change : chain.changes()) {
          if (change instanceof Change.Written written) {
            checkNamed(written.rule().rule().words(), written.rule().position(), existing);
          }
        }
      }
      for (Change change : table.jumps()) {
        if (change instanceof Change.JumpAdded added) {
          checkNamed(added.jump().body().words(List.of()), added.jump().position(), existing);
        }
      }
    }
  }

  private void checkNamed(
      List<String> words,
      Position position,
      Map<KernelObjects.Kind, Optional<Set<String>>> existing) {
    Map<KernelObjects.Kind, Set<String>> named = new EnumMap<>(KernelObjects.Kind.class);
    Stage.collect(words, named);
    for (Map.Entry<KernelObjects.Kind, Set<String>> one : named.entrySet()) {
      checkNamed(one.getKey(), one.getValue(), position, existing);
      if (one.getKey() == KernelObjects.Kind.NFACCT) {
        checkQuota(one.getValue(), position);
      }
    }
  }

  private void checkQuota(Set<String> names, Position position) {
    if (quotas.isEmpty()) {
      quotas = Optional.of(kernel.quotas());
    }
    for (String name : names) {
      if (quotas.get().contains(name)) {
        findings.add(
            Diagnostic.error(
                Code.KERNEL_REFUSES,
                position,
                "the nfacct object \""
                    + Words.display(name)
                    + "\" has a quota, and a rule that names it counts only beyond that: name one"
                    + " without a quota"));
      }
    }
  }

  private void checkNamed(
      KernelObjects.Kind kind,
      Set<String> names,
      Position position,
      Map<KernelObjects.Kind, Optional<Set<String>>> existing) {
    Optional<Set<String>> have = existing.computeIfAbsent(kind, kernel::names);
    for (String name : names) {
      if (have.isPresent() && !have.get().contains(name)) {
        findings.add(
            Diagnostic.error(
                Code.KERNEL_REFUSES,
                position,
                "there is no "
                    + kind.label()
                    + " \""
                    + Words.display(name)
                    + "\" on this machine, and the kernel takes no rule that names it: make it first"));
      }
    }
  }

  /** The command of a block that is refused, from 1; nothing where none alone is to blame. */
  private OptionalInt culprit(
      Family family,
      List<Transaction> earlier,
      Transaction block,
      LiveRuleset live,
      RestoreFailure failure)
      throws HostException {
    boolean named =
        failure.line().isPresent()
            && Script.at(block, failure.line().getAsInt())
                .flatMap(Transaction.Step::source)
                .isPresent();
    if (named) {
      return OptionalInt.of(failure.line().getAsInt() - 1);
    }
    int good = 0;
    int bad = block.steps().size();
    while (bad - good > 1) {
      int middle = (good + bad) / 2;
      if (isTaken(family, earlier, block.first(middle), live)) {
        good = middle;
      } else {
        bad = middle;
      }
    }
    return bad < block.steps().size() || !isTaken(family, earlier, block.first(bad), live)
        ? OptionalInt.of(bad)
        : OptionalInt.empty();
  }

  private boolean isTaken(
      Family family, List<Transaction> earlier, Transaction block, LiveRuleset live)
      throws HostException {
    List<Transaction> all = new ArrayList<>(earlier);
    all.add(block);
    try (Stage stage = Stage.set(kernel, family, plan, live, all)) {
      stage.write(all);
      return true;
    } catch (RestoreFailure e) {
      return false;
    }
  }

  private Diagnostic refusal(Transaction block, OptionalInt line, RestoreFailure failure) {
    String said = failure.reason().isEmpty() ? failure.getMessage() : failure.reason();
    Optional<Transaction.Step> refused =
        line.isPresent() ? Optional.of(block.steps().get(line.getAsInt() - 1)) : Optional.empty();
    String text = refused.map(one -> ": " + Words.display(Script.line(one.operation()))).orElse("");
    Position position =
        refused
            .flatMap(Transaction.Step::source)
            .orElse(Position.file(kernel.restoreCommand(block.family())));
    return Diagnostic.error(
        Code.KERNEL_REFUSES,
        position,
        "the kernel refuses this in a rehearsal (" + said.replace('\n', ' ') + ")" + text);
  }
}
