package acct.dataplane.iptables;

import acct.compile.OwnerMark;
import acct.counter.Counted;
import acct.dataplane.BootScript;
import acct.dataplane.Dataplane;
import acct.dataplane.Operation;
import acct.dataplane.Transaction;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.netfilter.RestoreLine;
import acct.netfilter.RuleParser;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * acct's own chains and jumps as a script for a machine that has none of them: what brings them
 * back at the boot without a policy, and without a Java to start. Counters begin at zero, since
 * their totals are in the ledger. Nothing of others is in it, and no rule that can't be one line of
 * a script.
 */
final class BootTransactions {
  private final LiveRuleset live;
  private final Map<TableName, List<Counted.Chain>> byTable = new LinkedHashMap<>();
  private final List<String> omitted = new ArrayList<>();

  private BootTransactions(LiveRuleset live) {
    this.live = live;
  }

  /**
   * Makes it of what is live.
   *
   * @param command that takes the script
   */
  static Dataplane.ForBoot of(LiveRuleset live, String command) {
    BootTransactions boot = new BootTransactions(live);
    for (Counted.Chain chain : Counted.owned(live)) {
      boot.byTable.computeIfAbsent(chain.table(), table -> new ArrayList<>()).add(chain);
    }
    List<BootScript.Table> tables = new ArrayList<>();
    boot.byTable.forEach(
        (name, chains) -> {
          LiveTable table = live.ruleset().table(name);
          List<ChainName> names = new ArrayList<>();
          chains.forEach(chain -> names.add(chain.name()));
          names.sort(null);
          String text = Script.of(boot.block(table, chains));
          tables.add(new BootScript.Table(name, names, text));
        });
    return new Dataplane.ForBoot(new BootScript(command, tables), boot.omitted);
  }

  private Transaction block(LiveTable table, List<Counted.Chain> chains) {
    TransactionBuilder out = new TransactionBuilder(live.family(), table.name());
    Set<ChainName> ours = new HashSet<>();
    Set<ChainName> from = new HashSet<>();
    for (Counted.Chain chain : chains) {
      ours.add(chain.name());
      for (Counted.Count jump : chain.jumps()) {
        if (jump.address().chain().isBuiltIn()) {
          from.add(jump.address().chain());
        } else if (OwnerMark.owner(jump.rule().words()).isPresent()) {
          // A script with a chain that is not there yet would fail as a whole.
          omitted.add(
              "the jump from "
                  + jump.address().chain()
                  + " to "
                  + chain.name()
                  + ": the program that makes that chain may start later; run acct apply after it");
        }
      }
    }
    ours.stream().sorted().forEach(chain -> out.add(new Operation.NewChain(chain)));
    for (Counted.Chain chain : chains) {
      for (Counted.Count rule : chain.rules()) {
        boolean counts = Counted.onlyCounts(rule.rule(), live.family(), ours);
        if (counts && isWritable(rule.rule(), chain.name(), rule.position())) {
          out.add(new Operation.Append(Counters.ZERO, chain.name(), rule.rule().words()));
        }
      }
    }
    from.stream().sorted().forEach(chain -> jumps(table, chain, out));
    return out.commit();
  }

  private boolean isWritable(LiveRule rule, ChainName chain, int position) {
    Optional<String> obstacle = RestoreLine.obstacle(rule.words());
    obstacle.ifPresent(why -> omitted.add(chain + " rule " + position + ": " + why));
    return obstacle.isEmpty();
  }

  /** What no rule of others stood above goes to the top again, and all else to the end. */
  private void jumps(LiveTable table, ChainName from, TransactionBuilder out) {
    int top = 0;
    int position = 0;
    boolean others = false;
    for (LiveRule rule : table.chain(from).map(LiveChain::rules).orElse(List.of())) {
      position++;
      boolean jump =
          table.target(rule).isPresent()
              && OwnerMark.owner(RuleParser.parseLive(rule.words(), live.family()).comments())
                  .isPresent();
      others |= !jump;
      if (!jump || !isWritable(rule, from, position)) {
        continue;
      }
      out.add(
          others
              ? new Operation.Append(Counters.ZERO, from, rule.words())
              : new Operation.Insert(Counters.ZERO, from, ++top, rule.words()));
    }
  }
}
