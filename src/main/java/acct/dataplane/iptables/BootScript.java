package acct.dataplane.iptables;

import acct.compile.OwnerMark;
import acct.netfilter.ChainName;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveTable;
import acct.netfilter.RuleParser;
import acct.netfilter.TableName;
import acct.netfilter.Words;
import acct.plan.Counted;
import acct.plan.Differ;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * acct's own chains and jumps as a script for a machine that has none of them: what brings them
 * back at the boot without a policy, and without a Java to start. Counters begin at zero, since
 * their totals are in the ledger. Nothing of others is in it.
 */
public final class BootScript {
  private final Differ.Live live;
  private final Map<LiveTable, List<Counted.Chain>> byTable = new LinkedHashMap<>();

  private BootScript(Differ.Live live) {
    this.live = live;
  }

  /** The input of iptables-restore --noflush; empty when nothing is acct's. */
  public static String of(Differ.Live live) {
    BootScript script = new BootScript(live);
    for (Counted.Chain chain : Counted.owned(live)) {
      script
          .byTable
          .computeIfAbsent(live.ruleset().table(chain.table()), table -> new ArrayList<>())
          .add(chain);
    }
    StringBuilder out = new StringBuilder();
    script.byTable.forEach((table, chains) -> script.table(table, chains, out));
    return out.toString();
  }

  private void table(LiveTable table, List<Counted.Chain> chains, StringBuilder out) {
    Set<ChainName> ours = new HashSet<>();
    Set<ChainName> from = new HashSet<>();
    for (Counted.Chain chain : chains) {
      ours.add(chain.name());
      for (Counted.Count jump : chain.jumps()) {
        if (jump.address().chain().isBuiltIn()) {
          from.add(jump.address().chain());
        }
      }
    }
    out.append('*').append(table.name()).append('\n');
    // Not as ":CHAIN": that would empty a chain of this name which the firewall has brought back,
    // with rules of others in it. -N of a chain that is there fails, and with it the transaction.
    ours.stream().sorted().forEach(chain -> out.append("-N " + chain + "\n"));
    for (Counted.Chain chain : chains) {
      for (Counted.Count rule : chain.rules()) {
        if (Counted.onlyCounts(rule.rule(), live.family(), ours)) {
          out.append("-A ").append(chain.name()).append(' ');
          out.append(Words.join(rule.rule().words())).append('\n');
        }
      }
    }
    from.stream().sorted().forEach(chain -> jumps(table, chain, out));
    out.append("COMMIT\n");
  }

  /** The chains that a script makes, by table. */
  public static Map<TableName, List<ChainName>> chains(String script) {
    Map<TableName, List<ChainName>> chains = new LinkedHashMap<>();
    List<ChainName> table = new ArrayList<>();
    for (String line : script.split("\n")) {
      if (line.startsWith("*")) {
        table = chains.computeIfAbsent(new TableName(line.substring(1)), t -> new ArrayList<>());
      } else if (line.startsWith("-N ")) {
        table.add(new ChainName(line.substring(3)));
      }
    }
    return chains;
  }

  /** The block of one table of a script. */
  public static String block(String script, TableName table) {
    int from = ("\n" + script).indexOf("\n*" + table + "\n");
    return script.substring(from, script.indexOf("COMMIT\n", from) + "COMMIT\n".length());
  }

  /** What no rule of others stood above goes to the top again, and all else to the end. */
  private void jumps(LiveTable table, ChainName from, StringBuilder out) {
    int top = 0;
    boolean others = false;
    for (LiveRule rule : table.chain(from).map(LiveChain::rules).orElse(List.of())) {
      boolean jump =
          table.target(rule).isPresent()
              && OwnerMark.owner(RuleParser.parseLive(rule.words(), live.family()).comments())
                  .isPresent();
      if (jump && !others) {
        top++;
        out.append("-I ").append(from).append(' ').append(top).append(' ');
        out.append(Words.join(rule.words())).append('\n');
      } else if (jump) {
        out.append("-A ").append(from).append(' ');
        out.append(Words.join(rule.words())).append('\n');
      } else {
        others = true;
      }
    }
  }
}
