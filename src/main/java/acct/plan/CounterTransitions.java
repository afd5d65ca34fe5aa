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
      Transition one = done.get(i);
      if (one instanceof Transition.ChainRenamed renamed) {
        back.add(
            new Transition.ChainRenamed(
                renamed.family(), renamed.table(), renamed.to(), renamed.from()));
      } else if (one instanceof Transition.Ended ended) {
        back.add(new Transition.Revived(ended.address(), ended.last()));
      } else if (one instanceof Transition.Begun begun) {
        back.add(new Transition.Ended(begun.address(), last(now, begun.address())));
      } else if (one instanceof Transition.Carried carried) {
        back.add(new Transition.Carried(carried.to(), carried.from(), last(now, carried.to())));
      } else if (one instanceof Transition.Revived revived) {
        back.add(new Transition.Ended(revived.address(), last(now, revived.address())));
      } else {
        throw new IllegalArgumentException("a zero is not taken back: " + one);
      }
    }
    return back;
  }

  private static Counters last(Map<CounterId, Counters> now, CounterId address) {
    return now.getOrDefault(address, Counters.UNKNOWN);
  }
}
