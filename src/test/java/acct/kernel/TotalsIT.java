package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.ChainName;
import acct.netfilter.Family;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A total is right to the packet, whatever became of the kernel's counters since. */
class TotalsIT {
  private static final int ROUND = 500;
  private static final int PACKETS = 40_000;
  private static final int RATE = 20_000;

  @TempDir private Path directory;

  private Path policy(Acct acct, Setup setup, String more) {
    return acct.policy(
        "p",
        "families: "
            + setup.families()
            + "\nchains: [{name: A, attach: [INPUT], rules: [{name: one, protocol: udp, destination: '"
            + setup.address(1)
            + "'"
            + more
            + "}, {name: all, protocol: udp}]}]");
  }

  /** With its policy applied, and an address to send to. */
  private Acct begun(Namespace namespace, Setup setup) {
    Acct acct = new Acct(namespace, setup, directory);
    setup.addAddress(namespace, 1);
    acct.apply(policy(acct, setup, ""));
    return acct;
  }

  private static void send(Namespace namespace, Setup setup) {
    Namespace.finish(namespace.start(Packets.command(List.of(setup.address(1)), ROUND, 0)), "")
        .ok();
  }

  /** Resets of every kind, each after a snapshot: nothing is lost. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aTotalGoesThroughResets(Setup setup) throws Exception {
    long sent = 0;
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      setup.addAddress(namespace, 1);
      Path policy = policy(acct, setup, "");
      acct.apply(policy);
      String iptables = setup.command();
      List<List<List<String>>> resets =
          List.of(
              List.of(List.of(iptables, "-w", "5", "-Z", "A")),
              List.of(List.of(iptables, "-w", "5", "-F", "A")),
              List.of(List.of(iptables, "-w", "5", "-F"), List.of(iptables, "-w", "5", "-X")),
              List.of(List.of(iptables, "-w", "5", "-R", "A", "1", "-p", "udp")),
              List.of(List.of(iptables, "-w", "5", "-D", "INPUT", "1")));
      int rounds = setup.family() == Family.IPV4 ? 10 : 5;
      for (int i = 0; i < rounds; i++) {
        send(namespace, setup);
        sent += ROUND;
        acct.run("snapshot").ok();
        for (List<String> command : resets.get(i % resets.size())) {
          namespace.run(command, "").ok();
        }
        acct.apply(policy);
      }
      send(namespace, setup);
      sent += ROUND;
      assertEquals(sent, acct.total("A", "one"));
      acct.run("snapshot").ok();
      String log = acct.run("log").ok().out();
      assertTrue(log.contains("counters began anew, not by acct"), log);
    }
    // Another namespace has other counters, as another boot has.
    try (Namespace namespace = Namespace.open()) {
      Acct acct = begun(namespace, setup);
      send(namespace, setup);
      sent += ROUND;
      assertEquals(sent, acct.total("A", "one"));
      System.err.printf(
          "%s: %,d packets through %d resets, total %,d%n", setup, sent, sent / ROUND - 1, sent);
    }
  }

  /** What a firewall service saved has been counted when it restores it. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void countersThatAreRestoredInOneBootAreNotCountedTwice(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.apply(
          acct.policy(
              "p",
              "families: [ipv4]\nchains:\n- name: A\n  attach: [INPUT]\n  rules:\n"
                  + "  - {name: all}\n  - {name: echo, protocol: icmp, icmpType: echo-request}\n"));
      Path saved = directory.resolve("saved");
      ping(namespace, 6);
      acct.run("snapshot").ok();
      namespace.run("sh", "-c", setup.command() + "-save -c >" + saved).ok();
      ping(namespace, 20);
      acct.run("snapshot").ok();
      namespace.run("sh", "-c", setup.command() + "-restore -c <" + saved).ok();
      // A reader knows it, and so does what writes the ledger, which says so.
      assertEquals(26, acct.total("A", "echo"));
      Namespace.Result snapshot = acct.run("snapshot").ok();
      assertTrue(snapshot.err().contains("another program has restored counters"), snapshot.err());
      ping(namespace, 3);
      acct.run("snapshot").ok();
      assertEquals(29, acct.total("A", "echo"));
      namespace.run("sh", "-c", setup.command() + "-restore -c <" + saved).ok();
      acct.run("snapshot").ok();
      ping(namespace, 1);
      assertEquals(30, acct.total("A", "echo"));
      assertEquals(60, acct.total("A", "all"));
      // What is zeroed counts anew as ever.
      acct.run("snapshot").ok();
      namespace.run(setup.command(), "-Z").ok();
      ping(namespace, 2);
      assertEquals(32, acct.total("A", "echo"));
    }
  }

  private static void ping(Namespace namespace, int packets) {
    namespace.run("ping", "-q", "-i", "0.002", "-c", Integer.toString(packets), "127.0.0.1").ok();
  }

  /** In a new boot a counter that is larger than it was has begun anew all the same. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void anotherBootIsKnownByItsId(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = policy(acct, setup, "");
      acct.apply(policy);
      send(namespace, setup);
      acct.run("snapshot").ok();
      namespace.run(setup.command(), "-w", "5", "-Z", "A").ok();
      send(namespace, setup);
      send(namespace, setup);
      Path boot = Files.writeString(directory.resolve("boot_id"), "another\n");
      String bind = "mount --bind " + boot + " /proc/sys/kernel/random/boot_id";
      namespace.run(namespace.inMounts(bind, acct.command("snapshot")), "").ok();
      String shown =
          namespace
              .run(namespace.inMounts(bind, acct.command("show", "A/one", "--output", "tsv")), "")
              .ok()
              .out();
      assertEquals("" + 3 * ROUND, shown.lines().toList().get(1).split("\t")[5]);
    }
  }

  /**
   * What is not in the policy any more, and comes back later, begins anew; a carried one goes on.
   */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aTotalFollowsTheFateThatThePlanTold(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = begun(namespace, setup);
      send(namespace, setup);
      acct.apply(policy(acct, setup, ", onChange: carry, inInterface: lo"));
      send(namespace, setup);
      assertEquals(2 * ROUND, acct.total("A", "one"));
      acct.apply(policy(acct, setup, ""));
      assertEquals(0, acct.total("A", "one"));
      send(namespace, setup);
      assertEquals(ROUND, acct.total("A", "one"));
      assertEquals(3 * ROUND, acct.total("A", "all"));
      String log = acct.run("log").ok().out();
      String ended = setup.family().label() + "/filter/A/one";
      assertTrue(log.contains("totals of counters that ended"), log);
      assertTrue(
          log.lines().anyMatch(line -> line.contains(ended) && line.contains("1,000 packets")),
          log);
      acct.run("undo").ok();
      assertEquals(2 * ROUND, acct.total("A", "one"));
    }
  }

  /** A rule from before acct has no comment, or another; written anew it has the policy's. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void anAdoptedRulesTotalGoesOnUnderThePolicysName(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      setup.addAddress(namespace, 1);
      acct.load(
          "*filter\n:A - [0:0]\n-A INPUT -j A\n-A A -p udp -d "
              + setup.address(1)
              + "\n-A A -p udp -m comment --comment \"their own\"\nCOMMIT\n");
      send(namespace, setup);
      Path policy = policy(acct, setup, "");
      acct.apply(policy);
      namespace.run(setup.command(), "-w", "5", "-F", "A").ok();
      acct.apply(policy);
      send(namespace, setup);
      for (String rule : List.of("one", "all")) {
        assertEquals(2 * ROUND, acct.total("A", rule));
        assertEquals(ROUND, acct.counters("A", rule).packets());
      }
    }
  }

  /** A count that an earlier apply has ended comes back by undo alone. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void anApplyThatFailsRevivesNothing(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = begun(namespace, setup);
      send(namespace, setup);
      acct.apply(policy(acct, setup, ", inInterface: lo"));
      send(namespace, setup);
      Path bad = policy(acct, setup, ", matchSet: nosuch src");
      assertEquals(1, acct.run("apply", "--no-rehearsal", bad.toString()).status());
      assertEquals(ROUND, acct.total("A", "one"));
      acct.run("undo").ok();
      assertEquals(ROUND, acct.total("A", "one"));
      String log = acct.run("log").ok().out();
      assertEquals(2, log.lines().filter(l -> l.contains("totals of counters that ended")).count());
    }
  }

  /** What undo writes into the kernel is no traffic. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void zeroedPacketsDoNotComeBackByUndo(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = begun(namespace, setup);
      send(namespace, setup);
      acct.apply(policy(acct, setup, ", onChange: carry, inInterface: lo"));
      acct.run("zero", "A/one").ok();
      send(namespace, setup);
      acct.run("undo").ok();
      assertEquals(ROUND, acct.total("A", "one"));
    }
  }

  /** Where nothing of acct's is to be seen, nothing is said of it. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aReadingThatFindsNothingLeavesTheTotals(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open();
        Namespace other = Namespace.open()) {
      Acct acct = begun(namespace, setup);
      send(namespace, setup);
      acct.run("snapshot").ok();
      String boot = Files.readString(directory.resolve("state/boot.ipv4"));
      new Acct(other, setup, directory).run("snapshot").ok();
      assertEquals(ROUND, acct.total("A", "one"));
      String saved = namespace.run(setup.save(), "").ok().out();
      namespace.run(setup.command(), "-w", "5", "-F").ok();
      namespace.run(setup.command(), "-w", "5", "-X").ok();
      acct.run("snapshot").ok();
      assertEquals(boot, Files.readString(directory.resolve("state/boot.ipv4")));
      acct.load(saved);
      acct.run("restore").ok();
      assertEquals(ROUND, acct.total("A", "one"));
    }
  }

  /** Comments of others may have any character in them. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aHostileCommentHarmsNeitherLedgerNorTerminal(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = begun(namespace, setup);
      String comment = "a\rb\tc\u001b[31md";
      namespace
          .run(
              setup.command(),
              "-w",
              "5",
              "-A",
              "A",
              "-p",
              "gre",
              "-m",
              "comment",
              "--comment",
              comment)
          .ok();
      acct.run("snapshot").ok();
      acct.run("snapshot").ok();
      String out =
          acct.run("show").ok().out()
              + acct.run("zero", "A").ok().out()
              + acct.run("log").ok().out();
      assertTrue(out.contains("a\\x0db\\x09c\\x1b[31md"), out);
      assertTrue(out.chars().allMatch(c -> c >= ' ' || c == '\n'), out);
    }
  }

  /** What decides about packets in acct's chain is others': zero leaves its counter alone. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void zeroLeavesRulesOfOthersAlone(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load(
          "*filter\n:A - [0:0]\n[7:700] -A A -p gre -j ACCEPT\n[5:500] -A A -p udp -m comment"
              + " --comment one\n-A INPUT -m comment --comment acct:p -j A\nCOMMIT\n");
      acct.run("zero", "A").ok();
      assertEquals(7, acct.counters("A", "ACCEPT").packets());
      assertEquals(0, acct.counters("A", "udp").packets());
      assertEquals(0, acct.total("A", "one"));
      String shown = acct.run("show", "--exact").ok().out();
      assertTrue(shown.lines().anyMatch(line -> line.matches(" +p-47-j-ACCEPT +0 +0.*")), shown);
    }
  }

  /** Each packet is in the old total or in the new. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void zeroLosesNoPacket(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = begun(namespace, setup);
      Process stream = namespace.start(Packets.command(List.of(setup.address(1)), PACKETS, RATE));
      long before = 0;
      int zeros = 0;
      while (zeros < 2 || stream.isAlive()) {
        zeros++;
        String out = acct.run("zero", "A/one").ok().out();
        String had = out.substring(out.indexOf(" had ") + 5, out.indexOf(" packet"));
        before += Long.parseLong(had.replace(",", ""));
      }
      Namespace.finish(stream, "").ok();
      long after = acct.total("A", "one");
      System.err.printf(
          "%s: %,d packets, zeroed %d times, %,d before and %,d after%n",
          setup, PACKETS, zeros, before, after);
      assertEquals(PACKETS, before + after);
      assertEquals(
          List.of(new ChainName("A")),
          acct.filter().chains().keySet().stream().filter(chain -> !chain.isBuiltIn()).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void zeroOfAChainTakesWhatCameInToo(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = begun(namespace, setup);
      send(namespace, setup);
      Namespace.Result unknown = acct.run("zero", "A/one", "A/nosuch");
      assertEquals(1, unknown.status());
      assertTrue(unknown.err().contains("A/nosuch: nothing was zeroed"), unknown.err());
      assertEquals(ROUND, acct.total("A", "one"));
      Namespace.Result zeroed = acct.run("zero", "A").ok();
      String prefix = setup.family().label() + "/filter/";
      assertTrue(zeroed.out().contains(prefix + "A/one had 500 packets"), zeroed.out());
      assertTrue(zeroed.out().contains(prefix + "INPUT/A had "), zeroed.out());
      assertEquals(0, acct.total("A", "one"));
      send(namespace, setup);
      String shown = acct.run("show", "--exact").ok().out();
      assertTrue(shown.lines().noneMatch(line -> line.matches(".* -\\d.*")), shown);
      assertEquals(ROUND, acct.total("A", "one"));
      assertEquals(ROUND, acct.counters("A", "one").packets());
      assertEquals(1, acct.run("show", "A/nosuch").status());
      acct.assertSettled(policy(acct, setup, ""));
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aSnapshotThatIsKilledOrHasNoRoomLeavesTheLastOne(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = begun(namespace, setup);
      Random random = new Random(7);
      for (int i = 0; i < 6; i++) {
        Process snapshot = namespace.start(acct.command("snapshot"));
        Thread.sleep(random.nextInt(400));
        new ProcessBuilder("kill", "-KILL", "" + snapshot.pid()).start().waitFor();
        Namespace.finish(snapshot, "");
        acct.run("show").ok();
      }
      send(namespace, setup);
      Process one = namespace.start(acct.command("snapshot"));
      Process two = namespace.start(acct.command("snapshot"));
      Namespace.finish(one, "").ok();
      Namespace.finish(two, "").ok();
      assertEquals(ROUND, acct.total("A", "one"));
      Path state = directory.resolve("state");
      String full =
          "cp -a "
              + state
              + " "
              + directory.resolve("copy")
              + " && mount -t tmpfs -o size=32k none "
              + state
              + " && cp -a "
              + directory.resolve("copy")
              + "/. "
              + state
              + " && rm -rf "
              + state
              + "/ledger.earlier && { cat /dev/zero 2>&- >"
              + state
              + "/big; :; }";
      List<String> twice =
          List.of("sh", "-c", "\"$@\"; echo status $?; sha256sum <" + state + "/ledger", "sh");
      List<String> words = new ArrayList<>(twice);
      words.addAll(acct.command("snapshot"));
      Namespace.Result result = namespace.run(namespace.inMounts(full, words), "");
      assertTrue(result.err().contains("No space left on device"), result.err());
      assertTrue(result.out().contains("status 1\n"), result.out());
      assertTrue(result.out().contains(sum(state.resolve("ledger"))), result.out());
    }
  }

  private static String sum(Path file) throws IOException {
    Process process = new ProcessBuilder("sha256sum").redirectInput(file.toFile()).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
  }

  /** A dual-stack policy, of which others take one family away, and then the other. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void whatOthersHaveFlushedIsShownWithItsLastTotals(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy =
          acct.policy(
              "p", "chains: [{name: A, attach: [INPUT], rules: [{name: all, protocol: udp}]}]");
      acct.apply(policy);
      send(namespace, setup);
      namespace.run("ip", "-6", "addr", "add", "fd00::1/128", "dev", "lo", "nodad").ok();
      Namespace.finish(namespace.start(Packets.command(List.of("fd00::1"), ROUND, 0)), "").ok();
      acct.run("snapshot").ok();
      String six = "ip6tables-" + setup.backend().label();
      namespace.run(six, "-w", "5", "-F").ok();
      namespace.run(six, "-w", "5", "-X").ok();
      Namespace.Result half = acct.run("show");
      assertEquals(2, half.status(), half.err());
      assertTrue(half.out().contains("1,000"), half.out());
      assertTrue(half.out().contains("1 of them not in the kernel"), half.out());
      assertTrue(
          half.err().contains("ipv6 filter: chain A is not in the kernel any more"), half.err());
      namespace.run(setup.command(), "-w", "5", "-F").ok();
      Namespace.Result flushed = acct.run("show", "--output", "csv");
      assertEquals(2, flushed.status(), flushed.err());
      assertTrue(flushed.out().contains("both,filter,A,all,1000,"), flushed.out());
      namespace.run(setup.command(), "-w", "5", "-X").ok();
      Namespace.Result gone = acct.run("show");
      assertEquals(2, gone.status(), gone.err());
      assertTrue(gone.out().contains("1,000"), gone.out());
      acct.run("snapshot").ok();
      assertTrue(acct.run("show").out().contains("1,000"), gone.out());
      acct.apply(policy);
      send(namespace, setup);
      assertEquals(3 * ROUND, acct.total("A", "all"));
    }
  }

  /** The other backend has nothing of acct's; its rules are not shown as if they were none. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void onTheWrongBackendShowSaysSo(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = begun(namespace, setup);
      String other =
          setup.iptables().endsWith("nft") ? "/usr/sbin/iptables-legacy" : "/usr/sbin/iptables-nft";
      acct.by(Path.of(other));
      Namespace.Result wrong = acct.run("show");
      assertEquals(1, wrong.status(), wrong.err());
      assertTrue(wrong.err().contains("[ACCT033]"), wrong.err());
      Namespace.Result kernel = acct.run("show", "--kernel");
      assertEquals(1, kernel.status(), kernel.err());
      assertTrue(kernel.err().contains("[ACCT033]"), kernel.err());
    }
  }

  /** One policy in two network namespaces: each has totals of its own, by its name. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void twoNamespacesHaveTotalsOfTheirOwn(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path state = Files.createDirectories(directory.resolve("host"));
      String words =
          Acct.DIST.resolve("bin/acct").toAbsolutePath() + " %s --iptables " + setup.iptables();
      Path script =
          Files.writeString(
              directory.resolve("script"),
              """
              set -e
              mount -t tmpfs none /run
              mkdir -p /run/netns /var/lib/acct 2>/dev/null || mkdir -p /run/netns
              mount --bind %s /var/lib/acct
              for name in one two; do
                ip netns add $name
                ip netns exec $name ip link set lo up
                ip netns exec $name %s
              done
              for i in 1 2 3; do
                ip netns exec one ping -q -c 10 -i 0.01 127.0.0.1 >/dev/null
                ip netns exec two ping -q -c 1 127.0.0.1 >/dev/null
                for name in one two; do ip netns exec $name %s; done
              done
              ip netns exec one %s
              ip netns exec two %s
              ip netns exec two %s 2>&1 || echo status $?
              unshare --net %s 2>&1 || echo status $?
              """
                  .formatted(
                      state,
                      words.formatted("apply " + policyOfPings(acct, setup)),
                      words.formatted("snapshot"),
                      words.formatted("show A/all --output tsv"),
                      words.formatted("show A/all --output tsv"),
                      words.formatted("show --state-dir /var/lib/acct/netns/one"),
                      words.formatted("show")));
      Namespace.Result result =
          namespace.run(namespace.inMounts("true", List.of("sh", script.toString())), "");
      assertEquals(0, result.status(), result.out() + result.err());
      // Each packet of ping, and its answer.
      List<String> totals = result.out().lines().filter(line -> line.contains("\tall\t")).toList();
      assertEquals("60", totals.get(0).split("\t")[5], result.out());
      assertEquals("6", totals.get(1).split("\t")[5], result.out());
      assertTrue(result.out().contains("the network namespace one, which is"), result.out());
      // Where process 1 is another's, as in some containers, it can't be told from the host's.
      boolean told = Files.isReadable(Path.of("/proc/1/ns/net"));
      assertEquals(told, result.out().contains("has no name of ip netns"), result.out());
      assertTrue(Files.exists(state.resolve("netns/two/ledger")), "a directory for each");
    }
  }

  private static Path policyOfPings(Acct acct, Setup setup) {
    return acct.policy(
        "pings",
        "families: "
            + setup.families()
            + "\nchains: [{name: A, attach: [INPUT], rules: [{name: all, protocol: icmp}]}]");
  }
}
