package acct.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Diagnostics;
import acct.policy.Policy;
import acct.policy.PolicyReader;
import acct.policy.Yaml;
import acct.policy.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameters and forEach: what they make, what they refuse, and that nothing gets in by them. */
class TemplateTest {
  private static List<String> rules(String spec) {
    List<String> rules = new ArrayList<>();
    for (Desired.Table table : Plans.desired(Plans.policy(spec)).tables()) {
      for (Desired.Chain chain : table.chains()) {
        chain.rules().forEach(rule -> rules.add(rule.label() + ": " + rule.body()));
      }
    }
    return rules;
  }

  private static String chain(String rule) {
    return "families: [ipv4]\nchains: [{name: C, attach: [INPUT], rules: [" + rule + "]}]\n";
  }

  @Test
  void theExampleOfTheDesignIsExpanded() {
    assertEquals(
        List.of(
            "example.com: -d 123.1.2.1/32",
            "example.net: -d 123.1.2.2/32",
            "http: -i eth1 -p tcp -m tcp --dport 80"),
        rules(
            """
            families: [ipv4]
            parameters:
              wan: eth1
              sites:
                - {name: example.com, address: 123.1.2.1}
                - {name: example.net, address: 123.1.2.2}
            chains:
              - name: INET_IN
                attach: [INPUT]
                rules:
                  - forEach: {site: "${sites}"}
                    name: "${site.name}"
                    destination: "${site.address}"
                  - {name: http, inInterface: "${wan}", protocol: tcp, destinationPort: 80}
            """));
  }

  @Test
  void severalVariablesAreTheirProduct() {
    assertEquals(
        List.of(
            "a-80: -s 10.0.0.1/32 -p tcp -m tcp --dport 80",
            "a-443: -s 10.0.0.1/32 -p tcp -m tcp --dport 443",
            "b-80: -s 10.0.0.2/32 -p tcp -m tcp --dport 80",
            "b-443: -s 10.0.0.2/32 -p tcp -m tcp --dport 443"),
        rules(
            chain(
                "{forEach: {h: [{n: a, ip: 10.0.0.1}, {n: b, ip: 10.0.0.2}], p: [80, 443]}, name:"
                    + " '${h.n}-${p}', source: '${h.ip}', protocol: tcp, destinationPort: '${p}'}")));
  }

  @Test
  void hostsAreTheAddressesOfANetworkButItsOwnAndTheBroadcast() {
    List<String> rules =
        rules(chain("{forEach: {h: {hosts: 192.168.1.0/28}}, name: 'c-${h}', source: '${h}'}"));
    assertEquals(14, rules.size());
    assertEquals("c-192.168.1.1: -s 192.168.1.1/32", rules.get(0));
    assertEquals("c-192.168.1.14: -s 192.168.1.14/32", rules.get(13));
    assertEquals(2, rules(chain("{forEach: {h: {hosts: 192.168.1.0/31}}, source: '${h}'}")).size());
  }

  @Test
  void aListAndASwitchMayBeParameters() {
    assertEquals(
        List.of("web: -p tcp -m multiport --dports 80,443"),
        rules(
            "parameters: {ports: [80, 443], first: false}\n"
                + chain(
                    "{name: web, protocol: tcp, destinationPort: '${ports}', syn: '${first}'}")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{source: '${nosuch}'}|there is no parameter or variable nosuch",
        "{source: '${wan.x}'}|there is no parameter or variable wan.x",
        "{source: '${list}'}|is not an address",
        "{name: 'x-${list}'}|is a list, and a text is wanted",
        "{source: '${'}|a reference is written",
        "{inInterface: '${evil}'}|is not the name of an interface",
        "{name: '${evil}'}|letters, digits",
        "{options: '-m recent --rcheck --name ${evil} ${dash}'}|would be an option of its own",
        "{options: '${dash} DROP'}|would be an option of its own",
        "{forEach: {h: {hosts: 10.0.0.0/8}}, source: '${h}'}|more than 65536 addresses",
        "{forEach: {h: '${wan}'}, source: '${h}'}|runs over a list",
        "{forEach: {a: {hosts: 10.0.0.0/16}, b: [1, 2]}, source: '${a}'}|more than 65536 rules",
        "{jump: '${evil}'}|there is no chain",
        "{options: '-m recent --rcheck --name ${line}'}|a control character",
        "{forEach: {h: {hosts: '${list}'}}, source: '${h}'}|is a list, and a text is wanted",
        "{forEach: {h: {hosts: [1]}}, source: '${h}'}|a variable runs over",
        "{dscp: '${empty}'}|is not",
        "{source: [10.0.0.1, 10.0.0.2], options: '! -s 10.0.0.9'}|-s stands twice",
        "{icmpType: '${types}'}|takes one value here"
      })
  void whatDoesNotFitIsRefused(String rule, String message) {
    List<Diagnostic> findings =
        Plans.findings(
            Plans.policy(
                "parameters: {wan: eth0, list: [80, 443], types: [8, 0], empty: \"\", line: \"a\\nCOMMIT\", evil: \"eth0 -j DROP\", dash: \"-j\"}\n"
                    + chain(rule)));
    assertTrue(
        findings.stream().anyMatch(d -> d.isError() && d.message().contains(message)),
        findings::toString);
  }

  @Test
  void aValueInOptionsIsNeverMoreThanAPartOfAWord() {
    List<String> rules =
        rules(
            "parameters: {evil: 'a -j DROP \"'}\n"
                + chain("{name: x, options: '-m recent --rcheck --name ${evil}'}"));
    assertEquals(List.of("x: -m recent --rcheck --name \"a -j DROP \\\"\""), rules);
  }

  private static List<String> overridden(Map<String, String> texts, Diagnostics diagnostics) {
    String text =
        Plans.policy(
            "parameters: {wan: eth1, ports: [80], first: true}\n"
                + chain(
                    "{name: x, inInterface: '${wan}', protocol: tcp, destinationPort: '${ports}', syn:"
                        + " '${first}'}"));
    List<Policy> policies = new ArrayList<>();
    for (Yaml document : YamlReader.read("p", text.getBytes(StandardCharsets.UTF_8), diagnostics)) {
      PolicyReader.read(document, diagnostics).ifPresent(policies::add);
    }
    List<String> rules = new ArrayList<>();
    Compiler.compile(policies, new Overrides(Map.of(), texts), OwnerNames.REFUSED, diagnostics)
        .tables()
        .forEach(
            table -> table.chains().forEach(c -> c.rules().forEach(r -> rules.add("" + r.body()))));
    return rules;
  }

  @Test
  void setOverridesByTheTypeOfTheDefault() {
    Diagnostics diagnostics = new Diagnostics();
    assertEquals(
        List.of("-i ppp0 -p tcp -m multiport --dports 25,587"),
        overridden(Map.of("wan", "ppp0", "ports", "25,587", "first", "false"), diagnostics));
    assertEquals(List.of(), diagnostics.sorted());
    overridden(Map.of("ports", "smtp", "wan", "x y", "wam", "z"), diagnostics);
    String all = diagnostics.sorted().toString();
    assertTrue(all.contains("the parameter ports is a list by its default"), all);
    assertTrue(all.contains("no policy has a parameter wam; did you mean wan?"), all);
    assertTrue(all.contains("\"x y\" is not the name of an interface"), all);
  }
}
