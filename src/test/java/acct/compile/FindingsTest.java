package acct.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Diagnostics;
import acct.policy.PolicyReader;
import acct.policy.Yaml;
import acct.policy.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a wrong policy: where, by which code, and with what would be right. */
class FindingsTest {
  private static final String HEAD =
      "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: t}\nspec:\n";

  @Test
  void fiveMistakesAreToldAtOnceEachAtItsPlace() {
    List<Diagnostic> findings =
        Plans.findings(
            HEAD
                + """
                  chains:
                    - name: IN
                      atach: [INPUT]
                      rules:
                        - {name: http, protocol: tcp, destinationPort: 65536}
                        - {name: http, source: 10.0.0.1/8}
                        - {name: dns, destinationPort: 53}
                        - {name: web, jump: WBE}
                    - name: WEB
                      attach: [INPUT]
                      rules: [{}]
                """);
    assertEquals(
        List.of(
            "p.yaml:7:7: error: \"atach\" is not a key of a chain; did you mean \"attach\"? [ACCT002]",
            "p.yaml:9:56: error: 65536 is not a port: 0 to 65535 [ACCT004]",
            "p.yaml:10:32: error: 10.0.0.1/8 has bits set beyond its /8: for the network write"
                + " 10.0.0.0/8, for the one address 10.0.0.1 [ACCT004]",
            "p.yaml:11:23: error: destinationPort needs a protocol in the same rule; tcp, udp, sctp,"
                + " dccp and udplite have ports [ACCT009]",
            "p.yaml:12:29: error: there is no chain WBE in the policy; did you mean WEB? [ACCT006]"),
        findings.stream().filter(Diagnostic::isError).map(Diagnostic::toString).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{source: 010.0.0.1}|5:56 ACCT004",
        "{source: 10.0.0.0/08}|5:56 ACCT004",
        "{source: 10.0.0.0/255.0.0.0}|5:56 ACCT004",
        "{source: 10.0.0.300}|5:56 ACCT004",
        "{source: 10.0}|5:56 ACCT004",
        "{source: 10.0.0}|5:56 ACCT004",
        "{source: '::1/129'}|5:56 ACCT004",
        "{source: [10.0.0.0/8, 10.1.0.0/16]}|5:69 ACCT011",
        "{source: 10.0.0.1, destination: '::1'}|5:79 ACCT008",
        "{source: 10.0.0.1, icmpv6Type: 128}|5:78 ACCT008",
        "{source: 10.0.0.1, not: {source: 10.0.0.2}}|5:72 ACCT004",
        "{not: {source: 0.0.0.0/0}}|5:62 ACCT004",
        "{sum: true, source: 10.0.0.1}|5:47 ACCT004",
        "{name: a, sum: true, source: 10.0.0.1}, {name: a, source: 10.0.0.2}|5:87 ACCT005",
        "{name: a, source: 10.0.0.1}, {name: a, source: 10.0.0.2}|5:76 ACCT005",
        "{name: a, sum: true, source: 10.0.0.1}, {name: a, sum: true, source: 10.0.0.1/32}|5:87 ACCT005",
        "{not: {source: [10.0.0.1, 10.0.0.2]}}|5:62 ACCT004",
        "{source: 10.0.0.1, families: [ipv6]}|5:47 ACCT008",
        "{families: [ipv5]}|5:59 ACCT004",
        "{protocol: tcp, dport: 80}|5:63 ACCT002",
        "{sports: 80}|5:48 ACCT002",
        "{proto: tcp}|5:55 ACCT004",
        "{src: 10.0.0.1}|5:48 ACCT002",
        "{dst: 10.0.0.1}|5:48 ACCT002",
        "{in: eth0}|5:48 ACCT002",
        "{out: eth0}|5:48 ACCT002",
        "{iface: eth0}|5:48 ACCT002",
        "{target: DROP}|5:48 ACCT002",
        "{frobnicate: 1}|5:48 ACCT002",
        "{protocol: tcp, destinationPort: '80,443'}|5:80 ACCT004",
        "{source: '!10.0.0.1'}|5:56 ACCT004",
        "{inInterface: '! eth0'}|5:61 ACCT004",
        "{protocol: tcp, destinationPort: '080'}|5:80 ACCT004",
        "{protocol: tcp, destinationPort: 0x50}|5:80 ACCT004",
        "{protocol: tcp, destinationPort: '90:80'}|5:80 ACCT004",
        "{protocol: tcp, destinationPort: 80-90}|5:80 ACCT004",
        "{protocol: tcp, destinationPort: nosuch}|5:80 ACCT004",
        "{protocol: icmp, destinationPort: 80}|5:64 ACCT009",
        "{protocol: udp, icmpType: 8}|5:63 ACCT009",
        "{protocol: all}|5:58 ACCT004",
        "{protocol: 0}|5:58 ACCT004",
        "{icmpType: nosuch}|5:58 ACCT004",
        "{inInterface: averyveryverylongname}|5:61 ACCT004",
        "{inInterface: 'eth0 -j DROP'}|5:61 ACCT004",
        "{inInterface: [eth+, eth0]}|5:68 ACCT011",
        "{jump: ACCEPT}|5:54 ACCT006",
        "{jump: C}|5:54 ACCT007",
        "{name: 'a b'}|5:54 ACCT004",
        "{destinationport: 80}|5:48 ACCT002",
        "{in-interface: eth0}|5:48 ACCT002",
        "{uidOwner: root}|5:58 ACCT004",
        "{options: '-m owner --uid-owner root'}|5:57 ACCT004",
        "{options: '-j DROP'}|5:57 ACCT004",
        "{options: '-m foo --bar -j DROP'}|5:57 ACCT004",
        "{options: '-m foo --bar --jum DROP'}|5:57 ACCT004",
        "{options: '-m foo --bar -jDROP'}|5:57 ACCT004",
        "{options: '-m foo --goto=X'}|5:57 ACCT004",
        "{options: '-m tcp --dport 80'}|5:57 ACCT004",
        "{options: '-m multiport --dports 80'}|5:57 ACCT004",
        "{options: '-t nat'}|5:57 ACCT004",
        "{options: '-m comment --comment x'}|5:57 ACCT004",
        "{options: '[1:1] -p tcp'}|5:57 ACCT004",
        "{options: '-m recent --name \"x'}|5:57 ACCT004",
        "{protocol: tcp, options: '-p udp'}|5:72 ACCT004",
        "{limitBurst: 5}|5:48 ACCT003",
        "{string: x}|5:48 ACCT003",
        "{syn: true}|5:48 ACCT009",
        "{ttl: 64, hl: 64}|5:61 ACCT008",
        "{srcRange: 10.0.0.1-10.0.0.9, destination: '::1'}|5:58 ACCT008",
        "{ttl: '064'}|5:53 ACCT004",
        "[]|5:47 ACCT004"
      })
  void aRulesMistakeIsFoundAtItsPlace(String rule, String placeAndCode) {
    List<Diagnostic> findings =
        Plans.findings(HEAD + "  chains: [{name: C, attach: [INPUT], rules: [" + rule + "]}]\n");
    assertEquals(List.of(placeAndCode), findings.stream().map(FindingsTest::told).toList());
    assertTrue(findings.get(0).isError());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chains: [{name: INPUT, rules: [{}]}]|5:19 ACCT004",
        "chains: [{name: LOG, attach: [INPUT], rules: [{}]}]|5:19 ACCT004",
        "chains: [{name: A, attach: [PREROUTING], rules: [{}]}]|5:31 ACCT010",
        "chains: [{name: A, attach: [INPUT, INPUT], rules: [{}]}]|5:38 ACCT005",
        "chains: [{name: A, attach: [{chain: OUTPUT, match: {inInterface: lo}}], rules: [{}]}]|5:55 ACCT010",
        "chains: [{name: A, attach: [{chain: INPUT, match: {outInterface: lo}}], rules: [{}]}]|5:54 ACCT010",
        "chains: [{name: A, attach: [INPUT], rules: [{}]}, {name: A, rules: [{}]}]|5:60 ACCT005",
        "chains: [{name: A, attach: [INPUT], rules: [{name: x}, {name: x, protocol: tcp}]}]|5:58 ACCT005",
        "chains: [{name: A, attach: [INPUT], rules: [{protocol: tcp}, {protocol: 6}]}]|5:64 ACCT005",
        "chains: [{name: A, attach: [INPUT], rules: [{jump: B}]}, {name: B, rules: [{jump: A}]}]|5:85 ACCT007",
        "chains: [{name: abcdefghijklmnopqrstuvwxyz0123, attach: [INPUT], rules: [{}]}]|5:19 ACCT012",
        "families: [ipv6]\\n  chains: [{name: A, attach: [INPUT], rules: [{source: 10.0.0.1}]}]|6:47 ACCT008",
        "moved: [{from: X, to: Y}]\\n  chains: [{name: A, attach: [INPUT], rules: [{}]}]|5:25 ACCT004",
        "moved: [{from: X, to: A/b}]\\n  chains: [{name: A, attach: [INPUT], rules: [{}]}]|5:11 ACCT004",
        "moved: [{from: A, to: B}]\\n  chains: [{name: A, attach: [INPUT], rules: [{}]}, {name: B, attach: [INPUT], rules: [{}]}]|5:18 ACCT004",
        "table: nat\\n  chains: [{name: A, attach: [INPUT], rules: [{}]}]|5:10 ACCT004"
      })
  void aPolicysMistakeIsFoundAtItsPlace(String spec, String placeAndCode) {
    List<Diagnostic> findings =
        Plans.findings(HEAD + "  " + spec.replace("\\n", "\n") + "\n").stream()
            .filter(Diagnostic::isError)
            .toList();
    assertEquals(List.of(placeAndCode), findings.stream().map(FindingsTest::told).toList());
  }

  /** Whatever the sentence is, it has the word to write. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{source: 10.0.0.0/08}|/8",
        "{source: 10.0.0.0/255.0.0.0}|/8",
        "{name: a, source: 10.0.0.1}, {name: a, source: 10.0.0.2}|sum: true",
        "{protocol: tcp, dport: 80}|destinationPort",
        "{sports: 80}|sourcePort",
        "{src: 10.0.0.1}|source",
        "{dst: 10.0.0.1}|destination",
        "{in: eth0}|inInterface",
        "{out: eth0}|outInterface",
        "{destinationport: 80}|destinationPort",
        "{in-interface: eth0}|inInterface",
        "{protocol: tcp, destinationPort: '080'}|80",
        "{protocol: tcp, destinationPort: '90:80'}|80:90",
        "{protocol: tcp, destinationPort: 80-90}|80:90",
        "{options: '-m owner --uid-owner root'}|uidOwner"
      })
  void theFindingNamesWhatWouldBeRight(String rule, String word) {
    List<Diagnostic> findings =
        Plans.findings(HEAD + "  chains: [{name: C, attach: [INPUT], rules: [" + rule + "]}]\n");
    assertTrue(findings.get(0).message().contains(word), findings::toString);
  }

  /** Where it is, and which it is; the sentence may change. */
  private static String told(Diagnostic finding) {
    return finding.position().line()
        + ":"
        + finding.position().column()
        + " "
        + finding.code().label();
  }

  @Test
  void aChainNobodyReachesIsWarnedOf() {
    List<Diagnostic> findings = Plans.findings(HEAD + "  chains: [{name: A, rules: [{}]}]\n");
    assertEquals("ACCT013", findings.get(0).code().label());
    assertEquals(Diagnostic.Severity.WARNING, findings.get(0).severity());
  }

  private static String hostile(String text) {
    return hostile(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String hostile(byte[] bytes) {
    Diagnostics diagnostics = new Diagnostics();
    for (Yaml document : YamlReader.read("p.yaml", bytes, diagnostics)) {
      PolicyReader.read(document, diagnostics);
    }
    return diagnostics.sorted().toString();
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.SECONDS)
  void hostileYamlIsRefusedInBoundedTime() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a").append(i).append(": &a").append(i).append(" [*a").append(i - 1);
      bomb.append(", *a").append(i - 1).append("]\n");
    }
    assertTrue(hostile(bomb.toString()).contains("anchors are not read"));
    assertTrue(hostile("a: *b").contains("aliases are not read"));
    assertTrue(hostile("[".repeat(20_000)).contains("more than 32 levels"));
    assertTrue(hostile("{a: ".repeat(20_000)).contains("more than 32 levels"));
    assertTrue(hostile(new byte[10_000_000]).contains("at most 8388608"));
    assertTrue(hostile("a: 1\na: 2").contains("stands here already"));
    assertTrue(hostile("!!java.io.File [x]").contains("tags (!…) are not read"));
    assertTrue(hostile("a: !!str x").contains("tags (!…) are not read"));
    assertTrue(hostile(new byte[] {'a', ':', ' ', (byte) 0xff}).contains("not UTF-8"));
    assertTrue(hostile("a: b".getBytes(StandardCharsets.UTF_16)).contains("not UTF-8"));
    assertTrue(hostile("a: \u0007").contains("U+0007"));
    assertTrue(hostile("a: [b").contains("not YAML"));
    assertTrue(hostile("? [a]\n: b").contains("a key must be a text"));
    assertTrue(hostile("1: b").contains("a key must be a text"));
    assertTrue(hostile("a: 99999999999999999999").contains("too large a number"));
    assertTrue(hostile("? ".repeat(20_000)).contains("32 levels"));
    assertTrue(hostile("- ".repeat(20_000)).contains("32 levels"));
    assertTrue(hostile("a: 5\n".repeat(400_000)).contains("already"));
  }

  @Test
  void severalDocumentsAreSeveralPolicies() {
    List<Diagnostic> findings =
        Plans.findings(
            HEAD
                + "  chains: [{name: A, attach: [INPUT], rules: [{}]}]\n---\n"
                + HEAD
                + "  chains: [{name: B, attach: [INPUT], rules: [{}]}]\n");
    assertEquals(1, findings.size(), findings::toString);
    assertTrue(
        findings.get(0).message().contains("the policy \"t\" stands in p.yaml:3:18 already"));
  }
}
