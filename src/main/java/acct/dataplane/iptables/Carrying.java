package acct.dataplane.iptables;

import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import acct.plan.Change;
import java.util.List;

/** How a script carries counters over. */
public interface Carrying {
  /** By the values that the plan has read. */
  Carrying AS_READ =
      new Carrying() {
        @Override
        public Counters from(Change change, Counters read) {
          return read;
        }

        @Override
        public List<String> first(Family family, TableName table) {
          return List.of();
        }
      };

  /**
   * What a rebuilt rule goes on from.
   *
   * @param read the value that the plan has read
   */
  Counters from(Change change, Counters read);

  /** Lines that stand before all others of a table's transaction. */
  List<String> first(Family family, TableName table);
}
