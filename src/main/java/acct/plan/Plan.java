package acct.plan;

import acct.compile.DerivedName;
import acct.compile.Desired;
import acct.compile.OwnerMark;
import acct.counter.Counted;
import acct.counter.CounterId;
import acct.diagnostic.Diagnostic;
import acct.netfilter.Backend;
import acct.netfilter.Family;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The smallest change that makes live agree with desired. Immutable, and the same for the same
 * inputs; text, JSON and the restore script are views of it.
 *
 * @param policies the owners it is for, sorted
 * @param intent what was asked for beyond the policies
 * @param backends of each family that was compared, where the dump or the host said
 * @param tables that some policy has something to do with
 * @param diagnostics errors that stand against it, and warnings
 */
public record Plan(
    List<String> policies,
    Intent intent,
    Map<Family, Optional<Backend>> backends,
    List<TablePlan> tables,
    List<Diagnostic> diagnostics) {
  public Plan {
    List<String> sorted = new ArrayList<>(policies);
    Collections.sort(sorted);
    policies = List.copyOf(sorted);
    backends = new EnumMap<>(backends);
    tables = List.copyOf(tables);
    diagnostics = List.copyOf(diagnostics);
  }

  @Override
  public Map<Family, Optional<Backend>> backends() {
    return Collections.unmodifiableMap(backends);
  }

  /** The same plan with all that was found on the way to it. */
  public Plan with(List<Diagnostic> all) {
    return new Plan(policies, intent, backends, tables, all);
  }

  /** A change with the name it goes by. */
  public record Located(Address address, Change change) {}

  /** How many things it does. */
  public record Summary(int add, int change, int remove, int move) {}

  /** How many counters meet which fate. A changed rule ends one and begins one. */
  public record Fates(int kept, int carried, int ended, int begun) {}

  /** Whether it does anything. */
  public boolean isChanged() {
    for (TablePlan table : tables) {
      if (table.isChanged()) {
        return true;
      }
    }
    return false;
  }

  /** Whether something stands against it, so that it must not be applied. */
  public boolean isRefused() {
    for (Diagnostic diagnostic : diagnostics) {
      if (diagnostic.isError()) {
        return true;
      }
    }
    return false;
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
      for (Change.JumpChange jump : table.jumps()) {
        all.add(
            new Located(
                new Address(
                    table.family(), table.table(), jump.from(), Optional.of(jump.to().value())),
                jump));
      }
      for (ChainPlan chain : table.chains()) {
        for (Change.RuleChange rule : chain.changes()) {
          all.add(
              new Located(
                  new Address(
                      table.family(), table.table(), chain.name(), Optional.of(rule.label())),
                  rule));
        }
      }
    }
    return all;
  }

  /** A rule that no policy has and that stays, with the name it goes by. */
  public record Standing(Address address, Unmanaged rule) {}

  /** All rules that no policy has and that stay, by table and chain. */
  public List<Standing> unmanaged() {
    List<Standing> all = new ArrayList<>();
    for (TablePlan table : tables) {
      for (ChainPlan chain : table.chains()) {
        for (Unmanaged rule : chain.unmanaged()) {
          String label =
              OwnerMark.label(rule.rule().comments())
                  .orElseGet(() -> DerivedName.of(rule.rule().body()));
          all.add(
              new Standing(
                  new Address(table.family(), table.table(), chain.name(), Optional.of(label)),
                  rule));
        }
      }
    }
    return all;
  }

  /** What the policies call the rules they want, where the kernel's comment is another. */
  public Map<CounterId, Optional<String>> policyNames() {
    Map<CounterId, Optional<String>> names = new LinkedHashMap<>();
    for (TablePlan table : tables) {
      for (ChainPlan chain : table.chains()) {
        for (Desired.Counting rule : chain.wanted()) {
          String item = rule.kernelName();
          names.put(
              new CounterId.Rule(table.family(), table.table(), chain.name(), item),
              Optional.of(rule.label()).filter(label -> !label.equals(item)));
        }
      }
    }
    return names;
  }

  /** The chains that it is about. */
  public Set<Counted.Place> places() {
    Set<Counted.Place> places = new LinkedHashSet<>();
    for (TablePlan table : tables) {
      for (ChainPlan chain : table.chains()) {
        places.add(new Counted.Place(table.family(), table.table(), chain.name()));
      }
    }
    return places;
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
    int count = 0;
    for (Located located : all) {
      count += located.change().action() == action ? 1 : 0;
    }
    return count;
  }

  /** Counters of all rules in acct's chains, and of its jumps in built-in chains. */
  public Fates fates() {
    int kept = 0;
    for (TablePlan table : tables) {
      kept += table.keptJumps();
      for (ChainPlan chain : table.chains()) {
        kept += chain.kept();
      }
    }
    Tally tally = new Tally();
    for (TablePlan table : tables) {
      table.jumps().forEach(jump -> tally.add(jump, jump instanceof Change.JumpReplaced));
      for (ChainPlan chain : table.chains()) {
        chain.changes().forEach(rule -> tally.add(rule, rule instanceof Change.Written));
      }
    }
    return new Fates(kept, tally.carried, tally.ended, tally.begun);
  }

  /** Counts fates. */
  private static final class Tally implements Fate.Cases<Integer> {
    private int carried;
    private int ended;
    private int begun;

    /** One that ends in a rule that is written begins anew there. */
    void add(Change.CounterChange change, boolean written) {
      int before = ended;
      change.fate().match(this);
      begun += written && ended > before ? 1 : 0;
    }

    @Override
    public Integer begins(Fate.New fate) {
      return ++begun;
    }

    @Override
    public Integer carried(Fate.Carried fate) {
      return ++carried;
    }

    @Override
    public Integer ended(Fate.Ended fate) {
      return ++ended;
    }
  }
}
