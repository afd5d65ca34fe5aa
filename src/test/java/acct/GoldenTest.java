package acct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.compile.Desired;
import acct.counter.KnownNames;
import acct.dataplane.iptables.Script;
import acct.diagnostic.Diagnostic;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Ruleset;
import acct.plan.Differ;
import acct.plan.Intent;
import acct.plan.Plan;
import acct.render.PlanView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Folders of src/test/resources/golden: a policy.yaml and a live.v4 (or live.v6) give the plan.txt
 * and the script.restore beside them; a file of options says what else is asked for. A new case is
 * a new folder; make golden writes its outputs.
 */
class GoldenTest {
  static Stream<Path> cases() {
    return Resources.files(Resources.ROOT.resolve("golden")).stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void thePlanAndItsScriptAreAsRecorded(Path folder) throws IOException {
    Desired desired =
        Plans.desired(Files.readString(folder.resolve("policy.yaml"), StandardCharsets.UTF_8));
    Family family = Files.exists(folder.resolve("live.v4")) ? Family.IPV4 : Family.IPV6;
    String name = family == Family.IPV4 ? "live.v4" : "live.v6";
    Ruleset live = Plans.ruleset(Resources.bytes(folder.resolve(name)));
    Plan plan =
        Differ.diff(
            desired,
            List.of(new LiveRuleset(family, live, name, live.backend())),
            intent(folder.resolve("options")),
            KnownNames.NONE);
    StringBuilder text = new StringBuilder();
    for (Diagnostic diagnostic : plan.diagnostics()) {
      text.append(diagnostic).append('\n');
    }
    if (!plan.isRefused()) {
      String shown = PlanView.of(plan, false);
      shown.lines().forEach(line -> assertTrue(line.length() <= 80, line));
      text.append(shown);
    }
    check(folder.resolve("plan.txt"), text.toString());
    check(folder.resolve("script.restore"), plan.isRefused() ? "" : Script.of(plan, family));
  }

  /** The options of the command, if the folder has such a file. */
  private static Intent intent(Path file) throws IOException {
    List<String> options = Files.exists(file) ? Files.readAllLines(file) : List.of();
    return new Intent(options.contains("--prune"));
  }

  private static void check(Path file, String text) throws IOException {
    if (Boolean.getBoolean("acct.regenerate")) {
      Files.writeString(file, text, StandardCharsets.UTF_8);
    }
    assertEquals(Files.readString(file, StandardCharsets.UTF_8), text, "run make golden");
  }
}
