package acct.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.Plans;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules without a name get one that is theirs alone. */
class DerivedNameTest {
  private static List<String> names(String... rules) {
    String policy =
        Plans.policy(
            "families: [ipv4]\nchains: [{name: A, attach: [INPUT], rules: ["
                + String.join(", ", rules)
                + "]}]");
    List<String> names = new ArrayList<>();
    for (Desired.Chain chain :
        Plans.desired(policy).table(Family.IPV4, TableName.FILTER).chains()) {
      chain.rules().forEach(rule -> names.add(rule.label()));
    }
    return names;
  }

  @Test
  void itIsReadable() {
    assertEquals(
        List.of("p-tcp-m-tcp-dport-80", "s-10.0.0.0_8", "all"),
        names("{protocol: tcp, destinationPort: 80}", "{source: 10.0.0.0/8}", "{}"));
  }

  @Test
  void whatIsLeftOutOfItTellsTwoRulesApart() {
    List<String> names =
        names(
            "{inInterface: eth}",
            "{inInterface: eth+}",
            "{options: '-m string --algo bm --string \"a b\"'}",
            "{options: '-m string --algo bm --string \"a;b\"'}",
            "{options: '-m string --algo bm --string \"a$b\"'}");
    assertEquals(names.size(), new HashSet<>(names).size(), names.toString());
    assertEquals("i-eth", names.get(0));
  }
}
