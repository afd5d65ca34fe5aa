package acct.dataplane.iptables;

import acct.netfilter.Counters;
import acct.netfilter.Hook;
import acct.netfilter.Rule;
import acct.netfilter.Words;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Fate;
import acct.plan.Plan;
import acct.plan.TablePlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The way back from a plan that was carried out: for each of its transactions one that takes it
 * back. Rules that went come back at their places with the last values that were read of their
 * counters; rules that were written go; rules that were not touched are not touched.
 */
public final class UndoScript {
  private final BlockWriter out;

  private UndoScript(BlockWriter out) {
    this.out = out;
  }

  /**
   * For each block of {@link RestoreScript#blocks}, in the same order, the block that undoes it.
   */
  public static List<Block> blocks(Plan plan) {
    List<Block> blocks = new ArrayList<>();
    for (TablePlan table : plan.tables()) {
      if (!table.renames().isEmpty()) {
        blocks.add(renames(table));
      }
      if (table.hasBlock()) {
        UndoScript script = new UndoScript(new BlockWriter(table.family(), table.table()));
        script.block(table);
        blocks.add(script.out.commit());
      }
    }
    return blocks;
  }

  private static Block renames(TablePlan table) {
    BlockWriter out = new BlockWriter(table.family(), table.table());
    List<Change.ChainRenamed> renames = new ArrayList<>(table.renames());
    Collections.reverse(renames);
    for (Change.ChainRenamed rename : renames) {
      out.line("-E " + rename.to() + " " + rename.from());
    }
    return out.commit();
  }

  private void block(TablePlan table) {
    for (ChainPlan chain : table.chains()) {
      if (chain.kind() == ChainPlan.Kind.REMOVED) {
        out.line(":" + chain.name() + " - [0:0]");
      }
    }
    for (ChainPlan chain : table.chains()) {
      if (chain.kind() != ChainPlan.Kind.CREATED) {
        deleteWritten(chain);
        writeTaken(chain);
      }
    }
    for (Hook hook : table.table().hooks()) {
      jumps(table, hook);
    }
    out.removeChains(table.chains(), ChainPlan.Kind.CREATED);
  }

  private void deleteWritten(ChainPlan chain) {
    List<Integer> positions = new ArrayList<>();
    for (Change change : chain.changes()) {
      if (change instanceof Change.Written written) {
        positions.add(written.slot().position());
      }
    }
    out.deleteRules(chain.name(), positions);
  }

  private void writeTaken(ChainPlan chain) {
    List<Change.Taken> taken = new ArrayList<>();
    for (Change change : chain.changes()) {
      if (change instanceof Change.Taken rule) {
        taken.add(rule);
      }
    }
    taken.sort(Comparator.comparingInt(Change.Taken::livePosition));
    for (Change.Taken rule : taken) {
      Rule live = chain.live().get(rule.livePosition() - 1);
      out.line(
          BlockWriter.prefix(counters(rule))
              + "-I "
              + chain.name()
              + " "
              + rule.livePosition()
              + " "
              + Words.join(live.words()));
    }
  }

  /** The last value that was read of a counter that a change ends or carries. */
  private static Counters counters(Change change) {
    Optional<Fate> fate = change.fate();
    if (fate.isPresent() && fate.get() instanceof Fate.Ended ended) {
      return ended.counters();
    }
    if (fate.isPresent() && fate.get() instanceof Fate.Carried carried) {
      return carried.counters();
    }
    return Counters.UNKNOWN;
  }

  /** First what was written goes, then what was there comes back, from the top down. */
  private void jumps(TablePlan table, Hook hook) {
    Map<Integer, String> back = new HashMap<>();
    for (Change change : table.jumps()) {
      if (change instanceof Change.JumpAdded added && added.hook() == hook) {
        delete(hook, added.jump().body().words(added.jump().comments()));
      } else if (change instanceof Change.JumpReplaced replaced && replaced.hook() == hook) {
        delete(hook, replaced.jump().body().words(replaced.jump().comments()));
        back.put(
            replaced.livePosition(),
            back(hook, replaced, replaced.livePosition(), replaced.words()));
      } else if (change instanceof Change.JumpRemoved removed && removed.hook() == hook) {
        back.put(
            removed.livePosition(), back(hook, removed, removed.livePosition(), removed.words()));
      }
    }
    List<Integer> positions = new ArrayList<>(back.keySet());
    Collections.sort(positions);
    for (int position : positions) {
      out.line(back.get(position));
    }
  }

  private void delete(Hook hook, List<String> words) {
    out.line("-D " + hook + " " + Words.join(words));
  }

  private static String back(Hook hook, Change change, int position, List<String> words) {
    return BlockWriter.prefix(counters(change))
        + "-I "
        + hook
        + " "
        + position
        + " "
        + Words.join(words);
  }
}
