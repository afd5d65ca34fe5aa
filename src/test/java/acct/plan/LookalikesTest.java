package acct.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.compile.Desired;
import acct.dataplane.iptables.Script;
import acct.diagnostic.Code;
import acct.model.RestoreModel;
import acct.netfilter.Backend;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Ruleset;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Jumps that an iptables can't tell apart when it deletes one by its text. */
class LookalikesTest {
  private static final List<String> INTERFACES = List.of("", "-i eth0 ", "-i eth1 ", "-o eth1 ");
  private static final List<String> COMMENTS =
      List.of("", "-m comment --comment \"acct:t\" ", "-m comment --comment \"acct:t\" ");

  private static String policy(Random random) {
    List<String> attached = new ArrayList<>(List.of("INPUT"));
    for (String match : List.of("outInterface: eth1", "inInterface: eth0", "inInterface: eth1")) {
      if (random.nextBoolean()) {
        String place = List.of("top", "bottom", "anywhere").get(random.nextInt(3));
        attached.add("{chain: FORWARD, position: " + place + ", match: {" + match + "}}");
      }
    }
    return Plans.policy(
        "families: [ipv4]\nchains: [{name: A, attach: ["
            + String.join(", ", attached)
            + "], rules: [{name: x}]}, {name: B, attach: [FORWARD], rules: [{name: x}]}]");
  }

  private static Ruleset live(Random random) {
    List<String> lines = new ArrayList<>(List.of(":A - [0:0]", ":B - [0:0]"));
    int count = random.nextInt(7);
    for (int i = 0; i < count; i++) {
      String target = List.of("-j A", "-j A", "-j A", "-j B", "-j ACCEPT").get(random.nextInt(5));
      lines.add(
          ("[" + (i + 1) + ":100] -A FORWARD ")
              + INTERFACES.get(random.nextInt(INTERFACES.size()))
              + COMMENTS.get(random.nextInt(COMMENTS.size()))
              + target);
    }
    return Plans.filter(lines.toArray(String[]::new));
  }

  @Property(tries = 3000)
  void noOtherJumpThanThePlansIsEverDeleted(@ForAll long seed) {
    Random random = new Random(seed);
    Desired desired = Plans.desired(policy(random));
    Ruleset before = live(random);
    Plan plan = plan(desired, before);
    if (plan.isRefused()) {
      assertTrue(plan.diagnostics().stream().anyMatch(d -> d.code() == Code.KNOWN_BUG));
      return;
    }
    String script = Script.of(plan, Family.IPV4);
    if (script.isEmpty()) {
      return;
    }
    Ruleset buggy = RestoreModel.applyWithoutInterfaces(before, script);
    assertFalse(plan(desired, buggy).isChanged(), () -> plan(desired, buggy).changes().toString());
    assertEquals(
        counted(RestoreModel.apply(before, script)), counted(buggy), "as a sound one does");
  }

  /** Counters, too; in no order, for among lookalikes the first is as good as any. */
  private static List<String> counted(Ruleset ruleset) {
    List<LiveRule> rules =
        ruleset.table(TableName.FILTER).chain(new ChainName("FORWARD")).orElseThrow().rules();
    return rules.stream().map(rule -> rule.counters() + " " + rule.words()).sorted().toList();
  }

  private static Plan plan(Desired desired, Ruleset live) {
    Optional<Backend> backend = Backend.parse("iptables v1.8.11 (nf_tables)");
    return Differ.diff(desired, List.of(new LiveRuleset(Family.IPV4, live, "live", backend)));
  }
}
