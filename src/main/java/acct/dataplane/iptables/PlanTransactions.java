package acct.dataplane.iptables;

import acct.compile.Desired;
import acct.dataplane.Operation;
import acct.dataplane.Transaction;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Rule;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Plan;
import acct.plan.TablePlan;
import acct.policy.Policy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The transactions that carry out a plan: one for each table and family, and one before it where
 * chains get other names.
 *
 * <p>Only chains that are created are declared, for a declaration flushes a chain that exists.
 * Rules of acct's own chains are deleted by position, from the last to the first, and written by
 * final position, from the first to the last; appended wherever nothing that stays stands behind,
 * since an append does not read the chain on nft. Jumps in built-in chains, where others write too,
 * are deleted by their full text.
 */
public final class PlanTransactions {
  private final TransactionBuilder out;
  private final TablePlan table;

  private PlanTransactions(TablePlan table) {
    this.table = table;
    this.out = new TransactionBuilder(table.family(), table.table());
  }

  /** The transactions that carry out a plan, in their order. */
  public static List<Transaction> of(Plan plan) {
    List<Transaction> blocks = new ArrayList<>();
    for (TablePlan table : plan.tables()) {
      if (!table.renames().isEmpty()) {
        blocks.add(renames(table));
      }
      if (table.hasBlock()) {
        blocks.add(new PlanTransactions(table).block());
      }
    }
    return blocks;
  }

  /** A block before all others: nft can't use a new name in the block that gives it. */
  private static Transaction renames(TablePlan table) {
    TransactionBuilder out = new TransactionBuilder(table.family(), table.table());
    for (Change.ChainRenamed rename : table.renames()) {
      out.add(new Operation.RenameChain(rename.from(), rename.to()), rename.source());
    }
    return out.commit();
  }

  private Transaction block() {
    for (ChainPlan chain : table.chains()) {
      if (chain.kind() == ChainPlan.Kind.CREATED) {
        out.add(new Operation.NewChain(chain.name()), chain.position());
      }
    }
    for (ChainPlan chain : table.chains()) {
      if (chain.kind() != ChainPlan.Kind.REMOVED) {
        deleteRules(chain);
        writeRules(chain);
      }
    }
    for (ChainName from : table.jumpedFrom()) {
      jumps(from);
    }
    out.removeChains(table.chains(), ChainPlan.Kind.REMOVED);
    return out.commit();
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
    Carries carries = Carries.ofLive(table, chain);
    for (Change.Written rule : written) {
      Counters start = Counters.ZERO;
      Optional<Transaction.Carry> carry = Optional.empty();
      if (rule instanceof Change.Taken taken && Carries.read(rule).isPresent()) {
        start = Carries.read(rule).get();
        carry = Optional.of(carries.from(taken.livePosition()));
      }
      List<String> words = rule.rule().rule().words();
      Operation command =
          rule.slot().append()
              ? new Operation.Append(start, chain.name(), words)
              : new Operation.Insert(start, chain.name(), rule.slot().position(), words);
      out.add(new Transaction.Step(command, rule.source(), carry));
    }
  }

  /** First what goes; then what keeps its place; then, from outside in, what has a side. */
  private void jumps(ChainName from) {
    List<Integer> deleted = new ArrayList<>();
    List<Change.JumpReplaced> inPlace = new ArrayList<>();
    List<Transaction.Step> top = new ArrayList<>();
    List<Transaction.Step> bottom = new ArrayList<>();
    for (Change change : table.jumps()) {
      if (change instanceof Change.JumpRemoved removed && removed.from().equals(from)) {
        out.delete(from, removed.words());
        deleted.add(removed.livePosition());
      } else if (change instanceof Change.JumpReplaced replaced && replaced.from().equals(from)) {
        out.delete(from, replaced.words());
        deleted.add(replaced.livePosition());
        if (replaced.jump().place() == Policy.Place.ANYWHERE) {
          inPlace.add(replaced);
        } else {
          write(replaced.jump(), start(replaced), carry(replaced), top, bottom);
        }
      } else if (change instanceof Change.JumpAdded added && added.from().equals(from)) {
        write(added.jump(), Counters.ZERO, Optional.empty(), top, bottom);
      }
    }
    inPlace.sort(Comparator.comparingInt(Change.JumpReplaced::livePosition));
    int again = 0;
    for (Change.JumpReplaced jump : inPlace) {
      long gone = deleted.stream().filter(position -> position < jump.livePosition()).count();
      int position = (int) (jump.livePosition() - gone + again++);
      out.add(
          new Transaction.Step(
              new Operation.Insert(start(jump), from, position, words(jump.jump())),
              jump.source(),
              carry(jump)));
    }
    Collections.reverse(top);
    top.forEach(out::add);
    bottom.forEach(out::add);
  }

  private static Counters start(Change.JumpReplaced jump) {
    return jump.carries() ? Carries.read(jump).orElse(Counters.ZERO) : Counters.ZERO;
  }

  private Optional<Transaction.Carry> carry(Change.JumpReplaced jump) {
    return Carries.read(jump)
        .map(
            read ->
                Carries.of(
                    Carries.jump(table, jump),
                    jump.from(),
                    jump.livePosition(),
                    new Rule(jump.jump().body(), jump.jump().comments())));
  }

  private static void write(
      Desired.Jump jump,
      Counters start,
      Optional<Transaction.Carry> carry,
      List<Transaction.Step> top,
      List<Transaction.Step> bottom) {
    ChainName from = jump.from();
    boolean below = jump.place() == Policy.Place.BOTTOM;
    Operation command =
        below
            ? new Operation.Append(start, from, words(jump))
            : new Operation.Insert(start, from, 1, words(jump));
    (below ? bottom : top).add(new Transaction.Step(command, Optional.of(jump.position()), carry));
  }

  private static List<String> words(Desired.Jump jump) {
    return jump.body().words(jump.comments());
  }
}
