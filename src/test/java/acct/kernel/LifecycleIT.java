package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Resources;
import acct.netfilter.LiveRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From nothing to a policy, through changes, and back. */
class LifecycleIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void everyPolicyOfThePoliciesFolderSettles(Setup setup) throws Exception {
    for (Path policy : Resources.files(Path.of("policies"))) {
      try (Namespace namespace = Namespace.open()) {
        Acct acct = new Acct(namespace, setup, directory);
        Namespace.Result pending = acct.run("plan", "--detailed-exitcode", policy.toString());
        assertEquals(2, pending.status(), pending.err());
        acct.apply(policy);
        acct.assertSettled(policy);
      }
    }
  }

  /** Built-in chains that only acct has rules in come and go with them: nobody else was there. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void nobodyElseIsBlamedForWhatActItselfDid(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      for (String attach : List.of("INPUT", "INPUT, FORWARD", "OUTPUT")) {
        Namespace.Result result =
            acct.apply(
                acct.policy(
                    "p",
                    "families: "
                        + setup.families()
                        + "\nchains: [{name: C0, attach: ["
                        + attach
                        + "], rules: [{}]}]"));
        assertEquals("acct: applied and verified\n", result.err());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void policiesThatShareNoChainLiveTogether(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path one = Path.of("policies/by-port.yaml");
      Path other = Path.of("policies/gateway.yaml");
      acct.apply(one);
      acct.apply(other);
      acct.assertSettled(one, other);
      acct.assertSettled(one);
      acct.assertSettled(other);
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void chainsComeChangeAndGo(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load("*filter\n-A INPUT -i lo -j ACCEPT\n-A FORWARD -j DROP\nCOMMIT\n");
      List<String> others = acct.others(List.of("A", "B")::contains);
      List<String> specs =
          List.of(
              "{name: A, attach: [INPUT], rules: [{name: x, protocol: tcp, jump: B}]}, {name: B, rules:"
                  + " [{name: y}]}",
              "{name: A, attach: [INPUT, FORWARD], rules: [{name: x, protocol: udp, jump: B}, {name: z}]},"
                  + " {name: B, rules: [{name: y}, {name: r, protocol: gre, jump: RETURN}]}",
              "{name: A, attach: [FORWARD], rules: [{name: z}, {name: r, protocol: tcp, jump: RETURN},"
                  + " {name: x, protocol: udp}]}",
              "{name: A, attach: [FORWARD], rules: [{name: x, protocol: udp}, {name: r, protocol: tcp,"
                  + " jump: RETURN}, {name: z}]}",
              "{name: B, attach: [INPUT], rules: [{name: z}]}");
      for (String spec : specs) {
        Path policy =
            acct.policy("p", "families: " + setup.families() + "\nchains: [" + spec + "]");
        acct.apply(policy);
        acct.assertSettled(policy);
      }
      assertEquals(List.of(), acct.rules("A"));
      assertEquals(1, acct.rules("B").size());
      assertEquals(others, acct.others(List.of("A", "B")::contains));
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aChainThatGetsAnotherNameKeepsItsCounters(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      String head = "families: " + setup.families() + "\n";
      String rules = "{name: all, protocol: udp}, {name: tcp, protocol: tcp}";
      acct.apply(
          acct.policy(
              "p", head + "chains: [{name: OLD, attach: [INPUT], rules: [" + rules + "]}]"));
      setup.addAddress(namespace, 1);
      Namespace.finish(namespace.start(Packets.command(List.of(setup.address(1)), 500, 0)), "")
          .ok();
      assertEquals(500, acct.counters("OLD", "udp").packets());
      Path policy =
          acct.policy(
              "p",
              head
                  + "moved: [{from: OLD, to: NEW}]\nchains: [{name: NEW, attach: [INPUT], rules: ["
                  + rules
                  + ", {name: more, protocol: gre}]}]");
      acct.apply(policy);
      acct.assertSettled(policy);
      assertEquals(500, acct.counters("NEW", "udp").packets());
      assertEquals(3, acct.rules("NEW").size());
      assertEquals(List.of(), acct.rules("OLD"));
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void jumpsStandWhereThePolicySays(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load("*filter\n-A INPUT -i lo -j ACCEPT\n-A INPUT -p tcp -j DROP\nCOMMIT\n");
      Path policy =
          acct.policy(
              "p",
              "families: "
                  + setup.families()
                  + """

                  chains:
                  - {name: T, attach: [INPUT], rules: [{}]}
                  - {name: B, attach: [{chain: INPUT, position: bottom}], rules: [{}]}
                  - {name: W, attach: [{chain: INPUT, position: anywhere, match: {protocol: udp}}], rules: [{}]}
                  """);
      acct.apply(policy);
      assertEquals(List.of("T", "W", "ACCEPT", "DROP", "B"), targets(acct));
      namespace.run(setup.command(), "-w", "5", "-I", "INPUT", "-p", "udp", "-j", "ACCEPT").ok();
      namespace.run(setup.command(), "-w", "5", "-A", "INPUT", "-j", "DROP").ok();
      assertEquals(2, acct.run("plan", "--detailed-exitcode", policy.toString()).status());
      acct.apply(policy);
      assertEquals(List.of("T", "ACCEPT", "W", "ACCEPT", "DROP", "DROP", "B"), targets(acct));
      acct.assertSettled(policy);
    }
  }

  private static List<String> targets(Acct acct) {
    List<String> targets = new ArrayList<>();
    for (LiveRule rule : acct.rules("INPUT")) {
      targets.add(rule.words().get(rule.words().size() - 1));
    }
    return targets;
  }

  /** A stand-in for the real commands that writes down what was run. */
  private Path recording(Setup setup, Path log) throws IOException {
    Path bin = Files.createDirectories(directory.resolve("bin"));
    for (String command : List.of("iptables", "ip6tables")) {
      for (String suffix : List.of("", "-save", "-restore")) {
        Path file = bin.resolve(command + suffix);
        String real = "/usr/sbin/" + command + "-" + setup.backend().label() + suffix;
        Files.writeString(
            file,
            "#!/bin/sh\necho " + command + suffix + " >>" + log + "\nexec " + real + " \"$@\"\n");
        file.toFile().setExecutable(true);
      }
    }
    return bin.resolve("iptables");
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void anApplyWithNothingToDoRunsNoRestore(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path log = directory.resolve("log");
      Path fake = recording(setup, log);
      acct.by(fake).run("apply", "policies/by-address.yaml").ok();
      assertTrue(Files.readString(log).contains("iptables-restore"));
      Files.delete(log);
      Namespace.Result again = acct.run("apply", "policies/by-address.yaml").ok();
      assertFalse(Files.readString(log).contains("restore"), again.out());
      assertTrue(again.out().startsWith("No changes."), again.out());
      assertEquals("", acct.run("plan", "policies/by-address.yaml").err());
    }
  }
}
