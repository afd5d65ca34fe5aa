package acct.reconcile;

import acct.counter.Counted;
import acct.counter.CounterId;
import acct.counter.Transition;
import acct.dataplane.Snapshot;
import acct.dataplane.iptables.Block;
import acct.dataplane.iptables.RestoreScript;
import acct.dataplane.iptables.ScriptCommand;
import acct.dataplane.iptables.ShadowCounters;
import acct.dataplane.iptables.UndoScript;
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
      Block block, List<Transition> transitions, List<Block.Carry> shadowed, String before) {
    Step {
      transitions = List.copyOf(transitions);
      shadowed = List.copyOf(shadowed);
    }
  }

  /** The job of a plan. */
  static Job of(Plan plan, Set<String> owners, Snapshot before) {
    return of(RestoreScript.blocks(plan), CounterTransitions.of(plan), owners, before);
  }

  /**
   * The job of blocks.
   *
   * @param transitions of each
   * @param before what was read before them
   */
  static Job of(
      List<Block> blocks, List<List<Transition>> transitions, Set<String> owners, Snapshot before) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      List<Block.Carry> shadowed = new ArrayList<>();
      for (Block.Line line : block.lines()) {
        line.carry().filter(Block.Carry::exact).ifPresent(shadowed::add);
      }
      String name = shadowed.isEmpty() ? name(blocks.subList(0, i + 1), owners, before) : "";
      steps.add(new Step(block, transitions.get(i), shadowed, name));
    }
    return new Job(steps);
  }

  /** Names acct's part of the table of the last block, when those before it are written. */
  private static String name(List<Block> blocks, Set<String> owners, Snapshot before) {
    Block last = blocks.get(blocks.size() - 1);
    Optional<LiveRuleset> live = before.of(last.family());
    return live.isPresent()
        ? Fingerprint.ofOwned(owners, live.get(), last.table(), renames(blocks))
        : "";
  }

  /** The new names that chains get in the table of the last block before it, by their old ones. */
  private static Map<ChainName, ChainName> renames(List<Block> blocks) {
    Block last = blocks.get(blocks.size() - 1);
    Map<ChainName, ChainName> renames = new LinkedHashMap<>();
    for (Block block : blocks.subList(0, blocks.size() - 1)) {
      if (block.family() == last.family() && block.table().equals(last.table())) {
        for (Block.Line line : block.lines()) {
          if (line.command() instanceof ScriptCommand.RenameChain rename) {
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
    List<Block> blocks = blocks().subList(0, step + 1);
    List<Map.Entry<ChainName, ChainName>> renames = new ArrayList<>(renames(blocks).entrySet());
    Collections.reverse(renames);
    for (Map.Entry<ChainName, ChainName> rename : renames) {
      name = rename.getValue().equals(name) ? rename.getKey() : name;
    }
    return name;
  }

  /**
   * The job that takes the first steps of this one back, the last first.
   *
   * @param standing how many stand
   * @param undo of each step the block that takes it back
   * @param now what was read
   */
  Job back(int standing, List<Block> undo, Set<String> owners, Snapshot now) {
    List<Block> blocks = new ArrayList<>();
    List<List<Transition>> transitions = new ArrayList<>();
    for (int i = standing - 1; i >= 0; i--) {
      blocks.add(undo.get(i));
      transitions.add(steps.get(i).transitions());
    }
    return back(blocks, transitions, owners, now);
  }

  /**
   * The job of blocks that take others back.
   *
   * @param done what those did, of each
   */
  static Job back(
      List<Block> blocks, List<List<Transition>> done, Set<String> owners, Snapshot now) {
    Map<CounterId, Counters> counters = counters(now);
    List<List<Transition>> inverse = new ArrayList<>();
    done.forEach(one -> inverse.add(CounterTransitions.inverse(one, counters)));
    List<Block> placed = new ArrayList<>();
    for (Block block : blocks) {
      placed.add(block.with(line -> placed(line, counters, now)));
    }
    return of(placed, inverse, owners, now);
  }

  /** A rule in a built-in chain is found again, and one that is carried goes on from now. */
  private static Block.Line placed(
      Block.Line line, Map<CounterId, Counters> counters, Snapshot now) {
    if (line.carry().isEmpty()) {
      return line;
    }
    Block.Carry carry = line.carry().get();
    Optional<Integer> position =
        carry.position() > 0 ? Optional.of(carry.position()) : ShadowCounters.find(carry, now);
    Block.Line started = Block.starting(line, counters.getOrDefault(carry.from(), Counters.ZERO));
    return new Block.Line(started.command(), line.source(), position.map(carry::at));
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

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    steps.forEach(step -> blocks.add(step.block()));
    return blocks;
  }

  /** Of each step the block that takes it back. */
  static List<Block> undo(Plan plan) {
    return UndoScript.blocks(plan);
  }
}
