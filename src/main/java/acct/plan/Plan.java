package acct.plan;

import acct.netfilter.Backend;
import acct.netfilter.Family;
import acct.policy.Diagnostic;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The smallest change that makes live agree with desired. Immutable, and the same for the same
 * inputs; text, JSON and the restore script are views of it.
 *
 * @param policies the owners it is for, sorted
 * @param backends of each family that was compared, where the dump or the host said
 * @param tables that some policy has something to do with
 * @param diagnostics errors that stand against it, and warnings
 */
public record Plan(
    List<String> policies,
    Map<Family, Optional<Backend>> backends,
    List<TablePlan> tables,
    List<Diagnostic> diagnostics) {
  public Plan {
    policies = policies.stream().sorted().toList();
    backends = new EnumMap<>(backends);
    tables = List.copyOf(tables);
    diagnostics = List.copyOf(diagnostics);
  }

  @Override
  public Map<Family, Optional<Backend>> backends() {
    return java.util.Collections.unmodifiableMap(backends);
  }

  /** A change with the name it goes by. */
  public record Located(Address address, Change change) {}

  /** How many things it does. */
  public record Summary(int add, int change, int remove, int move) {}

  /** How many counters meet which fate. A changed rule ends one and begins one. */
  public record Fates(int kept, int carried, int ended, int begun) {}

  /** Whether it does anything. */
  public boolean isChanged() {
    return tables.stream().anyMatch(TablePlan::isChanged);
  }

  /** Whether something stands against it, so that it must not be applied. */
  public boolean isRefused() {
    return diagnostics.stream().anyMatch(Diagnostic::isError);
  }

  /** All changes, by table, the jumps of built-in chains first. */
  public List<Located> changes() {
    List<Located> all = new ArrayList<>();
    for (TablePlan table : tables) {
      for (Change.ChainRenamed rename : table.renames()) {
        all.add(
            new Located(
                new Address(table.family(), table.table(), rename.to(), Optional.empty()), rename));
      }
      for (Change change : table.jumps()) {
        if (change instanceof Change.OfJump jump) {
          all.add(
              new Located(
                  new Address(
                      table.family(),
                      table.table(),
                      jump.hook().chain(),
                      Optional.of(jump.to().value())),
                  change));
        }
      }
      for (ChainPlan chain : table.chains()) {
        for (Change change : chain.changes()) {
          if (change instanceof Change.OfRule rule) {
            all.add(
                new Located(
                    new Address(
                        table.family(), table.table(), chain.name(), Optional.of(rule.label())),
                    change));
          }
        }
      }
    }
    return all;
  }

  public Summary summary() {
    List<Located> all = changes();
    return new Summary(
        count(all, Change.Action.ADD),
        count(all, Change.Action.CHANGE),
        count(all, Change.Action.REMOVE),
        count(all, Change.Action.MOVE));
  }

  private static int count(List<Located> all, Change.Action action) {
    return (int) all.stream().filter(located -> located.change().action() == action).count();
  }

  /** Counters of all of acct's rules, jumps in built-in chains included. */
  public Fates fates() {
    int kept = 0;
    for (TablePlan table : tables) {
      kept += table.keptJumps();
      for (ChainPlan chain : table.chains()) {
        kept += chain.kept();
      }
    }
    List<Located> all = changes();
    int rewritten = count(all, Plan::endsAndBegins);
    return new Fates(
        kept,
        count(all, change -> change.fate().filter(Fate.Carried.class::isInstance).isPresent()),
        count(all, change -> change.fate().filter(Fate.Ended.class::isInstance).isPresent()),
        count(all, change -> change.fate().filter(Fate.New.class::isInstance).isPresent())
            + rewritten);
  }

  /** A rule that is written in place of one whose counter ends. */
  private static boolean endsAndBegins(Change change) {
    boolean rewritten = change instanceof Change.Written || change instanceof Change.JumpReplaced;
    return rewritten && change.fate().filter(Fate.Ended.class::isInstance).isPresent();
  }

  private static int count(List<Located> all, Predicate<Change> which) {
    return (int) all.stream().filter(located -> which.test(located.change())).count();
  }
}
