package acct.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Position;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.plan.Differ;
import acct.plan.Plan;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A plan as a comment of a merge request. */
class MarkdownViewTest {
  private static final String LIVE =
      """
      *filter
      :INPUT ACCEPT [0:0]
      :A - [0:0]
      [1:60] -A INPUT -m comment --comment "acct:t" -j A
      [5:300] -A A -p tcp -m comment --comment one
      [7:420] -A A -p gre -m comment --comment old
      COMMIT
      """;

  private static Plan plan(String rules) {
    String policy =
        Plans.policy(
            "families: [ipv4]\nchains: [{name: A, attach: [INPUT], rules: [" + rules + "]}]");
    return Differ.diff(
        Plans.desired(policy),
        List.of(new LiveRuleset(Family.IPV4, Plans.ruleset(LIVE), "v4", Optional.empty())));
  }

  @Test
  void changesAreADiff() {
    assertEquals(
        """
        **acct:** Plan: 1 to add, 1 to change, 1 to remove. Counters: 1 kept, 2 new, 2 ended.

        ```diff
         ipv4 filter
           A                                    2 rules, 0 keep their counters
        -    old  -p 47         ends 7 packets, 420 B
        !    ~ one  -p tcp → udp  ends 5 packets, 300 B
        +    two  -p sctp
        ```
        """,
        MarkdownView.of(plan("{name: one, protocol: udp}, {name: two, protocol: sctp}")));
  }

  @Test
  void nothingToDoIsALine() {
    assertEquals(
        "**acct:** No changes. 3 rules are as the policy says.\n",
        MarkdownView.of(plan("{name: one, protocol: tcp}, {name: old, protocol: gre}")));
  }

  @Test
  void noTextEndsABlock() {
    Plan plan =
        plan("{name: one, protocol: tcp}")
            .with(
                List.of(
                    Diagnostic.warning(
                        Code.UNMANAGED, Position.file("p.yaml"), "says ``` and\nmore")));
    String text = MarkdownView.of(plan);
    assertTrue(text.contains("- warning ```` p.yaml: says ``` and\\nmore ```` [ACCT027]\n"), text);
  }
}
