package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Counters;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules that somebody put into a policy's chain by hand, and that the policy keeps. */
class KeepIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void rulesThatThePolicyDoesNotHaveStayWithTheirCounters(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      String head = "families: " + setup.families() + "\nunmanagedRules: keep\nchains:\n";
      acct.apply(acct.policy("p", head + "- {name: C, attach: [INPUT], rules: [{name: all}]}"));
      String iptables = setup.command();
      namespace.run(iptables, "-w", "5", "-I", "C", "-p", "udp").ok();
      namespace.run(iptables, "-w", "5", "-I", "C", "2", "-p", "gre", "-j", "RETURN").ok();
      namespace.run(iptables, "-w", "5", "-A", "C", "-p", "sctp", "-j", "DROP").ok();
      setup.addAddress(namespace, 1);
      Namespace.finish(namespace.start(Packets.command(List.of(setup.address(1)), 500, 0)), "")
          .ok();
      Counters udp = acct.counters("C", "udp");
      Counters all = acct.counters("C", "all");
      assertEquals(500, udp.packets());

      Path more =
          acct.policy(
              "p",
              head
                  + "- {name: C, attach: [INPUT], rules: [{name: tcp, protocol: tcp}, {name: all},"
                  + " {name: esp, protocol: esp}]}");
      Namespace.Result plan = acct.run("plan", more.toString()).ok();
      assertTrue(plan.err().contains("chain C has 3 rules that are not in the policy"), plan.err());
      assertTrue(plan.out().contains("= not in policy"), plan.out());
      acct.apply(more);
      acct.assertSettled(more);
      assertEquals(udp, acct.counters("C", "udp"));
      assertEquals(all, acct.counters("C", "all"));
      assertEquals(6, acct.rules("C").size());
      assertEquals(List.of("-p", "sctp", "-j", "DROP"), acct.rules("C").get(5).words());

      Path elsewhere =
          acct.policy("p", head + "- {name: C, attach: [INPUT, FORWARD], rules: [{name: all}]}");
      String before = acct.live().toString();
      Namespace.Result refused = acct.run("apply", elsewhere.toString());
      assertEquals(3, refused.status(), refused.err());
      assertTrue(refused.err().contains("the jump from FORWARD can't be"), refused.err());
      assertEquals(before, acct.live().toString());
    }
  }
}
