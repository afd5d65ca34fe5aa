package acct.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.Plans;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import acct.netfilter.Words;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ports that one match of the kernel has no room for. */
class ManyPortsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "destinationPort: [1,3,5,7,9,11,13,15,17,19,21,23,25,27,29]|"
            + "p: --dports 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29",
        "destinationPort: [1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31]|"
            + "p: --dports 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29; p#2: --dports 31",
        "sourcePort: [90,'1:2','11:12','21:22','31:32','41:42','51:52','61:62','71:72',5]|"
            + "p: --sports 1:2,11:12,21:22,31:32,41:42,51:52,61:62,90; p#2: --sports 5,71:72",
        "not: {port: [1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33]}|"
            + "p: ! --ports 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29 -m multiport ! --ports 31,33",
        "destinationPort: 22, not: {sourcePort: [80, 443]}|"
            + "p: ! --sports 80,443 -m tcp --dport 22",
      })
  void areSeveralRulesOfOneName(String keys, String rules) {
    Desired desired =
        Plans.desired(
            Plans.policy(
                "chains: [{name: A, attach: [INPUT], rules: [{name: p, protocol: tcp, "
                    + keys
                    + "}]}]"));
    List<String> written =
        desired.table(Family.IPV4, TableName.FILTER).chains().get(0).rules().stream()
            .map(rule -> rule.kernelName() + ": " + words(rule))
            .toList();
    assertEquals(rules, String.join("; ", written));
  }

  private static String words(Desired.Counting rule) {
    return Words.join(rule.body().matchWords())
        .replaceFirst("^-p tcp -m multiport ", "")
        .replaceFirst("^-p tcp ", "");
  }
}
