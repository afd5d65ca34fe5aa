package acct.dataplane.iptables;

import acct.counter.Counted;
import acct.counter.CounterId;
import acct.counter.Transition;
import acct.dataplane.Operation;
import acct.dataplane.Snapshot;
import acct.dataplane.Transaction;
import acct.dataplane.WayBack;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.plan.CounterTransitions;
import acct.plan.Fingerprint;
import acct.plan.Plan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be written into the kernel, transaction by transaction, and what each does to
 * counters.
 *
 * @param steps in their order
 */
record Job(List<Step> steps) {
  Job {
    steps = List.copyOf(steps);
  }

  /**
   * A transaction.
   *
   * @param shadowed rules of which has to be known exactly what they had at their end
   * @param before names acct's part of the table before it; empty where that is not needed
   */
  record Step(
      Transaction block,
      List<Transition> transitions,
      List<Transaction.Carry> shadowed,
      String before) {
    Step {
      transitions = List.copyOf(transitions);
      shadowed = List.copyOf(shadowed);
    }
  }

  /** The job of a plan. */
  static Job of(Plan plan, Set<String> owners, Snapshot before) {
    return of(PlanTransactions.of(plan), CounterTransitions.of(plan), owners, before);
  }

  /**
   * The job of blocks.
   *
   * @param transitions of each
   * @param before what was read before them
   */
  static Job of(
      List<Transaction> blocks,
      List<List<Transition>> transitions,
      Set<String> owners,
      Snapshot before) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      Transaction block = blocks.get(i);
      List<Transaction.Carry> shadowed = new ArrayList<>();
      for (Transaction.Step line : block.steps()) {
        line.carry().filter(Transaction.Carry::exact).ifPresent(shadowed::add);
      }
      String name = shadowed.isEmpty() ? name(blocks.subList(0, i + 1), owners, before) : "";
      steps.add(new Step(block, transitions.get(i), shadowed, name));
    }
    return new Job(steps);
  }

  /** Names acct's part of the table of the last block, when those before it are written. */
  private static String name(List<Transaction> blocks, Set<String> owners, Snapshot before) {
    Transaction last = blocks.get(blocks.size() - 1);
    Optional<LiveRuleset> live = before.of(last.family());
    return live.isPresent()
        ? Fingerprint.ofOwned(owners, live.get(), last.table(), renames(blocks))
        : "";
  }

  /** The new names that chains get in the table of the last block before it, by their old ones. */
  private static Map<ChainName, ChainName> renames(List<Transaction> blocks) {
    Transaction last = blocks.get(blocks.size() - 1);
    Map<ChainName, ChainName> renames = new LinkedHashMap<>();
    for (Transaction block : blocks.subList(0, blocks.size() - 1)) {
      if (block.family() == last.family() && block.table().equals(last.table())) {
        for (Transaction.Step line : block.steps()) {
          if (line.operation() instanceof Operation.RenameChain rename) {
            renames.put(rename.chain(), rename.to());
          }
        }
      }
    }
    return renames;
  }

  /**
   * The name that a chain has while no transaction is written yet.
   *
   * @param step the number of the transaction that knows it by this name, from 0
   */
  ChainName nameBefore(int step, ChainName chain) {
    ChainName name = chain;
    List<Transaction> blocks = blocks().subList(0, step + 1);
    List<Map.Entry<ChainName, ChainName>> renames = new ArrayList<>(renames(blocks).entrySet());
    Collections.reverse(renames);
    for (Map.Entry<ChainName, ChainName> rename : renames) {
      name = rename.getValue().equals(name) ? rename.getKey() : name;
    }
    return name;
  }

  /**
   * The job that takes transactions back.
   *
   * @param ways the newest first
   * @param now what was read after them
   */
  static Job back(List<WayBack> ways, Set<String> owners, Snapshot now) {
    Map<CounterId, Counters> counters = counters(now);
    List<List<Transition>> inverse = new ArrayList<>();
    List<Transaction> placed = new ArrayList<>();
    for (WayBack way : ways) {
      inverse.add(CounterTransitions.inverse(way.done(), counters));
      placed.add(way.transaction().with(step -> placed(step, counters, now)));
    }
    return of(placed, inverse, owners, now);
  }

  /** A rule in a built-in chain is found again, and one that is carried goes on from now. */
  private static Transaction.Step placed(
      Transaction.Step line, Map<CounterId, Counters> counters, Snapshot now) {
    if (line.carry().isEmpty()) {
      return line;
    }
    Transaction.Carry carry = line.carry().get();
    Optional<Integer> position =
        carry.position() > 0 ? Optional.of(carry.position()) : ShadowCounters.find(carry, now);
    Transaction.Step started =
        Transaction.starting(line, counters.getOrDefault(carry.from(), Counters.ZERO));
    return new Transaction.Step(started.operation(), line.source(), position.map(carry::at));
  }

  static Map<CounterId, Counters> counters(Snapshot snapshot) {
    Map<CounterId, Counters> counters = new HashMap<>();
    for (LiveRuleset live : snapshot.live()) {
      for (Counted.Chain chain : Counted.owned(live)) {
        chain.rules().forEach(rule -> counters.put(rule.address(), rule.rule().counters()));
        chain.jumps().forEach(jump -> counters.put(jump.address(), jump.rule().counters()));
      }
    }
    return counters;
  }

  Set<Family> families() {
    Set<Family> families = new LinkedHashSet<>();
    steps.forEach(step -> families.add(step.block().family()));
    return families;
  }

  List<Transaction> blocks() {
    List<Transaction> blocks = new ArrayList<>();
    steps.forEach(step -> blocks.add(step.block()));
    return blocks;
  }
}
