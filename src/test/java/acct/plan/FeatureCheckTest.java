package acct.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.compile.Desired;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Ruleset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What changes the way of packets is not switched on by a policy that doesn't allow it. */
class FeatureCheckTest {
  private static final String CONNTRACK = "{name: n, ctstate: NEW}";
  private static final String BRIDGE = "{name: p, physdevIn: vnet0}";

  private static Desired desired(String head, String rule) {
    return Plans.desired(
        Plans.policy(head + "chains: [{name: A, attach: [INPUT], rules: [" + rule + "]}]"));
  }

  private static List<Diagnostic> refusals(Plan plan) {
    return plan.diagnostics().stream()
        .filter(diagnostic -> diagnostic.code() == Code.SWITCHES_ON)
        .toList();
  }

  private static boolean isRefused(Desired desired, Ruleset live) {
    Plan plan = Plans.plan(desired, live);
    List<Diagnostic> refusals = refusals(plan);
    assertEquals(!refusals.isEmpty(), plan.isRefused(), plan.diagnostics().toString());
    return plan.isRefused();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ctstate: NEW|conntrack",
        "connmark: '0x1'|conntrack",
        "helper: ftp|conntrack",
        "connbytes: '1:', connbytesDir: both, connbytesMode: bytes|conntrack",
        "options: '-m state --state NEW'|conntrack",
        "options: '-m connlimit --connlimit-above 3'|conntrack",
        "options: '-m connlabel --label 3'|conntrack",
        "options: '-m socket --transparent'|defragmentation",
        "physdevIn: vnet0|bridge-netfilter",
        "physdevIsBridged: true|bridge-netfilter",
      })
  void onABareHostItIsRefusedAndAllowedByItsWord(String keys, String word) {
    String rule = "{name: x, " + keys + "}";
    Plan plan = Plans.plan(desired("", rule), Plans.filter());
    assertEquals(1, refusals(plan).size(), plan.diagnostics().toString());
    assertTrue(plan.isRefused());
    Diagnostic refusal = refusals(plan).get(0);
    assertEquals("p.yaml", refusal.position().file());
    assertTrue(refusal.message().contains("write allow: [" + word + "]"), refusal.message());
    assertFalse(isRefused(desired("allow: [" + word + "]\n", rule), Plans.filter()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "source: 10.0.0.1",
        "protocol: tcp, destinationPort: [80, 443]",
        "matchSet: clients src",
        "limit: 5/second",
        "dir: in",
        "options: '-m rpfilter --loose'",
      })
  void whatSwitchesNothingOnIsNotRefused(String keys) {
    assertFalse(isRefused(desired("", "{name: x, " + keys + "}"), Plans.filter()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*filter|-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT|true",
        "*filter|-A FORWARD -m state --state NEW -j DROP|true",
        "*mangle|-A FORWARD -m connmark --mark 0x1 -j ACCEPT|true",
        "*mangle|-A FORWARD -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff|true",
        "*nat|-A POSTROUTING -o eth0 -j MASQUERADE|true",
        "*nat|-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1|true",
        "*nat|-A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 81|true",
        "*raw|-A PREROUTING -j CT --helper ftp|true",
        "*raw|-A PREROUTING -j CT --notrack|false",
        "*raw|-A PREROUTING -j NOTRACK|false",
        "*mangle|-A PREROUTING -p tcp -j TPROXY --on-port 1 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0|false",
        "*filter|-A FORWARD -m comment --comment conntrack -j ACCEPT|false",
        "*filter|-A FORWARD -m comment --comment \"-m conntrack --ctstate NEW\" -j DROP|false",
        "*filter|-A INPUT -m physdev --physdev-in x -j DROP|false",
      })
  void connectionTrackingThatTheHostHasIsUsed(String table, String rule, boolean has) {
    Ruleset live = Plans.ruleset(dump(table, rule));
    assertEquals(!has, isRefused(desired("", CONNTRACK), live));
  }

  private static String dump(String table, String rule) {
    StringBuilder dump = new StringBuilder("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n");
    dump.append(":OUTPUT ACCEPT [0:0]\n");
    if (table.equals("*filter")) {
      return dump.append("[1:1] ").append(rule).append("\nCOMMIT\n").toString();
    }
    dump.append("COMMIT\n").append(table).append("\n:PREROUTING ACCEPT [0:0]\n");
    dump.append(table.equals("*mangle") ? ":FORWARD ACCEPT [0:0]\n" : "");
    dump.append(table.equals("*raw") ? "" : ":POSTROUTING ACCEPT [0:0]\n");
    return dump.append("[1:1] ").append(rule).append("\nCOMMIT\n").toString();
  }

  @Test
  void defragmentationComesWithConnectionTracking() {
    Desired desired = desired("", "{name: s, options: '-m socket --transparent'}");
    assertTrue(isRefused(desired, Plans.filter()));
    assertFalse(isRefused(desired, Plans.filter("[0:0] -A FORWARD -m state --state NEW")));
    assertFalse(isRefused(desired, Plans.filter("[0:0] -A FORWARD -m socket")));
    String tracked = "allow: [conntrack]\n";
    assertFalse(
        isRefused(
            desired(tracked, "{name: s, options: '-m socket --transparent'}"), Plans.filter()));
    assertTrue(isRefused(desired("allow: [defragmentation]\n", CONNTRACK), Plans.filter()));
  }

  /** acct's own rules are no reason: once they are live, the answer is what it was before. */
  @Test
  void whatOnlyPoliciesUseIsRefusedAlsoWhenItIsLive() {
    Ruleset live =
        Plans.filter(
            ":A - [0:0]",
            "[1:1] -A INPUT -m comment --comment acct:t -j A",
            "[1:1] -A A -m conntrack --ctstate NEW -m comment --comment n");
    assertTrue(isRefused(desired("", CONNTRACK), live));
    Plan plan = Plans.plan(desired("allow: [conntrack]\n", CONNTRACK), live);
    assertFalse(plan.isRefused());
    assertFalse(plan.isChanged());
    Ruleset withOthers =
        Plans.filter(
            ":A - [0:0]",
            "[1:1] -A INPUT -m comment --comment acct:t -j A",
            "[1:1] -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT",
            "[1:1] -A A -m conntrack --ctstate NEW -m comment --comment n");
    assertFalse(isRefused(desired("", CONNTRACK), withOthers));
  }

  /** Before an adoption and after it the answer is the same. */
  @Test
  void anAdoptedChainIsNoReason() {
    String rule = "[1:1] -A A -m conntrack --ctstate NEW";
    assertTrue(
        isRefused(desired("", CONNTRACK), Plans.filter(":A - [0:0]", "[1:1] -A INPUT -j A", rule)));
  }

  @Test
  void chainsAndJumpsOfOtherPoliciesAreNoReason() {
    Ruleset live =
        Plans.filter(
            ":B - [0:0]",
            "[1:1] -A INPUT -m conntrack --ctstate NEW -m comment --comment acct:other -j B",
            "[1:1] -A B -m conntrack --ctstate NEW");
    assertTrue(isRefused(desired("", CONNTRACK), live));
  }

  @Test
  void aRuleOfOthersThatIsKeptInTheChainIsOne() {
    Ruleset live =
        Plans.filter(
            ":A - [0:0]",
            "[1:1] -A INPUT -m comment --comment acct:t -j A",
            "[1:1] -A A -m conntrack --ctstate INVALID");
    assertFalse(isRefused(desired("unmanagedRules: keep\n", CONNTRACK), live));
  }

  @Test
  void anAttachmentNeedsItToo() {
    String chains =
        "chains: [{name: A, attach: [{chain: INPUT, match: {ctstate: NEW}}], rules: [{name: a}]}]";
    assertTrue(isRefused(Plans.desired(Plans.policy(chains)), Plans.filter()));
  }

  /** Tracking is on or off for each family by itself; br_netfilter is one module for both. */
  @Test
  void familiesAreJudgedByThemselves() {
    Ruleset tracking = Plans.filter("[0:0] -A FORWARD -m state --state NEW -j ACCEPT");
    List<Diagnostic> found = refusals(both(desired("", CONNTRACK), tracking, Plans.filter()));
    assertEquals(1, found.size());
    assertTrue(found.get(0).message().contains("in ipv6 so far"), found.toString());
    found = refusals(both(desired("", CONNTRACK), Plans.filter(), Plans.filter()));
    assertEquals(1, found.size());
    assertTrue(found.get(0).message().contains("in ipv4 and ipv6 so far"), found.toString());
    Ruleset bridging = Plans.filter("[0:0] -A FORWARD -m physdev --physdev-is-bridged -j ACCEPT");
    assertEquals(List.of(), refusals(both(desired("", BRIDGE), bridging, Plans.filter())));
    assertEquals(1, refusals(both(desired("", BRIDGE), tracking, tracking)).size());
  }

  private static Plan both(Desired desired, Ruleset ipv4, Ruleset ipv6) {
    return Differ.diff(
        desired,
        List.of(
            new LiveRuleset(Family.IPV4, ipv4, "v4", Optional.empty()),
            new LiveRuleset(Family.IPV6, ipv6, "v6", Optional.empty())));
  }

  @Test
  void eachPolicyAllowsForItself() {
    String one = Plans.policy("allow: [conntrack]\n" + chain("A"));
    String other = Plans.policy(chain("B")).replace("{name: t}", "{name: u}");
    assertTrue(isRefused(Plans.desired(one, other), Plans.filter()));
    assertFalse(isRefused(Plans.desired(one), Plans.filter()));
  }

  private static String chain(String name) {
    return "chains: [{name: " + name + ", attach: [INPUT], rules: [{name: r, ctstate: NEW}]}]";
  }

  @Test
  void withoutALiveRulesetNothingIsJudged() {
    assertEquals(List.of(), Differ.diff(desired("", CONNTRACK), List.of()).diagnostics());
    assertEquals(List.of(), Plans.findings(Plans.policy(chain("A"))));
  }
}
