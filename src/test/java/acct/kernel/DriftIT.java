package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Counters;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What somebody has done to a policy's chains by hand is told, and put right. */
class DriftIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void jumpsThatAreGoneAndEmptiedChainsAreToldAndPutRight(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy =
          acct.policy(
              "p",
              "families: "
                  + setup.families()
                  + "\nchains: [{name: C, attach: [INPUT], rules: [{name: udp, protocol: udp},"
                  + " {name: all, jump: D}]}, {name: D, rules: [{name: d}]}]");
      acct.apply(policy);
      setup.addAddress(namespace, 1);
      Namespace.finish(namespace.start(Packets.command(List.of(setup.address(1)), 500, 0)), "")
          .ok();
      Counters udp = acct.counters("C", "udp");
      String iptables = setup.command();

      namespace.run(iptables, "-w", "5", "-D", "INPUT", "1").ok();
      Namespace.Result gone = acct.apply(policy);
      assertTrue(gone.out().contains("! somebody deleted the jump to it: it is put back"));
      assertTrue(gone.err().contains("[ACCT028]"), gone.err());
      assertFalse(gone.out().contains("adopted"), gone.out());
      assertEquals(udp, acct.counters("C", "udp"));
      acct.assertSettled(policy);

      namespace.run(iptables, "-w", "5", "-F", "D").ok();
      namespace.run(iptables, "-w", "5", "-A", "OUTPUT", "-p", "gre", "-j", "C").ok();
      Namespace.Result emptied = acct.apply(policy);
      assertTrue(
          emptied
              .out()
              .contains(
                  "! somebody emptied it: 1 rule is written anew, its counter has begun at zero"),
          emptied.out());
      assertTrue(emptied.err().contains("[ACCT029]"), emptied.err());
      assertTrue(emptied.out().contains("! others jump here too (OUTPUT rule 1)"), emptied.out());
      assertEquals(udp, acct.counters("C", "udp"));
      acct.assertSettled(policy);
    }
  }
}
