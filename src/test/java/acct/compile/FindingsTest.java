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
        "{source: 010.0.0.1}|looks octal, and iptables reads it so; write 10",
        "{source: 10.0.0.0/08}|looks octal, and iptables reads it so; write /8",
        "{source: 10.0.0.0/255.0.0.0}|write /8 for the mask",
        "{source: 10.0.0.300}|is not 0 to 255",
        "{source: 10.0}|number with a fraction to YAML",
        "{source: 10.0.0}|write it as 192.0.2.1",
        "{source: '::1/129'}|is not a prefix length: 0 to 128",
        "{source: [10.0.0.0/8, 10.1.0.0/16]}|overlaps 10.0.0.0/8 in the same list",
        "{source: 10.0.0.1, destination: '::1'}|make it two rules",
        "{source: 10.0.0.1, icmpv6Type: 128}|make it two rules",
        "{source: 10.0.0.1, not: {source: 10.0.0.2}}|either it or not",
        "{not: {source: 0.0.0.0/0}}|the rule would never count",
        "{sum: true, source: 10.0.0.1}|name the rule",
        "{name: a, sum: true, source: 10.0.0.1}, {name: a, source: 10.0.0.2}|write sum: true in each",
        "{name: a, source: 10.0.0.1}, {name: a, source: 10.0.0.2}|write sum: true in each",
        "{name: a, sum: true, source: 10.0.0.1}, {name: a, sum: true, source: 10.0.0.1/32}|count twice",
        "{not: {source: [10.0.0.1, 10.0.0.2]}}|jump: RETURN}), or put them into an ipset",
        "{source: 10.0.0.1, families: [ipv6]}|the rule can't be of ipv6",
        "{families: [ipv5]}|ipv4",
        "{protocol: tcp, dport: 80}|not a key of a rule; write destinationPort",
        "{sports: 80}|write sourcePort, with a list",
        "{proto: tcp}|the protocol of a packet is protocol: tcp",
        "{src: 10.0.0.1}|write source",
        "{dst: 10.0.0.1}|write destination",
        "{in: eth0}|write inInterface",
        "{out: eth0}|write outInterface",
        "{iface: eth0}|write inInterface or outInterface",
        "{target: DROP}|a policy only counts: jump takes a chain of the policy, or RETURN",
        "{frobnicate: 1}|acct schema has them all, and what has no key stands in options",
        "{protocol: tcp, destinationPort: '80,443'}|a list is written [80, 443]",
        "{source: '!10.0.0.1'}|under not: {source: 10.0.0.1}",
        "{inInterface: '! eth0'}|under not: {inInterface: eth0}",
        "{protocol: tcp, destinationPort: '080'}|looks octal, and iptables reads it so; write 80",
        "{protocol: tcp, destinationPort: 0x50}|write it in decimal",
        "{protocol: tcp, destinationPort: '90:80'}|runs backwards; write \"80:90\"",
        "{protocol: tcp, destinationPort: 80-90}|write the range as \"80:90\"",
        "{protocol: tcp, destinationPort: nosuch}|nor a service that acct knows",
        "{protocol: icmp, destinationPort: 80}|icmp has no ports",
        "{protocol: udp, icmpType: 8}|is of protocol icmp, and the rule has another",
        "{protocol: all}|means every protocol: leave the key out",
        "{protocol: 0}|means every protocol: leave the key out",
        "{icmpType: nosuch}|is not a type of ICMP that acct knows",
        "{inInterface: averyveryverylongname}|1 to 15 characters",
        "{inInterface: 'eth0 -j DROP'}|is not the name of an interface",
        "{inInterface: [eth+, eth0]}|overlaps eth+",
        "{jump: ACCEPT}|decides about packets",
        "{jump: C}|in a circle: C → C",
        "{name: 'a b'}|letters, digits",
        "{destinationport: 80}|did you mean \"destinationPort\"?",
        "{in-interface: eth0}|did you mean \"inInterface\"?",
        "{uidOwner: root}|against a dump only numbers can be compared",
        "{options: '-m owner --uid-owner root'}|write its number, or use uidOwner",
        "{options: '-j DROP'}|a target is not allowed here",
        "{options: '-m foo --bar -j DROP'}|a target is not allowed here",
        "{options: '-m foo --bar --jum DROP'}|is not an option that can stand",
        "{options: '-m foo --bar -jDROP'}|is not an option that can stand",
        "{options: '-m foo --goto=X'}|is not an option that can stand",
        "{options: '-m tcp --dport 80'}|-m tcp needs protocol: tcp",
        "{options: '-m multiport --dports 80'}|needs a protocol that has ports",
        "{options: '-t nat'}|unknown option",
        "{options: '-m comment --comment x'}|comment is its name",
        "{options: '[1:1] -p tcp'}|counters are no part",
        "{options: '-m recent --name \"x'}|quote is never closed",
        "{protocol: tcp, options: '-p udp'}|-p stands twice",
        "{limitBurst: 5}|limitBurst needs limit in the same rule",
        "{string: x}|string needs algo",
        "{syn: true}|needs protocol: tcp",
        "{ttl: 64, hl: 64}|make it two rules",
        "{srcRange: 10.0.0.1-10.0.0.9, destination: '::1'}|make it two rules",
        "{ttl: '064'}|is a number from 0 to 255",
        "[]|a rule is a block of keys"
      })
  void aRulesMistakeIsNamedWithWhatWouldBeRight(String rule, String message) {
    List<Diagnostic> findings =
        Plans.findings(HEAD + "  chains: [{name: C, attach: [INPUT], rules: [" + rule + "]}]\n");
    assertTrue(
        findings.stream().anyMatch(d -> d.isError() && d.message().contains(message)),
        findings::toString);
    assertEquals(5, findings.get(0).position().line());
    assertEquals(1, findings.size(), findings::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chains: [{name: INPUT, rules: [{}]}]|built-in chain or a target",
        "chains: [{name: LOG, attach: [INPUT], rules: [{}]}]|built-in chain or a target",
        "chains: [{name: A, attach: [PREROUTING], rules: [{}]}]|table filter has no PREROUTING",
        "chains: [{name: A, attach: [INPUT, INPUT], rules: [{}]}]|it would count twice",
        "chains: [{name: A, attach: [{chain: OUTPUT, match: {inInterface: lo}}], rules: [{}]}]|no"
            + " inInterface any more",
        "chains: [{name: A, attach: [{chain: INPUT, match: {outInterface: lo}}], rules: [{}]}]|no"
            + " outInterface yet",
        "chains: [{name: A, attach: [INPUT], rules: [{}]}, {name: A, rules: [{}]}]|stands in"
            + " p.yaml:5:19 already",
        "chains: [{name: A, attach: [INPUT], rules: [{name: x}, {name: x, protocol: tcp}]}]|\"x\""
            + " stands in A already",
        "chains: [{name: A, attach: [INPUT], rules: [{protocol: tcp}, {protocol: 6}]}]|name at least"
            + " one of them",
        "chains: [{name: A, attach: [INPUT], rules: [{jump: B}]}, {name: B, rules: [{jump: A}]}]|in a"
            + " circle: A → B → A",
        "chains: [{name: abcdefghijklmnopqrstuvwxyz0123, attach: [INPUT], rules: [{}]}]|has 30"
            + " bytes; the kernel takes 28",
        "families: [ipv6]\\n  chains: [{name: A, attach: [INPUT], rules: [{source: 10.0.0.1}]}]|not in"
            + " the policy's families",
        "moved: [{from: X, to: Y}]\\n  chains: [{name: A, attach: [INPUT], rules: [{}]}]|has no chain Y",
        "moved: [{from: X, to: A/b}]\\n  chains: [{name: A, attach: [INPUT], rules: [{}]}]|both chains, or"
            + " both",
        "moved: [{from: A, to: B}]\\n  chains: [{name: A, attach: [INPUT], rules: [{}]}, {name: B, attach:"
            + " [INPUT], rules: [{}]}]|still in the policy",
        "table: nat\\n  chains: [{name: A, attach: [INPUT], rules: [{}]}]|only the first packet"
      })
  void aPolicysMistakeIsNamedWithWhatWouldBeRight(String spec, String message) {
    List<Diagnostic> findings =
        Plans.findings(HEAD + "  " + spec.replace("\\n", "\n") + "\n").stream()
            .filter(Diagnostic::isError)
            .toList();
    assertEquals(1, findings.size(), findings::toString);
    assertTrue(findings.get(0).message().contains(message), findings::toString);
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
