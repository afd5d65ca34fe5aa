package acct.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.Resources;
import acct.diagnostic.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What only the whole table shows. */
class TableCheckTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: A, attach: [INPUT], rules: [{outInterface: lo}]}|error|would never count",
        "{name: A, attach: [OUTPUT], rules: [{inInterface: lo}]}|error|would never count",
        "{name: A, attach: [OUTPUT, INPUT], rules: [{inInterface: lo}]}|warning|OUTPUT leads to A",
        "{name: A, attach: [OUTPUT], rules: [{jump: B}]}, {name: B, rules: [{macSource:"
            + " '00:11:22:33:44:55'}]}|error|OUTPUT leads to B, and the kernel refuses it",
        "{name: A, attach: [OUTPUT, INPUT], rules: [{uidOwner: 0}]}|error|INPUT leads to A",
        "{name: A, attach: [INPUT], rules: [{options: '-m owner --socket-exists'}]}|error|kernel"
            + " refuses",
        "{name: A, attach: [INPUT], rules: [{physdevOut: eth0}]}|error|would never count",
        "{name: A, attach: [INPUT], rules: [{name: r, jump: RETURN}, {name: x}]}|warning|can never"
            + " count",
        "{name: A, attach: [INPUT], rules: [{name: r, protocol: tcp, jump: RETURN}, {name: x,"
            + " protocol: tcp, destinationPort: 80}]}|warning|can never count",
        "{name: A, attach: [INPUT, {chain: INPUT, match: {inInterface: lo}}], rules:"
            + " [{}]}|warning|counted twice",
        "{name: A, attach: [INPUT], rules: [{name: x, protocol: tcp, jump: B}, {name: y, jump: B}]},"
            + " {name: B, rules: [{}]}|warning|go through B twice",
        "{name: A, attach: [INPUT], rules: [{name: x, sum: true, protocol: tcp, destinationPort: 80},"
            + " {name: x, sum: true, protocol: tcp}]}|warning|counted twice in",
        "{name: A, attach: [X], rules: [{jump: B}]}, {name: B, attach: [A], rules: [{}]}|error|write a"
            + " rule with jump: B into it",
        "{name: A, attach: [forward], rules: [{}]}|error|is written FORWARD",
        "{name: A, attach: [PREROUTING], rules: [{}]}|error|table filter has no PREROUTING",
        "{name: A, attach: [X, OUTPUT], rules: [{inInterface: lo}]}|warning|OUTPUT leads to A",
        "{name: A, attach: [X, OUTPUT], rules: [{macSource: '00:11:22:33:44:55'}]}|error|kernel"
            + " refuses",
        "{name: A, attach: [INPUT], rules: [{forEach: {h: {hosts: 10.0.0.0/24}}, source:"
            + " '${h}'}]}|warning|walks up to 254 rules"
      })
  void isFoundOnce(String chains, String severity, String message) {
    List<Diagnostic> findings =
        Plans.findings(Plans.policy("families: [ipv4]\nchains: [" + chains + "]\n"));
    assertEquals(1, findings.size(), findings::toString);
    assertEquals(severity, findings.get(0).severity().label());
    assertTrue(findings.get(0).message().contains(message), findings::toString);
  }

  /** Which hooks lead to a chain of others is not acct's to know. */
  @ParameterizedTest
  @ValueSource(strings = {"inInterface: lo", "outInterface: lo", "uidOwner: 0"})
  void nothingIsSaidOfPacketsThatComeFromAChainOfOthers(String match) {
    assertEquals(
        List.of(),
        Plans.findings(
            Plans.policy("chains: [{name: A, attach: [X], rules: [{" + match + "}]}]\n")));
  }

  @Test
  void partsOfASumThatDoNotOverlapAreFine() {
    assertEquals(
        List.of(),
        Plans.findings(
            Plans.policy(
                "chains: [{name: A, attach: [INPUT], rules: [{name: x, sum: true, protocol: tcp},"
                    + " {name: y}, {forEach: {p: [80, 81]}, name: x, sum: true, protocol: udp,"
                    + " destinationPort: '${p}'}]}]\n")));
  }

  @Test
  void thePoliciesThatWeShipHaveNoFindings() throws IOException {
    for (Path file : Resources.files(Path.of("policies"))) {
      assertEquals(List.of(), Plans.findings(Files.readString(file)), file::toString);
    }
  }
}
