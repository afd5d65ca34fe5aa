package acct.view;

import acct.compile.Desired;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.Hook;
import acct.netfilter.Words;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Plan;
import acct.plan.TablePlan;
import acct.policy.Policy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

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
  private final StringBuilder out = new StringBuilder();

  private RestoreScript() {}

  /** The script for one family, as bytes (see acct.netfilter); empty when nothing changes there. */
  public static String of(Plan plan, Family family) {
    RestoreScript script = new RestoreScript();
    for (TablePlan table : plan.tables()) {
      if (table.family() == family) {
        script.renames(table);
        if (table.hasBlock()) {
          script.block(table);
        }
      }
    }
    return script.out.toString();
  }

  /** A block before all others: nft can't use a new name in the block that gives it. */
  private void renames(TablePlan table) {
    if (!table.renames().isEmpty()) {
      line("*" + table.table());
      table.renames().forEach(rename -> line("-E " + rename.from() + " " + rename.to()));
      line("COMMIT");
    }
  }

  private void block(TablePlan table) {
    line("*" + table.table());
    for (ChainPlan chain : table.chains()) {
      if (chain.kind() == ChainPlan.Kind.CREATED) {
        line(":" + chain.name() + " - [0:0]");
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
    removeChains(table);
    line("COMMIT");
  }

  private void deleteRules(ChainPlan chain) {
    List<Integer> positions = new ArrayList<>();
    for (Change change : chain.changes()) {
      if (change instanceof Change.Taken taken) {
        positions.add(taken.livePosition());
      }
    }
    positions.sort(Comparator.reverseOrder());
    for (int position : positions) {
      line("-D " + chain.name() + " " + position);
    }
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
          rule instanceof Change.RuleMoved moved ? prefix(moved.counters(), moved.carries()) : "";
      String where =
          rule.slot().append()
              ? "-A " + chain.name()
              : "-I " + chain.name() + " " + rule.slot().position();
      line(counters + where + " " + Words.join(rule.rule().body().words(rule.rule().comments())));
    }
  }

  /** A counter that the dump didn't have starts at zero; so does one that is zero. */
  private static String prefix(Counters counters, boolean carries) {
    return carries && counters.known() && !counters.isZero() ? counters.bracketed() + " " : "";
  }

  /** First what goes; then what keeps its place; then, from outside in, what has a side. */
  private void jumps(TablePlan table, Hook hook) {
    List<Integer> deleted = new ArrayList<>();
    List<Change.JumpReplaced> inPlace = new ArrayList<>();
    List<String> top = new ArrayList<>();
    List<String> bottom = new ArrayList<>();
    for (Change change : table.jumps()) {
      if (change instanceof Change.JumpRemoved removed && removed.hook() == hook) {
        delete(hook, removed.words(), removed.livePosition(), deleted);
      } else if (change instanceof Change.JumpReplaced replaced && replaced.hook() == hook) {
        delete(hook, replaced.words(), replaced.livePosition(), deleted);
        if (replaced.jump().place() == Policy.Place.ANYWHERE) {
          inPlace.add(replaced);
        } else {
          write(replaced.jump(), prefix(replaced.counters(), replaced.carries()), top, bottom);
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
      line(
          prefix(jump.counters(), jump.carries())
              + "-I "
              + hook
              + " "
              + position
              + " "
              + words(jump.jump()));
    }
    Collections.reverse(top);
    top.forEach(this::line);
    bottom.forEach(this::line);
  }

  private void delete(Hook hook, List<String> words, int position, List<Integer> deleted) {
    line("-D " + hook + " " + Words.join(words));
    deleted.add(position);
  }

  private static void write(
      Desired.Jump jump, String counters, List<String> top, List<String> bottom) {
    if (jump.place() == Policy.Place.BOTTOM) {
      bottom.add(counters + "-A " + jump.hook() + " " + words(jump));
    } else {
      top.add(counters + "-I " + jump.hook() + " " + words(jump));
    }
  }

  private static String words(Desired.Jump jump) {
    return Words.join(jump.body().words(jump.comments()));
  }

  private void removeChains(TablePlan table) {
    for (String command : List.of("-F ", "-X ")) {
      for (ChainPlan chain : table.chains()) {
        if (chain.kind() == ChainPlan.Kind.REMOVED) {
          line(command + chain.name());
        }
      }
    }
  }

  private void line(String line) {
    out.append(line).append('\n');
  }
}
