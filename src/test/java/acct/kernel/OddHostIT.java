package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One odd rule of others keeps acct from nothing, and stays as it is. */
class OddHostIT {
  private static final int INSTRUCTIONS = 64;

  @TempDir private Path directory;

  private Namespace namespace;
  private Setup setup;
  private Acct acct;

  private void iptables(String... words) {
    String input = String.join("\0", words) + "\0";
    namespace.run(List.of("xargs", "-0", "-s", "100000", setup.command(), "-w", "5"), input).ok();
  }

  /** A filter as long as the kernel takes one: each instruction is a part of the one word. */
  private static String program() {
    StringBuilder program = new StringBuilder(INSTRUCTIONS + "");
    for (int i = 1; i < INSTRUCTIONS; i++) {
      program.append(",48 0 0 ").append(1_000_000_000 + i);
    }
    return program.append(",6 0 0 0").toString();
  }

  private void oddRules() {
    iptables("-A", "FORWARD", "-m", "bpf", "--bytecode", program(), "-j", "DROP");
    iptables(
        "-A", "FORWARD", "-p", "udp", "-m", "comment", "--comment", "ends in CR\r", "-j", "ACCEPT");
    iptables(
        "-A",
        "INPUT",
        "-p",
        "gre",
        "-m",
        "comment",
        "--comment",
        "[unsupported rules stay here, and this revision] too",
        "-j",
        "ACCEPT");
    List<String> many = new ArrayList<>(List.of("-A", "OUTPUT", "-p", "gre"));
    for (int i = 0; i < 70; i++) {
      many.addAll(List.of("-m", "comment", "--comment", "c" + i));
    }
    iptables(many.toArray(String[]::new));
    iptables(
        "-A", "OUTPUT", "-p", "gre", "-m", "comment", "--comment", "two\nlines\n", "-j", "DROP");
  }

  private Path policy(String... rules) {
    return acct.policy(
        "p",
        "families: "
            + setup.families()
            + "\nchains: [{name: C, attach: [INPUT, FORWARD], rules: ["
            + String.join(", ", rules)
            + "]}]");
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void anOddRuleOfOthersIsNotInTheWay(Setup where) throws Exception {
    try (Namespace opened = Namespace.open()) {
      namespace = opened;
      setup = where;
      acct = new Acct(opened, where, directory);
      setup.addAddress(namespace, 1);
      oddRules();
      List<String> others = acct.others("C"::equals);
      assertEquals(5, others.size());
      Path first = policy("{name: one, protocol: udp}");
      acct.run("plan", first.toString()).ok();
      acct.apply(first);
      acct.assertSettled(first);
      acct.run("snapshot").ok();
      List<String> send = Packets.command(List.of(setup.address(1)), 5, 0);
      Namespace.finish(namespace.start(send), "").ok();
      Path moved =
          acct.policy(
              "p",
              "families: "
                  + setup.families()
                  + "\nmoved: [{from: C/one, to: C/two}]\nchains: [{name: C, attach: [INPUT, FORWARD],"
                  + " rules: [{name: two, protocol: udp}]}]");
      acct.apply(moved);
      assertEquals(5, acct.total("C", "two"));
      acct.run("undo").ok();
      assertEquals(5, acct.total("C", "one"));
      acct.run("zero", "C").ok();
      assertEquals(0, acct.total("C", "one"));
      acct.run("snapshot").ok();
      assertEquals(others, acct.others("C"::equals));
      // A reboot of which the firewall's own rules have survived.
      iptables("-D", "INPUT", "-m", "comment", "--comment", "acct:p", "-j", "C");
      iptables("-D", "FORWARD", "-m", "comment", "--comment", "acct:p", "-j", "C");
      iptables("-F", "C");
      iptables("-X", "C");
      String state = directory.resolve("state").toString();
      namespace.run(Acct.DIST.resolve("bin/acct-boot").toString(), state).ok();
      acct.assertSettled(policy("{name: one, protocol: udp}"));
      Path other = acct.policy("q", "chains: [{name: D, attach: [OUTPUT], rules: [{}]}]");
      acct.run("apply", "--prune", other.toString()).ok();
      assertTrue(acct.rules("C").isEmpty());
      assertEquals(others, acct.others("D"::equals));
    }
  }
}
