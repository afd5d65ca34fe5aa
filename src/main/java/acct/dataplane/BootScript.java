package acct.dataplane;

import acct.netfilter.ChainName;
import acct.netfilter.TableName;
import java.util.List;

/**
 * What brings acct's chains of a family back where they are gone, without a policy. Counters begin
 * at zero, since their totals are in the ledger. Its text is kept and carried out as it is; nothing
 * reads rules from it.
 *
 * @param command that takes the text: {@code iptables-restore}
 * @param tables none when nothing is acct's
 */
public record BootScript(String command, List<Table> tables) {
  public BootScript {
    tables = List.copyOf(tables);
  }

  /**
   * One table's part, carried out whole or not at all.
   *
   * @param chains that it makes
   * @param text the command's input, as bytes (see acct.netfilter)
   */
  public record Table(TableName table, List<ChainName> chains, String text) {
    public Table {
      chains = List.copyOf(chains);
    }
  }
}
