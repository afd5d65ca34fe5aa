package acct.plan;

import acct.counter.Counted;
import acct.counter.CounterId;
import acct.counter.Transition;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a plan, or the way back from one, does to counters. */
public final class CounterTransitions {
  private final TablePlan table;
  private final List<Transition> all = new ArrayList<>();

  private CounterTransitions(TablePlan table) {
    this.table = table;
  }

  /** Of each transaction of a plan, in their order: renames of chains are one of their own. */
  public static List<List<Transition>> of(Plan plan) {
    List<List<Transition>> blocks = new ArrayList<>();
    for (TablePlan table : plan.tables()) {
      if (!table.renames().isEmpty()) {
        List<Transition> renames = new ArrayList<>();
        for (Change.ChainRenamed rename : table.renames()) {
          renames.add(
              new Transition.ChainRenamed(
                  table.family(), table.table(), rename.from(), rename.to()));
        }
        blocks.add(renames);
      }
      if (table.hasBlock()) {
        CounterTransitions transitions = new CounterTransitions(table);
        transitions.jumps();
        table.chains().forEach(transitions::rules);
        blocks.add(transitions.all);
      }
    }
    return blocks;
  }

  private CounterId address(ChainName chain, String item) {
    return new CounterId.Rule(table.family(), table.table(), chain, item);
  }

  private void jumps() {
    for (Change.JumpChange jump : table.jumps()) {
      CounterId address =
          CounterId.Jump.of(table.family(), table.table(), jump.from(), jump.to(), jump.body());
      boolean leaves = !(jump instanceof Change.JumpAdded);
      boolean comes = !(jump instanceof Change.JumpRemoved);
      add(
          jump,
          leaves ? Optional.of(address) : Optional.empty(),
          comes ? Optional.of(address) : Optional.empty());
    }
  }

  private void rules(ChainPlan chain) {
    List<String> items = chain.changes().isEmpty() ? List.of() : Counted.items(chain.live());
    for (Change.RuleChange change : chain.changes()) {
      Optional<CounterId> was =
          change instanceof Change.Taken taken
              ? Optional.of(address(chain.name(), items.get(taken.livePosition() - 1)))
              : Optional.empty();
      Optional<CounterId> is =
          change instanceof Change.Written written
              ? Optional.of(address(chain.name(), written.rule().kernelName()))
              : Optional.empty();
      add(change, was, is);
    }
  }

  private void add(Change.CounterChange change, Optional<CounterId> was, Optional<CounterId> is) {
    all.addAll(
        change
            .fate()
            .match(
                new Fate.Cases<List<Transition>>() {
                  @Override
                  public List<Transition> begins(Fate.New fate) {
                    return replaced(was, Counters.UNKNOWN, is);
                  }

                  @Override
                  public List<Transition> carried(Fate.Carried fate) {
                    return was.isPresent() && is.isPresent()
                        ? List.of(new Transition.Carried(was.get(), is.get(), fate.counters()))
                        : replaced(was, Counters.UNKNOWN, is);
                  }

                  @Override
                  public List<Transition> ended(Fate.Ended fate) {
                    return replaced(was, fate.counters(), is);
                  }
                }));
  }

  private static List<Transition> replaced(
      Optional<CounterId> was, Counters last, Optional<CounterId> is) {
    List<Transition> transitions = new ArrayList<>();
    was.ifPresent(id -> transitions.add(new Transition.Ended(id, last)));
    is.ifPresent(id -> transitions.add(new Transition.Begun(id)));
    return transitions;
  }

  /**
   * What takes transitions back.
   *
   * @param now what the counters have now, by their addresses
   */
  public static List<Transition> inverse(List<Transition> done, Map<CounterId, Counters> now) {
    List<Transition> back = new ArrayList<>();
    for (int i = done.size() - 1; i >= 0; i--) {
      back.add(done.get(i).match(new Inverse(now)));
    }
    return back;
  }

  /** What takes one transition back. */
  private record Inverse(Map<CounterId, Counters> now) implements Transition.Cases<Transition> {
    @Override
    public Transition chainRenamed(Transition.ChainRenamed one) {
      return new Transition.ChainRenamed(one.family(), one.table(), one.to(), one.from());
    }

    @Override
    public Transition ended(Transition.Ended one) {
      return new Transition.Revived(one.address(), one.last());
    }

    @Override
    public Transition begun(Transition.Begun one) {
      return new Transition.Ended(one.address(), last(now, one.address()));
    }

    @Override
    public Transition carried(Transition.Carried one) {
      return new Transition.Carried(one.to(), one.from(), last(now, one.to()));
    }

    @Override
    public Transition revived(Transition.Revived one) {
      return new Transition.Ended(one.address(), last(now, one.address()));
    }

    @Override
    public Transition zeroed(Transition.Zeroed one) {
      throw new IllegalArgumentException("a zero is not taken back: " + one);
    }

    @Override
    public Transition rebased(Transition.Rebased one) {
      throw new IllegalArgumentException("a zero is not taken back: " + one);
    }
  }

  private static Counters last(Map<CounterId, Counters> now, CounterId address) {
    return now.getOrDefault(address, Counters.UNKNOWN);
  }
}
