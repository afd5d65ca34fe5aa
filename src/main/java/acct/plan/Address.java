package acct.plan;

import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.util.Optional;

/**
 * What a change is about, as users and other tools name it: {@code ipv4/filter/INET_IN/http}.
 *
 * @param item a rule's label, or for a jump the chain it leads to; nothing for a chain itself
 */
public record Address(Family family, TableName table, ChainName chain, Optional<String> item) {
  /** As bytes, like the names in it. */
  @Override
  public String toString() {
    String path = family.label() + "/" + table + "/" + chain.value();
    return item.map(name -> path + "/" + name).orElse(path);
  }
}
