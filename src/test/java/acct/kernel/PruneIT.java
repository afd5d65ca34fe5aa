package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands there of policies that are no longer given goes when that is asked for. */
class PruneIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aPolicyThatIsNotGivenGoesWithAllItsChainsOnlyWhenPruned(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load("*filter\n-A INPUT -i lo -j ACCEPT\n-A FORWARD -j DROP\nCOMMIT\n");
      String families = "families: " + setup.families() + "\n";
      Path kept =
          acct.policy(
              "kept", families + "chains: [{name: K, attach: [INPUT], rules: [{name: k}]}]");
      Path gone =
          acct.policy(
              "gone",
              families
                  + "chains: [{name: G, attach: [INPUT, FORWARD], rules: [{protocol: tcp, jump: H}]},"
                  + " {name: H, rules: [{name: h}]}]");
      acct.apply(kept);
      List<String> before = acct.others(List.of("K")::contains);
      acct.apply(gone);

      Namespace.Result plan = acct.run("plan", "--detailed-exitcode", kept.toString()).ok();
      assertTrue(
          plan.err().contains("note: chains of policies that are not given stay as they are: gone"),
          plan.err());
      acct.assertSettled(gone);

      acct.run("apply", "--prune", kept.toString()).ok();
      assertEquals(List.of(), acct.rules("G"));
      assertEquals(List.of(), acct.rules("H"));
      assertEquals(before, acct.others(List.of("K")::contains));
      assertEquals(
          "", acct.run("plan", "--prune", "--detailed-exitcode", kept.toString()).ok().err());
    }
  }
}
