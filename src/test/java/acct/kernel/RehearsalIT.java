package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Family;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the kernel refuses is told at the policy's line, and the host is untouched. */
class RehearsalIT {
  @TempDir private Path directory;

  /** An owner match in a chain that INPUT leads to, by words that acct has no key for. */
  private static String spec(Setup setup, String culprit) {
    return "families: "
        + setup.families()
        + "\nchains:\n- name: A\n  attach: [INPUT]\n  rules:\n  - {name: one}\n  - {name: two,"
        + " protocol: udp}\n  - "
        + culprit
        + "\n  - {name: four, mark: 4}\n";
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void theLineThatTheKernelRefusesIsTheOneInThePolicy(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy =
          acct.policy("p", spec(setup, "{name: bad, options: '-m cgroup --path /no/such/group'}"));
      for (String command : List.of("apply", "plan --rehearse")) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        String name = words.remove(0);
        words.add(policy.toString());
        Namespace.Result refused = acct.run(name, words.toArray(String[]::new));
        assertEquals(3, refused.status(), refused.err());
        assertTrue(refused.err().contains("p.yaml:12:"), refused.err());
        assertTrue(refused.err().contains("the kernel refuses this in a rehearsal"), refused.err());
        assertTrue(refused.err().contains("ACCT030"), refused.err());
      }
      assertEquals(List.of(), acct.rules("A"));
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aSetThatIsNotThereIsNamedAtItsRule(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = acct.policy("p", spec(setup, "{name: set, matchSet: clients src}"));
      Namespace.Result refused = acct.run("apply", policy.toString());
      assertEquals(3, refused.status(), refused.err());
      assertTrue(refused.err().contains("p.yaml:12:"), refused.err());
      assertTrue(refused.err().contains("there is no ipset \"clients\""), refused.err());

      String family = setup.family() == Family.IPV4 ? "inet" : "inet6";
      namespace.run("ipset", "create", "clients", "hash:ip", "family", family).ok();
      acct.apply(policy);
      acct.assertSettled(policy);
      Path more = acct.policy("p", spec(setup, "{name: set, matchSet: clients dst}"));
      acct.apply(more);
    }
  }

  /** Each of several sets, or of several nfacct objects, has its stand-in on the stage. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aRuleMayNameSeveralObjectsOfAKind(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      String family = setup.family() == Family.IPV4 ? "inet" : "inet6";
      for (String set : List.of("clients", "blocked")) {
        namespace.run("ipset", "create", set, "hash:ip", "family", family).ok();
        namespace.run("nfacct", "add", set).ok();
      }
      setup.addAddress(namespace, 1);
      namespace.run("ipset", "add", "clients", setup.address(1)).ok();
      Path policy =
          acct.policy(
              "p",
              "families: "
                  + setup.families()
                  + "\nchains: [{name: A, attach: [INPUT], rules: [{name: free, protocol: udp,"
                  + " matchSet: clients dst, not: {matchSet: blocked dst}}, {name: both, options:"
                  + " '-m nfacct --nfacct-name clients -m nfacct --nfacct-name blocked'}]}]");
      acct.apply(policy);
      acct.assertSettled(policy);
      List<String> send = Packets.command(List.of(setup.address(1)), 3, 0);
      Namespace.finish(namespace.start(send), "").ok();
      namespace.run("ipset", "add", "blocked", setup.address(1)).ok();
      Namespace.finish(namespace.start(send), "").ok();
      assertEquals(3, acct.counters("A", "free").packets());
      acct.assertSettled(policy);
    }
  }

  /** Others' rules keep their places on the stage, so that positions mean the same there. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aRehearsalFitsAmongRulesOfOthers(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load(
          "*filter\n:OTHER - [0:0]\n:A - [0:0]\n-A INPUT -p tcp -j OTHER\n-A INPUT -p udp -j ACCEPT\n"
              + "-A INPUT -j A\n-A INPUT -p tcp -j LOG\n-A A -p udp -j RETURN\n[7:700] -A A\nCOMMIT\n");
      Path policy =
          acct.policy(
              "p",
              "families: "
                  + setup.families()
                  + "\nchains: [{name: A, attach: [{chain: INPUT, position: anywhere}], rules: [{name:"
                  + " u, protocol: udp, jump: RETURN}, {name: new, jump: B}, {name: all}]}, {name: B,"
                  + " rules: [{name: x}]}]");
      Namespace.Result applied = acct.run("apply", policy.toString()).ok();
      assertFalse(applied.err().contains("without a rehearsal"), applied.err());
      acct.assertSettled(policy);
    }
  }

  @Test
  void anOrdinaryUserRehearsesInAUserNamespace() throws Exception {
    Setup setup = Setup.ipv4().toList().get(0);
    try (Namespace namespace = Namespace.open()) {
      Assumptions.assumeTrue(namespace.isRootOutside(), "only root can stop being root");
      Acct acct = new Acct(namespace, setup, directory);
      Path policy =
          acct.policy("p", spec(setup, "{name: bad, options: '-m cgroup --path /no/such/group'}"));
      Path dump =
          Files.writeString(directory.resolve("dump"), "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n");
      directory.toFile().setExecutable(true, false);
      directory.toFile().setReadable(true, false);
      List<String> words =
          new ArrayList<>(
              List.of(
                  "setpriv",
                  "--reuid=65534",
                  "--regid=65534",
                  "--clear-groups",
                  "--inh-caps=-all"));
      words.addAll(
          acct.command("plan", "--rehearse", "--against", "ipv4=" + dump, policy.toString()));
      Namespace.Result result = namespace.run(words, "");
      assertEquals(3, result.status(), result.err());
      assertTrue(result.err().contains("the kernel refuses this in a rehearsal"), result.err());
    }
  }
}
