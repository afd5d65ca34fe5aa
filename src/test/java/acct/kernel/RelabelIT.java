package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Backend;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules that are written anew and whose counters go on, where the backend can write one. */
class RelabelIT {
  @TempDir private Path directory;

  /** ip6tables-nft before 1.8.10 writes every counter as zero: there a plan says that it ends. */
  private static Counters carried(Setup setup, Acct acct, Counters value, Path policy) {
    boolean nft6 = setup.family() == Family.IPV6 && setup.backend() == Backend.Kind.NFT;
    boolean ends = nft6 && acct.run("plan", policy.toString()).ok().out().contains("No changes.");
    return ends && acct.counters("C", "udp").isZero() ? Counters.ZERO : value;
  }

  private static Acct counted(Namespace namespace, Setup setup, Path directory, String rules) {
    Acct acct = new Acct(namespace, setup, directory);
    acct.load(
        "*filter\n:C - [0:0]\n-A INPUT -m comment --comment acct:p -j C\n" + rules + "COMMIT\n");
    setup.addAddress(namespace, 1);
    Namespace.finish(namespace.start(Packets.command(List.of(setup.address(1)), 500, 0)), "").ok();
    return acct;
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aRuleGetsItsCommentWhereItStandsAndOnlyWhenAsked(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = counted(namespace, setup, directory, "-A C -p udp\n-A C -p gre\n");
      Counters before = acct.counters("C", "udp");
      assertEquals(500, before.packets());
      Path policy =
          acct.policy(
              "p",
              "families: "
                  + setup.families()
                  + "\nchains: [{name: C, attach: [INPUT], rules: [{name: gre, protocol: gre},"
                  + " {name: datagrams, protocol: udp}]}]");
      acct.assertSettled(policy);
      acct.run("apply", "--relabel", policy.toString()).ok();
      assertEquals(
          List.of("-p", "udp", "-m", "comment", "--comment", "datagrams"),
          acct.rules("C").get(0).words());
      assertTrue(acct.rules("C").get(1).words().contains("gre"));
      assertEquals(carried(setup, acct, before, policy), acct.counters("C", "udp"));
      acct.run("plan", "--relabel", "--detailed-exitcode", policy.toString()).ok();
    }
  }
}
