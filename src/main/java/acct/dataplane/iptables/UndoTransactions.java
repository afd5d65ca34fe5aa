package acct.dataplane.iptables;

import acct.counter.CounterId;
import acct.dataplane.Operation;
import acct.dataplane.Transaction;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.RestoreLine;
import acct.netfilter.Rule;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Fate;
import acct.plan.Plan;
import acct.plan.TablePlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The way back from a plan that was carried out: for each of its transactions one that takes it
 * back. Rules that went come back at their positions with the last values that were read of their
 * counters; a counter that was carried is carried back; rules that were written go; rules that were
 * not touched are not touched.
 *
 * <p>A live rule whose words can't be written again (a newline in a comment) does not come back;
 * the plan has warned of it.
 */
public final class UndoTransactions {
  private final TransactionBuilder out;
  private final TablePlan table;

  private UndoTransactions(TablePlan table) {
    this.table = table;
    this.out = new TransactionBuilder(table.family(), table.table());
  }

  /** For each block of {@link PlanTransactions#of}, in the same order, the block that undoes it. */
  public static List<Transaction> of(Plan plan) {
    List<Transaction> blocks = new ArrayList<>();
    for (TablePlan table : plan.tables()) {
      if (!table.renames().isEmpty()) {
        blocks.add(renames(table));
      }
      if (table.hasBlock()) {
        blocks.add(new UndoTransactions(table).block());
      }
    }
    return blocks;
  }

  private static Transaction renames(TablePlan table) {
    TransactionBuilder out = new TransactionBuilder(table.family(), table.table());
    List<Change.ChainRenamed> renames = new ArrayList<>(table.renames());
    Collections.reverse(renames);
    for (Change.ChainRenamed rename : renames) {
      out.add(new Operation.RenameChain(rename.to(), rename.from()));
    }
    return out.commit();
  }

  private Transaction block() {
    for (ChainPlan chain : table.chains()) {
      if (chain.kind() == ChainPlan.Kind.REMOVED) {
        out.add(new Operation.NewChain(chain.name()));
      }
    }
    for (ChainPlan chain : table.chains()) {
      if (chain.kind() != ChainPlan.Kind.CREATED) {
        deleteWritten(chain);
        writeTaken(chain);
      }
    }
    for (ChainName from : table.jumpedFrom()) {
      jumps(from);
    }
    out.removeChains(table.chains(), ChainPlan.Kind.CREATED);
    return out.commit();
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
    int missing = 0;
    for (Change.Taken rule : taken) {
      Rule live = chain.live().get(rule.livePosition() - 1);
      if (RestoreLine.obstacle(live.words()).isPresent()) {
        missing++;
        continue;
      }
      Operation command =
          new Operation.Insert(
              last(rule), chain.name(), rule.livePosition() - missing, live.words());
      out.add(new Transaction.Step(command, Optional.empty(), carry(chain, rule)));
    }
  }

  private Optional<Transaction.Carry> carry(ChainPlan chain, Change.Taken rule) {
    if (!(rule instanceof Change.Written written) || Carries.read(rule).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        Carries.of(
            new CounterId.Rule(
                table.family(), table.table(), chain.name(), written.rule().kernelName()),
            chain.name(),
            written.slot().position(),
            written.rule().rule()));
  }

  /** The last value that was read of a counter that a change ends or carries. */
  private static Counters last(Change.CounterChange change) {
    return change.fate().match(LAST);
  }

  private static final Fate.Cases<Counters> LAST =
      new Fate.Cases<>() {
        @Override
        public Counters begins(Fate.New fate) {
          return Counters.ZERO;
        }

        @Override
        public Counters carried(Fate.Carried fate) {
          return TransactionBuilder.start(fate.counters());
        }

        @Override
        public Counters ended(Fate.Ended fate) {
          return TransactionBuilder.start(fate.counters());
        }
      };

  /** First what was written goes, then what was there comes back, from the top down. */
  private void jumps(ChainName from) {
    Map<Integer, Transaction.Step> back = new TreeMap<>();
    for (Change.JumpChange change : table.jumps()) {
      if (change instanceof Change.JumpAdded added && added.from().equals(from)) {
        out.delete(from, added.jump().body().words(added.jump().comments()));
      } else if (change instanceof Change.JumpReplaced replaced && replaced.from().equals(from)) {
        Rule written = new Rule(replaced.jump().body(), replaced.jump().comments());
        out.delete(from, written.words());
        Optional<Transaction.Carry> carry =
            Carries.read(replaced)
                .map(read -> Carries.of(Carries.jump(table, replaced), from, 0, written));
        put(back, from, replaced, replaced.livePosition(), replaced.words(), carry);
      } else if (change instanceof Change.JumpRemoved removed && removed.from().equals(from)) {
        put(back, from, removed, removed.livePosition(), removed.words(), Optional.empty());
      }
    }
    back.values().forEach(out::add);
  }

  private static void put(
      Map<Integer, Transaction.Step> back,
      ChainName from,
      Change.JumpChange change,
      int position,
      List<String> words,
      Optional<Transaction.Carry> carry) {
    Operation command = new Operation.Insert(last(change), from, position, words);
    back.put(position, new Transaction.Step(command, Optional.empty(), carry));
  }
}
