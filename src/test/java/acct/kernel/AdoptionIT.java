package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Resources;
import acct.netfilter.Backend;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Chains that somebody made by hand become a policy's, and their counters live. */
class AdoptionIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void theSeedsFirewallIsAdoptedWithItsCounters(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load(Files.readString(Path.of("examples/seed.v4")));
      List<String> others = acct.others(List.of("INET_IN", "INET_OUT")::contains);
      Counters in = acct.counters("INET_IN", "123.1.2.1/32");
      Counters out = acct.counters("INET_OUT", "123.1.2.1/32");
      assertTrue(in.packets() > 0);

      Path policy = Path.of("examples/seed.yaml");
      acct.apply(policy);

      assertEquals(in, acct.counters("INET_IN", "123.1.2.1/32"));
      assertEquals(out, acct.counters("INET_OUT", "123.1.2.1/32"));
      assertEquals(others, acct.others(List.of("INET_IN", "INET_OUT")::contains));
      assertEquals(
          List.of("-m", "comment", "--comment", "acct:seed", "-j", "INET_IN"),
          acct.rules("INPUT").get(0).words());
      acct.assertSettled(policy);
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void rulesAreMatchedByMeaningAndNotByTheirComment(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load(
          """
          *filter
          :OLD - [0:0]
          [1:1] -A INPUT -j OLD
          [18446744073709551615:9223372036854775808] -A OLD -p tcp -m tcp --dport 80
          [5:500] -A OLD -p udp -m udp --dport 53 -m comment --comment "another's name"
          [7:700] -A OLD -p tcp -m multiport --dports 443,80,8080
          COMMIT
          """);
      Path policy =
          acct.policy(
              "p",
              """
              chains:
              - name: OLD
                attach: [INPUT]
                rules:
                - {name: dns, protocol: udp, destinationPort: domain}
                - {name: web, protocol: tcp, destinationPort: [80, 443, 8080]}
                - {name: http, protocol: tcp, destinationPort: 80}
              """
                  + "families: "
                  + setup.families());
      // ip6tables-nft 1.8.9 loads every counter as zero; what it holds is what has to live on.
      boolean loaded = setup.family() == Family.IPV4 || setup.backend() == Backend.Kind.LEGACY;
      assertEquals(
          loaded ? new Counters(-1, Long.MIN_VALUE) : Counters.ZERO, acct.counters("OLD", "80"));
      acct.apply(policy);
      assertEquals(
          loaded ? new Counters(-1, Long.MIN_VALUE) : Counters.ZERO, acct.counters("OLD", "http"));
      assertEquals(loaded ? new Counters(5, 500) : Counters.ZERO, acct.counters("OLD", "dns"));
      assertEquals(loaded ? new Counters(7, 700) : Counters.ZERO, acct.counters("OLD", "web"));
      assertEquals(3, acct.rules("OLD").size());
      acct.assertSettled(policy);
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aChainThatDecidesIsRefusedAndNothingChanges(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load(Resources.bytes(Path.of("src/test/resources/corpus/dumps/03-docker-legacy.v4")));
      String before = acct.live().toString();
      Path policy = acct.policy("p", "chains: [{name: DOCKER, attach: [FORWARD], rules: [{}]}]");
      Namespace.Result result = acct.run("apply", policy.toString());
      assertEquals(3, result.status(), result.err());
      assertTrue(result.err().contains("acct never removes such a rule"), result.err());
      assertEquals(before, acct.live().toString());
    }
  }
}
