package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Backend;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A policy changes nothing that rules of others see, and what the table of matches knows of it. */
class EffectsIT {
  @TempDir private Path directory;

  private static String spec(Setup setup, String head, String rule) {
    return head
        + "families: "
        + setup.families()
        + "\nchains: [{name: A, attach: [INPUT], rules: ["
        + rule
        + "]}]\n";
  }

  /** A set of that type that takes the test's address. */
  private static void addSet(Namespace namespace, Setup setup, String name, String options) {
    String family = setup.family() == Family.IPV4 ? "inet" : "inet6";
    String create = "create " + name + " hash:ip family " + family + " " + options + "\n";
    namespace
        .run(List.of("ipset", "restore"), create + "add " + name + " " + setup.address(1) + "\n")
        .ok();
  }

  private static void send(Namespace namespace, Setup setup, int packets) {
    String address = setup.address(1);
    namespace.run("ping", "-q", "-i", "0.01", "-c", "" + packets, "-I", address, address).ok();
  }

  private static String packets(Namespace namespace, String set) {
    String list = namespace.run("ipset", "list", set).ok().out();
    return list.lines().filter(line -> line.contains("packets")).findFirst().orElse(list).strip();
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void countersOfASetStayWhereTheyAre(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      setup.addAddress(namespace, 1);
      addSet(namespace, setup, "counted", "counters");
      addSet(namespace, setup, "plain", "");
      addSet(namespace, setup, "member", "counters");
      namespace.run("ipset", "create", "all", "list:set", "counters").ok();
      namespace.run("ipset", "add", "all", "member").ok();
      Path policy =
          acct.policy(
              "sets",
              spec(
                  setup,
                  "",
                  "{name: key, matchSet: counted src}, {name: plain, matchSet: plain src}, {name: not,"
                      + " not: {matchSet: counted dst}}, {name: list, matchSet: all src}, {name: raw,"
                      + " options: '-m set --match-set counted src --packets-lt 9'}"));
      acct.apply(policy);
      acct.assertSettled(policy);
      send(namespace, setup, 3);
      assertEquals(6, acct.counters("A", "key").packets());
      assertEquals(6, acct.counters("A", "plain").packets());
      assertEquals(6, acct.counters("A", "list").packets());
      assertEquals(6, acct.counters("A", "raw").packets());
      for (String set : List.of("counted", "member", "all")) {
        assertTrue(packets(namespace, set).endsWith("packets 0 bytes 0"), packets(namespace, set));
      }
      acct.assertSettled(policy);
    }
  }

  /** As an earlier version of acct wrote it: it is written anew, with its counter. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aRuleThatCountsInASetIsWrittenAnewWithItsCounter(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      setup.addAddress(namespace, 1);
      addSet(namespace, setup, "counted", "counters");
      acct.load(
          "*filter\n:A - [0:0]\n-A INPUT -m comment --comment acct:sets -j A\n"
              + "-A A -m set --match-set counted src -m comment --comment key\nCOMMIT\n");
      send(namespace, setup, 3);
      Path policy = acct.policy("sets", spec(setup, "", "{name: key, matchSet: counted src}"));
      long had = acct.counters("A", "key").packets();
      assertTrue(had >= 6, "each packet and its answer: " + had);
      acct.apply(policy);
      String counted = packets(namespace, "counted");
      assertTrue(!counted.contains("packets 0 "), counted);
      send(namespace, setup, 3);
      assertEquals(counted, packets(namespace, "counted"));
      Backend backend =
          Backend.parse(namespace.run(setup.command(), "-V").ok().out()).orElseThrow();
      assertEquals(
          backend.writesCounters(setup.family()) ? had + 6 : 6,
          acct.counters("A", "key").packets());
      acct.assertSettled(policy);
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void connectionTrackingIsNotSwitchedOnWhereNobodyUsesIt(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      String rule = "{name: n, ctstate: NEW}";
      Path policy = acct.policy("p", spec(setup, "", rule));
      Path allowed = directory.resolve("allowed.yaml");
      Files.writeString(
          allowed,
          Files.readString(policy).replace("spec:\n", "spec:\n  allow: [conntrack]\n"),
          StandardCharsets.UTF_8);
      assertRefused(acct, policy);
      acct.apply(allowed);
      acct.assertSettled(allowed);
      // acct's own rule is no reason.
      assertRefused(acct, policy);
      namespace.run(setup.command(), "-A", "FORWARD", "-m", "conntrack", "--ctstate", "NEW").ok();
      acct.assertSettled(policy);
      acct.apply(policy);
    }
  }

  private static void assertRefused(Acct acct, Path policy) {
    for (String command : List.of("plan", "apply")) {
      Namespace.Result refused = acct.run(command, policy.toString());
      assertEquals(3, refused.status(), refused.err());
      assertTrue(refused.err().contains("p.yaml:"), refused.err());
      assertTrue(refused.err().contains("ACCT035"), refused.err());
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void bridgedPacketsAreNotSentThroughIptablesWhereNobodyWantsIt(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = acct.policy("p", spec(setup, "", "{name: p, physdevIn: vnet0}"));
      assertRefused(acct, policy);
      namespace.run(setup.command(), "-A", "FORWARD", "-m", "physdev", "--physdev-is-bridged").ok();
      acct.apply(policy);
      acct.assertSettled(policy);
    }
  }

  /** Why connection tracking is not switched on by the way: rules of others match no more. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void trackingTakesTheFragmentsFromOthersRules(Setup setup) throws Exception {
    for (String match : List.of("conntrack --ctstate NEW", "connmark --mark 1", "socket")) {
      try (Namespace namespace = Namespace.open()) {
        namespace.run("ip", "link", "set", "lo", "mtu", "1500").ok();
        String save = setup.command() + "-save";
        namespace.run(setup.command(), "-t", "raw", "-A", "PREROUTING", "-f").ok();
        sendFragments(namespace);
        String before = namespace.run(save, "-t", "raw", "-c").ok().out();
        assertFalse(before.contains("[0:0] -A PREROUTING -f"), before);
        namespace.run(List.of("sh", "-c", setup.command() + " -A INPUT -m " + match), "").ok();
        namespace.run(setup.command(), "-t", "raw", "-Z").ok();
        sendFragments(namespace);
        String after = namespace.run(save, "-t", "raw", "-c").ok().out();
        assertTrue(after.contains("[0:0] -A PREROUTING -f"), match + "\n" + after);
      }
    }
  }

  private static void sendFragments(Namespace namespace) {
    namespace.run("ping", "-q", "-c", "2", "-i", "0.01", "-s", "3000", "127.0.0.1").ok();
  }

  /** Why a rule of recent is written with --hitcount 1, and no other is taken. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aRuleWithoutAHitcountEmptiesTheListOfOthers(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      String list = "/proc/self/net/xt_recent/bad";
      namespace
          .run(
              List.of(
                  "sh",
                  "-c",
                  setup.command()
                      + " -A FORWARD -m recent --update --seconds 60 --hitcount 5 --name bad && echo"
                      + " +192.0.2.9 > "
                      + list),
              "")
          .ok();
      Path policy =
          acct.policy("p", spec(setup, "", "{name: r, options: '-m recent --rcheck --name bad'}"));
      acct.apply(policy);
      acct.assertSettled(policy);
      assertTrue(namespace.run("cat", list).ok().out().contains("192.0.2.9"));
      namespace
          .run(setup.command(), "-A", "OUTPUT", "-m", "recent", "--rcheck", "--name", "bad")
          .ok();
      assertFalse(namespace.run("cat", list).ok().out().contains("192.0.2.9"));
    }
  }

  /** docs/extensions.md says so: it can't be helped where ports are counted. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aPacketThatIsCutShortIsDroppedByTheMatchThatReadsIt(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load(
          "*filter\n-A INPUT -p icmp -m icmp --icmp-type 8\n-A INPUT -m comment --comment after\n"
              + "COMMIT\n");
      String send =
          "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).sendto(b'abc',"
              + " ('127.0.0.1', 0))";
      namespace.run("python3", "-c", send).ok();
      assertEquals(Counters.ZERO, acct.counters("INPUT", "after"));
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void anNfacctObjectWithAQuotaIsRefused(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      namespace.run("nfacct", "add", "web", "byte", "1000").ok();
      namespace.run("nfacct", "add", "plain").ok();
      acct.apply(acct.policy("p", spec(setup, "", "{name: n, nfacctName: plain}")));
      Path policy = acct.policy("p", spec(setup, "", "{name: n, nfacctName: web}"));
      for (String command : List.of("apply", "plan --rehearse")) {
        String[] words = (command + " " + policy).split(" ");
        Namespace.Result refused =
            acct.run(words[0], Stream.of(words).skip(1).toArray(String[]::new));
        assertEquals(3, refused.status(), refused.err());
        assertTrue(refused.err().contains("\"web\" has a quota"), refused.err());
      }
      String jump =
          "families: [ipv4]\nchains: [{name: A, attach: [{chain: INPUT, match: {nfacctName: web}}],"
              + " rules: [{name: n}]}]\n";
      Namespace.Result refused = acct.run("apply", acct.policy("p", jump).toString());
      assertEquals(3, refused.status(), refused.err());
      assertTrue(refused.err().contains("\"web\" has a quota"), refused.err());
    }
  }

  /** An extension that this machine's iptables has and the page has not is one nobody judged. */
  @Test
  void everyExtensionOfThisMachineIsDocumented() throws IOException {
    String doc = Files.readString(Path.of("docs/extensions.md"), StandardCharsets.UTF_8);
    List<Path> folders =
        List.of(Path.of("/usr/lib/x86_64-linux-gnu/xtables"), Path.of("/usr/lib/xtables"));
    int found = 0;
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          for (Path file : files.toList()) {
            String name = file.getFileName().toString();
            if (name.matches("lib(xt|ipt|ip6t)_.*\\.so") && !name.equals("libxt_NAT.so")) {
              String extension = name.substring(name.indexOf('_') + 1, name.length() - 3);
              assertTrue(doc.contains("`" + extension + "`"), extension);
              found++;
            }
          }
        }
      }
    }
    if (found == 0) {
      Namespace.unavailable("no extensions of iptables in " + folders);
    }
  }
}
