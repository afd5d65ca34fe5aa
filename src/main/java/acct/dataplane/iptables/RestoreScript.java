package acct.dataplane.iptables;

import acct.compile.Desired;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.Hook;
import acct.netfilter.Words;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Fate;
import acct.plan.Plan;
import acct.plan.TablePlan;
import acct.policy.Policy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The input of {@code iptables-restore --noflush --counters} that carries out a plan in one family:
 * one block for each table, and each block one transaction.
 *
 * <p>Only chains that are created are declared, for a declaration flushes a chain that exists.
 * Rules of acct's own chains are deleted by position, from the last to the first, and written by
 * final position, from the first to the last; appended wherever nothing that stays stands behind,
 * since an append does not read the chain on nft. Jumps in built-in chains, where others write too,
 * are deleted by their full text.
 */
public final class RestoreScript {
  private final BlockWriter out;
  private final Carrying carrying;

  private RestoreScript(BlockWriter out, Carrying carrying) {
    this.out = out;
    this.carrying = carrying;
  }

  /** The script for one family, as bytes (see acct.netfilter); empty when nothing changes there. */
  public static String of(Plan plan, Family family) {
    StringBuilder script = new StringBuilder();
    for (Block block : blocks(plan)) {
      if (block.family() == family) {
        script.append(block.text());
      }
    }
    return script.toString();
  }

  /** The transactions that carry out a plan, in their order. */
  public static List<Block> blocks(Plan plan) {
    return blocks(plan, Carrying.AS_READ);
  }

  /** The same, with counters carried so. */
  public static List<Block> blocks(Plan plan, Carrying carrying) {
    List<Block> blocks = new ArrayList<>();
    for (TablePlan table : plan.tables()) {
      if (!table.renames().isEmpty()) {
        blocks.add(renames(table));
      }
      if (table.hasBlock()) {
        RestoreScript script =
            new RestoreScript(new BlockWriter(table.family(), table.table()), carrying);
        script.block(table);
        blocks.add(script.out.commit());
      }
    }
    return blocks;
  }

  /** A block before all others: nft can't use a new name in the block that gives it. */
  private static Block renames(TablePlan table) {
    BlockWriter out = new BlockWriter(table.family(), table.table());
    for (Change.ChainRenamed rename : table.renames()) {
      out.line("-E " + rename.from() + " " + rename.to(), rename.source());
    }
    return out.commit();
  }

  private void block(TablePlan table) {
    for (String line : carrying.first(table.family(), table.table())) {
      out.line(line);
    }
    for (ChainPlan chain : table.chains()) {
      if (chain.kind() == ChainPlan.Kind.CREATED) {
        out.line(":" + chain.name() + " - [0:0]", chain.position());
      }
    }
    for (ChainPlan chain : table.chains()) {
      if (chain.kind() != ChainPlan.Kind.REMOVED) {
        deleteRules(chain);
        writeRules(chain);
      }
    }
    for (Hook hook : table.table().hooks()) {
      jumps(table, hook);
    }
    out.removeChains(table.chains(), ChainPlan.Kind.REMOVED);
  }

  private void deleteRules(ChainPlan chain) {
    List<Integer> positions = new ArrayList<>();
    for (Change change : chain.changes()) {
      if (change instanceof Change.Taken taken) {
        positions.add(taken.livePosition());
      }
    }
    out.deleteRules(chain.name(), positions);
  }

  private void writeRules(ChainPlan chain) {
    List<Change.Written> written = new ArrayList<>();
    for (Change change : chain.changes()) {
      if (change instanceof Change.Written rule) {
        written.add(rule);
      }
    }
    written.sort(Comparator.comparingInt(rule -> rule.slot().position()));
    for (Change.Written rule : written) {
      String counters =
          rule.fate().orElseThrow() instanceof Fate.Carried carried
              ? prefix(rule, carried.counters(), true)
              : "";
      String where =
          rule.slot().append()
              ? "-A " + chain.name()
              : "-I " + chain.name() + " " + rule.slot().position();
      out.line(counters + where + " " + Words.join(rule.rule().rule().words()), rule.source());
    }
  }

  private String prefix(Change change, Counters read, boolean carries) {
    return carries ? BlockWriter.prefix(carrying.from(change, read)) : "";
  }

  /** First what goes; then what keeps its place; then, from outside in, what has a side. */
  private void jumps(TablePlan table, Hook hook) {
    List<Integer> deleted = new ArrayList<>();
    List<Change.JumpReplaced> inPlace = new ArrayList<>();
    List<Block.Line> top = new ArrayList<>();
    List<Block.Line> bottom = new ArrayList<>();
    for (Change change : table.jumps()) {
      if (change instanceof Change.JumpRemoved removed && removed.hook() == hook) {
        delete(hook, removed.words(), removed.livePosition(), deleted);
      } else if (change instanceof Change.JumpReplaced replaced && replaced.hook() == hook) {
        delete(hook, replaced.words(), replaced.livePosition(), deleted);
        if (replaced.jump().place() == Policy.Place.ANYWHERE) {
          inPlace.add(replaced);
        } else {
          write(
              replaced.jump(),
              prefix(replaced, replaced.counters(), replaced.carries()),
              top,
              bottom);
        }
      } else if (change instanceof Change.JumpAdded added && added.hook() == hook) {
        write(added.jump(), "", top, bottom);
      }
    }
    inPlace.sort(Comparator.comparingInt(Change.JumpReplaced::livePosition));
    int again = 0;
    for (Change.JumpReplaced jump : inPlace) {
      long gone = deleted.stream().filter(position -> position < jump.livePosition()).count();
      long position = jump.livePosition() - gone + again++;
      out.line(
          prefix(jump, jump.counters(), jump.carries())
              + "-I "
              + hook
              + " "
              + position
              + " "
              + words(jump.jump()),
          jump.source());
    }
    Collections.reverse(top);
    top.forEach(out::line);
    bottom.forEach(out::line);
  }

  private void delete(Hook hook, List<String> words, int position, List<Integer> deleted) {
    out.line("-D " + hook + " " + Words.join(words));
    deleted.add(position);
  }

  private static void write(
      Desired.Jump jump, String counters, List<Block.Line> top, List<Block.Line> bottom) {
    boolean below = jump.place() == Policy.Place.BOTTOM;
    String command = below ? "-A " : "-I ";
    (below ? bottom : top)
        .add(
            new Block.Line(
                counters + command + jump.hook() + " " + words(jump),
                Optional.of(jump.position())));
  }

  private static String words(Desired.Jump jump) {
    return Words.join(jump.body().words(jump.comments()));
  }
}
