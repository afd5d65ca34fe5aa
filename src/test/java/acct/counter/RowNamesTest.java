package acct.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveRule;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which rules are one row, by their comments alone. */
class RowNamesTest {
  @ParameterizedTest
  @CsvSource({
    "a b, a b",
    "a a#2 a#3, a a a",
    "a#3 b, a b",
    // People number their customers from 1, and acct does not number the first part.
    "a#1 a#2 a#3, a#1 a#2 a#3",
    "a#1 b#2, a#1 b",
    "x#2y x, x#2y x",
    "ann+a#2 b, ann+a#2 b",
    "ann+a ann+a#2, ann+a ann+a",
  })
  void rows(String comments, String rows) {
    List<Counted.Count> rules = new ArrayList<>();
    for (String comment : comments.split(" ")) {
      rules.add(
          new Counted.Count(
              new CounterId.Rule(Family.IPV4, TableName.FILTER, new ChainName("A"), comment),
              rules.size() + 1,
              new LiveRule(Counters.ZERO, List.of("-m", "comment", "--comment", comment), 0)));
    }
    RowNames names = RowNames.of(rules, Ledger.EMPTY);
    List<String> found = new ArrayList<>();
    rules.forEach(rule -> found.add(names.name(rule)));
    assertEquals(List.of(rows.split(" ")), found);
  }
}
