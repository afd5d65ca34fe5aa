package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveRule;
import acct.text.Utf8Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Chains that hang in chains of other programs, and chains with names as others give them. */
class AttachIT {
  private static final String FIREWALL =
      """
      *filter
      :ufw-before-input - [0:0]
      :log,drop - [0:0]
      [1:100] -A INPUT -j ufw-before-input
      [2:200] -A ufw-before-input -s 203.0.113.9/32 -j log,drop
      [3:300] -A ufw-before-input -i lo -j ACCEPT
      [4:400] -A log,drop -j DROP
      COMMIT
      """;

  @TempDir private Path directory;

  private static String firewall(Setup setup) {
    return setup.family() == Family.IPV4
        ? FIREWALL
        : FIREWALL.replace("203.0.113.9/32", "2001:db8::9/128");
  }

  private static void send(Namespace namespace, Setup setup, int packets) {
    String target = setup.family() == Family.IPV4 ? "127.0.0.1" : "::1";
    namespace.run("ping", "-q", "-i", "0.002", "-c", Integer.toString(packets), target).ok();
  }

  private static String echo(Setup setup) {
    return setup.family() == Family.IPV4
        ? "protocol: icmp, icmpType: echo-request"
        : "protocol: ipv6-icmp, icmpv6Type: echo-request";
  }

  private Path policy(Acct acct, Setup setup, String attach, String more) {
    return acct.policy(
        "p",
        "families: "
            + setup.families()
            + "\nchains:\n- name: A\n  attach: ["
            + attach
            + "]\n  rules:\n  - {name: echo, "
            + echo(setup)
            + "}\n"
            + more);
  }

  private static void assertOthers(List<String> before, Acct acct) {
    assertEquals(
        before.stream().map(AttachIT::uncounted).toList(),
        acct.others("A"::equals).stream().map(AttachIT::uncounted).toList());
  }

  private static String uncounted(String rule) {
    return rule.replaceAll("Counters\\[[^\\]]*\\]", "");
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aChainHangsInAChainOfAnotherProgram(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load(firewall(setup));
      List<String> others = acct.others("A"::equals);
      Path policy = policy(acct, setup, "ufw-before-input", "");
      Namespace.Result planned = acct.run("plan", policy.toString()).ok();
      assertTrue(planned.out().contains("ufw-before-input\n"), planned.out());
      acct.apply(policy);
      acct.assertSettled(policy);
      assertEquals(
          List.of("-m", "comment", "--comment", "acct:p", "-j", "A"),
          acct.rules("ufw-before-input").get(0).words());
      send(namespace, setup, 20);
      assertEquals(20, acct.total("A", "echo"));
      assertOthers(others, acct);

      // To another place of the same chain, and to another chain: the counter of the rule stays.
      acct.apply(
          policy(acct, setup, "{chain: ufw-before-input, match: {inInterface: lo}}, INPUT", ""));
      send(namespace, setup, 10);
      assertEquals(40, acct.total("A", "echo"));
      assertOthers(others, acct);
      acct.run("undo").ok();
      acct.assertSettled(policy(acct, setup, "ufw-before-input", ""));
      send(namespace, setup, 5);
      assertEquals(45, acct.total("A", "echo"));

      acct.apply(policy(acct, setup, "INPUT", ""));
      assertEquals(2, acct.rules("ufw-before-input").size());
      assertOthers(others, acct);
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void whatTheOtherProgramReloadsIsPutBackAndCountsOn(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load(firewall(setup));
      Path policy = policy(acct, setup, "{chain: ufw-before-input, position: bottom}", "");
      acct.apply(policy);
      assertEquals(3, acct.rules("ufw-before-input").size());
      assertTrue(acct.rules("ufw-before-input").get(2).words().contains("acct:p"));
      Path top = policy(acct, setup, "ufw-before-input", "");
      acct.apply(top);
      assertTrue(acct.rules("ufw-before-input").get(0).words().contains("acct:p"));
      send(namespace, setup, 8);
      acct.run("snapshot").ok();
      namespace.run(setup.command(), "-F", "ufw-before-input").ok();
      namespace.run(setup.command(), "-A", "ufw-before-input", "-i", "lo", "-j", "ACCEPT").ok();
      send(namespace, setup, 4);
      Namespace.Result again = acct.apply(top);
      assertTrue(again.err().contains("ACCT028"), again.err());
      send(namespace, setup, 2);
      assertEquals(10, acct.total("A", "echo"));

      // Once it has gone with its chain, the plan says what is missing, and changes nothing.
      namespace.run(setup.command(), "-F", "INPUT").ok();
      namespace.run(setup.command(), "-F", "ufw-before-input").ok();
      namespace.run(setup.command(), "-X", "ufw-before-input").ok();
      List<LiveRule> before = acct.rules("A");
      Namespace.Result refused = acct.run("apply", top.toString());
      assertEquals(3, refused.status(), refused.err());
      assertTrue(refused.err().contains("p.yaml:8:14"), refused.err());
      assertTrue(refused.err().contains("[ACCT038]"), refused.err());
      assertEquals(before, acct.rules("A"));
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void zeroUndoAndTheBootDoWithoutTheOtherProgram(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load(firewall(setup));
      Path policy = policy(acct, setup, "ufw-before-input", "");
      Namespace.Result applied = acct.apply(policy);
      assertTrue(applied.err().contains("run acct apply after it"), applied.err());
      send(namespace, setup, 7);
      acct.run("zero", "A").ok();
      assertEquals(0, acct.total("A", "echo"));
      send(namespace, setup, 3);
      acct.run("snapshot").ok();
      acct.load("*filter\nCOMMIT\n");
      acct.run("restore").ok();
      assertEquals(1, acct.rules("A").size());
      acct.load(firewall(setup).replace("COMMIT", ":A - [0:0]\nCOMMIT"));
      acct.apply(policy);
      send(namespace, setup, 2);
      assertEquals(5, acct.total("A", "echo"));
      acct.assertSettled(policy);
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void anInterfaceThatIsNotThereIsNotedWhereItsRuleIsWritten(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy =
          acct.policy(
              "p",
              "families: [ipv4]\nparameters: {lan: lo}\nchains:\n- name: A\n  attach: [FORWARD]\n"
                  + "  rules:\n  - {name: in, inInterface: '${lan}'}\n"
                  + "  - {name: ppp, inInterface: ppp+}\n");
      Namespace.Result there = acct.run("apply", policy.toString()).ok();
      assertTrue(!there.err().contains("ACCT039"), there.err());
      Namespace.Result missing = acct.run("apply", "--set", "lan=eth9", policy.toString()).ok();
      assertTrue(
          missing.err().contains("p.yaml:11:7: note: this machine has no interface \"eth9\" now"),
          missing.err());
      Namespace.Result again = acct.run("apply", "--set", "lan=eth9", policy.toString()).ok();
      assertTrue(!again.err().contains("ACCT039"), again.err());
      namespace.run("ip", "tuntap", "add", "mode", "tun", "eth9").ok();
      acct.apply(policy);
      Namespace.Result come = acct.run("apply", "--set", "lan=eth9", policy.toString()).ok();
      assertTrue(!come.err().contains("ACCT039"), come.err());
    }
  }

  /** Names that the kernel takes, and that iptables-restore can read back. */
  private static final List<String> NAMES =
      List.of(
          "a:b", "[5:6]", "COMMIT", "#x", "*filter", ":x", "ä☃", "a'b", "a\\b", "`id`", "a|b;c");

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void chainsAreCalledAsTheKernelTakesIt(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      StringBuilder spec = new StringBuilder("families: " + setup.families() + "\nchains:\n");
      List<String> all = new ArrayList<>(NAMES);
      for (String name : all) {
        String quoted = "'" + name.replace("'", "''") + "'";
        spec.append("- {name: ").append(quoted).append(", attach: [INPUT], rules: [{name: echo, ");
        spec.append(echo(setup)).append("}, {name: back, jump: RETURN}]}\n");
      }
      Path policy = acct.policy("p", spec.toString());
      acct.apply(policy);
      acct.assertSettled(policy);
      send(namespace, setup, 3);
      for (String name : all) {
        assertEquals(3, acct.total(name, "echo"), name);
      }
      // What iptables-save writes can be restored, byte for byte.
      Path dump = directory.resolve("dump");
      String save = setup.command() + "-save -c >" + dump;
      namespace.run("sh", "-c", save + " && " + setup.command() + "-restore -c <" + dump).ok();
      acct.assertSettled(policy);
      acct.run("zero", all.get(0) + "/echo", all.get(6)).ok();
      assertEquals(0, acct.total(all.get(6), "echo"));
      List<String> words = new ArrayList<>(List.of("--name", "p"));
      all.forEach(name -> words.addAll(List.of("--chain", name)));
      words.add(setup.family().label() + "=" + dump);
      Namespace.Result imported = acct.run("import", words.toArray(String[]::new)).ok();
      acct.assertSettled(Files.writeString(directory.resolve("imported.yaml"), imported.out()));
      acct.run("undo").ok();
      for (String name : all) {
        assertEquals(List.of(), acct.rules(Utf8Bytes.encode(name)), name);
        assertTrue(acct.filter().chain(new ChainName(Utf8Bytes.encode(name))).isEmpty(), name);
      }
      assertTrue(imported.status() != 1, imported.err());
    }
  }
}
