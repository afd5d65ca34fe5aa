package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Backend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A boot is another network namespace: no rules, and other counters. */
class BootIT {
  private static final int PACKETS = 500;

  @TempDir private Path directory;

  private Path policy(Acct acct, Setup setup) {
    return acct.policy(
        "p",
        "families: "
            + setup.families()
            + "\nchains: [{name: A, attach: [INPUT, {chain: FORWARD, position: bottom}], rules: [{name:"
            + " one, protocol: udp, destination: '"
            + setup.address(1)
            + "'}, {name: web, protocol: tcp, jump: B}]}, {name: B, rules: [{name: 'http',"
            + " protocol: tcp, destinationPort: 80}, {name: rest}]}]");
  }

  private static void send(Namespace namespace, Setup setup) {
    setup.addAddress(namespace, 1);
    Namespace.finish(namespace.start(Packets.command(List.of(setup.address(1)), PACKETS, 0)), "")
        .ok();
  }

  /** The firewall's own rules, as it loads them at the boot. */
  private static void firewall(Namespace namespace, Setup setup) {
    namespace.run(setup.command(), "-w", "5", "-A", "INPUT", "-p", "gre").ok();
    namespace.run(setup.command(), "-w", "5", "-A", "FORWARD", "-p", "gre").ok();
  }

  private Namespace.Result boot(Namespace namespace) {
    Path boot = Acct.DIST.resolve("bin/acct-boot");
    return namespace.run(boot.toString(), directory.resolve("state").toString());
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void chainsAreBackWithoutAJavaAndTotalsGoOn(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      firewall(namespace, setup);
      Acct acct = new Acct(namespace, setup, directory);
      acct.apply(policy(acct, setup));
      send(namespace, setup);
      acct.run("snapshot").ok();
    }
    try (Namespace namespace = Namespace.open()) {
      firewall(namespace, setup);
      Acct acct = new Acct(namespace, setup, directory);
      List<String> others = acct.others(chain -> false);
      Namespace.Result booted =
          Namespace.finish(
              namespace.start(
                  List.of(
                      Acct.DIST.resolve("bin/acct-boot").toString(),
                      directory.resolve("state").toString()),
                  Map.of("ACCT_JAVA", "/nonexistent")),
              "");
      assertEquals(0, booted.status(), booted.err());
      assertTrue(booted.out().contains("acct's chains are back"), booted.out() + booted.err());
      acct.assertSettled(policy(acct, setup));
      assertEquals(others, acct.others(List.of("A", "B")::contains));
      send(namespace, setup);
      assertEquals(2 * PACKETS, acct.total("A", "one"));
      acct.run("snapshot").ok();
      assertEquals(2 * PACKETS, acct.total("A", "one"));
    }
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Namespace.Result restored = acct.run("restore", policy(acct, setup).toString()).ok();
      assertTrue(restored.err().contains("acct's chains are back"), restored.err());
      acct.assertSettled(policy(acct, setup));
      send(namespace, setup);
      assertEquals(3 * PACKETS, acct.total("A", "one"));
    }
  }

  /** A firewall that saves and restores rules with their counters: they are not added again. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void countersThatTheFirewallHasRestoredAreNotAddedAgain(Setup setup) throws Exception {
    String saved;
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.apply(policy(acct, setup));
      send(namespace, setup);
      acct.run("snapshot").ok();
      saved = namespace.run(setup.save(), "").ok().out();
    }
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load(saved);
      Namespace.Result booted = boot(namespace).ok();
      assertTrue(booted.err().contains("acct's chains are there"), booted.err());
      Setup other =
          new Setup(
              setup.backend() == Backend.Kind.NFT ? Backend.Kind.LEGACY : Backend.Kind.NFT,
              setup.family());
      Namespace.Result wrong = new Acct(namespace, other, directory).run("snapshot");
      assertEquals(1, wrong.status());
      assertTrue(wrong.err().contains("of the other backend's counters"), wrong.err());
      send(namespace, setup);
      assertEquals(2 * PACKETS, acct.total("A", "one"));
    }
  }

  /** A chain that acct has adopted, and that the firewall brings back as its own. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aChainThatTheFirewallHasBroughtBackIsNotTouched(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.apply(policy(acct, setup));
      acct.run("snapshot").ok();
    }
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load("*filter\n:A - [0:0]\n-A INPUT -j A\n[3:300] -A A -p tcp -j DROP\nCOMMIT\n");
      List<String> before = acct.others(chain -> false);
      Namespace.Result booted = boot(namespace);
      assertEquals(1, booted.status(), booted.out());
      assertTrue(booted.err().contains("acct apply POLICY brings them back"), booted.err());
      Namespace.Result restored = acct.run("restore");
      assertEquals(1, restored.status(), restored.err());
      assertEquals(before, acct.others(chain -> false));
    }
  }

  /** netfilter-persistent runs a plugin by its name and what it does. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void thePluginKeepsAndBringsBack(Setup setup) throws Exception {
    for (String name : List.of("05-acct", "40-acct")) {
      Path plugin = directory.resolve(name);
      Files.copy(Acct.DIST.resolve("netfilter-persistent/acct"), plugin);
      plugin.toFile().setExecutable(true);
    }
    Path state = Files.createDirectories(directory.resolve("state"));
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.apply(policy(acct, setup));
      send(namespace, setup);
      plugin(namespace, setup, state, "05-acct", "save");
      plugin(namespace, setup, state, "40-acct", "save");
    }
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      plugin(namespace, setup, state, "05-acct", "start");
      assertEquals(List.of(), acct.rules("A"));
      plugin(namespace, setup, state, "40-acct", "start");
      acct.assertSettled(policy(acct, setup));
      assertEquals(PACKETS, acct.total("A", "one"));
    }
  }

  /** In the default state directory, and with the commands of this backend as the default ones. */
  private void plugin(Namespace namespace, Setup setup, Path state, String name, String action)
      throws Exception {
    Path bin = Files.createDirectories(directory.resolve("bin-" + setup.backend().label()));
    for (String command : List.of("iptables", "ip6tables")) {
      for (String suffix : List.of("", "-save", "-restore")) {
        Path link = bin.resolve(command + suffix);
        if (!Files.exists(link)) {
          String real = "/usr/sbin/" + command + "-" + setup.backend().label() + suffix;
          Files.writeString(link, "#!/bin/sh\nexec " + real + " \"$@\"\n");
          link.toFile().setExecutable(true);
        }
      }
    }
    String mounts =
        "mkdir -p /var/lib/acct && mount --bind "
            + state
            + " /var/lib/acct && export PATH="
            + bin
            + ":$PATH ACCT_HOME="
            + Acct.DIST.toAbsolutePath();
    List<String> plugin = List.of(directory.resolve(name).toString(), action);
    namespace.run(namespace.inMounts(mounts, plugin), "").ok();
  }
}
