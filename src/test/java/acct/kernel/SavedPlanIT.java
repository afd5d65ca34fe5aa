package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A plan that was saved is carried out as it was read, or not at all. */
class SavedPlanIT {
  @TempDir private Path directory;

  private static String spec(Setup setup, String rules) {
    return "families: "
        + setup.families()
        + "\nchains: [{name: A, attach: [INPUT], rules: ["
        + rules
        + "]}]";
  }

  private Path save(Acct acct, Path policy) {
    Path plan = directory.resolve("plan.json");
    acct.run("plan", "--out", plan.toString(), policy.toString()).ok();
    return plan;
  }

  private static void assertStale(Acct acct, Path plan) {
    List<String> before = acct.others(chain -> false);
    Namespace.Result stale = acct.run("apply", plan.toString());
    assertEquals(5, stale.status(), stale.err());
    assertTrue(stale.err().contains("stale"), stale.err());
    assertEquals(before, acct.others(chain -> false));
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void trafficMakesNoPlanStaleAndItAppliesOnce(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.apply(acct.policy("p", spec(setup, "{name: udp, protocol: udp}, {name: old, mark: 1}")));
      Path policy =
          acct.policy("p", spec(setup, "{name: udp, protocol: udp}, {name: new, mark: 2}"));
      Path plan = save(acct, policy);
      setup.addAddress(namespace, 1);
      Namespace.finish(namespace.start(Packets.command(List.of(setup.address(1)), 300, 0)), "")
          .ok();
      acct.run("apply", plan.toString()).ok();
      assertEquals(300, acct.counters("A", "udp").packets());
      acct.assertSettled(policy);
      assertStale(acct, plan);
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aPlanIsStaleWhenRulesBesideOrPolicyChange(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.apply(acct.policy("p", spec(setup, "{name: one, mark: 1}")));
      Path policy = acct.policy("p", spec(setup, "{name: one, mark: 1}, {name: two, mark: 2}"));

      // Below the jump, where it matters to nobody.
      Path plan = save(acct, policy);
      namespace.run(setup.command(), "-w", "5", "-A", "INPUT", "-p", "tcp", "-j", "ACCEPT").ok();
      namespace.run(setup.command(), "-w", "5", "-I", "INPUT", "-p", "tcp", "-j", "ACCEPT").ok();
      assertStale(acct, plan);

      plan = save(acct, policy);
      namespace.run(setup.command(), "-w", "5", "-A", "A", "-p", "tcp").ok();
      assertStale(acct, plan);

      plan = save(acct, policy);
      String text = Files.readString(policy);
      Files.writeString(policy, text + "\n# another word\n");
      assertStale(acct, plan);

      Files.writeString(policy, text);
      namespace.run(setup.command(), "-w", "5", "-A", "INPUT", "-p", "udp", "-j", "ACCEPT").ok();
      acct.run("apply", plan.toString()).ok();
      acct.assertSettled(policy);
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aPlanWithoutItsPolicyFileCarriesItAlong(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = acct.policy("p", spec(setup, "{name: one, mark: 1}"));
      Path plan = save(acct, policy);
      Path elsewhere = directory.resolve("elsewhere.yaml");
      Files.move(policy, elsewhere);
      acct.run("apply", plan.toString()).ok();
      acct.assertSettled(elsewhere);
    }
  }
}
