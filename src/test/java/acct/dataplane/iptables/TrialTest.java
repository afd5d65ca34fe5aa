package acct.dataplane.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.Plans;
import acct.dataplane.Transaction;
import acct.netfilter.Ruleset;
import acct.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What of a plan is tried in a rehearsal. */
class TrialTest {
  private static List<String> tried(String spec, Ruleset live) {
    Plan plan = Plans.plan(Plans.desired(Plans.policy("families: [ipv4]\n" + spec)), live);
    List<String> lines = new ArrayList<>();
    for (Transaction transaction : Trial.of(plan, PlanTransactions.of(plan))) {
      lines.addAll(Script.of(transaction).lines().toList());
    }
    return lines;
  }

  @Test
  void whatIsNewIsAppendedWhereverItGoes() {
    Ruleset live =
        Plans.filter(
            ":A - [0:0]",
            "-A INPUT -m comment --comment acct:t -j A",
            "-A A -s 10.0.0.1/32 -m comment --comment a",
            "-A A -p udp -m comment --comment out -j RETURN");
    assertEquals(
        List.of("*filter", "-A A -p tcp -m comment --comment new", "COMMIT"),
        tried(
            """
            chains:
              - name: A
                attach: [INPUT]
                rules:
                  - {name: new, protocol: tcp}
                  - {name: out, protocol: udp, jump: RETURN}
            """,
            live));
  }

  /** acct has read addresses itself; a port, a set or a jump is tried each time. */
  @Test
  void ofLinesThatDifferInTheirAddressOneIsTried() {
    assertEquals(
        List.of(
            "*filter",
            "-N A",
            "-N B",
            "-A A -s 10.0.0.1/32 -m comment --comment a",
            "-A A -d 10.0.0.1/32 -m comment --comment c",
            "-A A -p tcp -m tcp --dport 80 -m comment --comment d",
            "-A A -p tcp -m tcp --dport 81 -m comment --comment e",
            "-A B -s 10.0.0.1/32 -m comment --comment a",
            "-I INPUT 1 -p tcp -m comment --comment acct:t -j B",
            "-I INPUT 1 -m comment --comment acct:t -j A",
            "COMMIT"),
        tried(
            """
            chains:
              - name: A
                attach: [INPUT]
                rules:
                  - {name: a, source: 10.0.0.1}
                  - {name: b, source: 10.0.0.2}
                  - {name: c, destination: 10.0.0.1}
                  - {name: d, protocol: tcp, destinationPort: 80}
                  - {name: e, protocol: tcp, destinationPort: 81}
              - name: B
                attach: [{chain: INPUT, match: {protocol: tcp}}]
                rules:
                  - {name: a, source: 10.0.0.1}
                  - {name: b, source: 10.0.0.2}
            """,
            Plans.filter()));
  }

  @Test
  void whatOnlyGoesNeedsNoTrial() {
    Ruleset live =
        Plans.filter(
            ":A - [0:0]",
            "-A INPUT -m comment --comment acct:t -j A",
            "-A A -s 10.0.0.1/32 -m comment --comment a",
            "-A A -s 10.0.0.2/32 -m comment --comment b");
    assertEquals(
        List.of("*filter", "COMMIT"),
        tried("chains: [{name: A, attach: [INPUT], rules: [{name: a, source: 10.0.0.1}]}]", live));
  }
}
