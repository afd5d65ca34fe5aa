package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An apply that has nothing to do reads no policy, and one that has something to do always does.
 */
class QuietApplyIT {
  @TempDir private Path directory;

  private static String spec(Setup setup, String names) {
    return "families: "
        + setup.families()
        + "\nchains:\n- name: A\n  attach: [INPUT, OUTPUT]\n  rules:\n"
        + "  - {name: all}\n"
        + names;
  }

  /** Applies, and tells whether a policy was read. */
  private boolean reads(Acct acct, List<String> expected, String... words) throws IOException {
    Path classes = directory.resolve("classes");
    Namespace.Result result =
        acct.with(Map.of("ACCT_JAVA_OPTIONS", "-Xlog:class+load:file=" + classes))
            .run("apply", words)
            .ok();
    assertEquals(expected, lines(result));
    return Files.readString(classes).contains(" acct.policy.YamlReader ");
  }

  private static List<String> lines(Namespace.Result result) {
    List<String> lines = new ArrayList<>(result.out().lines().toList());
    lines.addAll(result.err().lines().toList());
    return lines;
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void itReadsAPolicyWhereAnythingIsAnother(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = acct.policy("p", spec(setup, ""));
      acct.apply(policy);
      List<String> nothing = lines(acct.apply(policy));
      String file = policy.toString();
      assertFalse(reads(acct, nothing, file));
      ping(namespace, setup, 30);
      assertFalse(reads(acct, nothing, file), "traffic is no change");

      acct.policy("p", spec(setup, "") + "# a comment\n");
      assertTrue(reads(acct, nothing, file), "a byte of the policy");
      assertFalse(reads(acct, nothing, file));
      assertTrue(reads(acct, nothing, file, "--prune"), "an option");
      assertTrue(reads(acct, nothing, file), "the other option was remembered");

      rules(namespace, setup, "-A", "INPUT", "-p", "udp");
      assertTrue(reads(acct, nothing, file), "a rule of others");
      assertFalse(reads(acct, nothing, file));

      rules(namespace, setup, "-F", "A");
      assertTrue(lines(acct.apply(policy)).contains("acct: applied and verified"));
      acct.assertSettled(policy);
      acct.apply(policy);
      assertFalse(reads(acct, nothing, file));
      Files.writeString(directory.resolve("state/in-sync"), "acct-in-sync 1\nx\ny\nout lies\n");
      assertTrue(reads(acct, nothing, file), "a damaged memory");
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void itNoticesThatCountersBeganAnew(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = acct.policy("p", spec(setup, ""));
      acct.apply(policy);
      List<String> nothing = lines(acct.apply(policy));
      ping(namespace, setup, 30);
      acct.run("snapshot").ok();
      long sent = acct.total("A", "all");
      assertTrue(sent >= 60, "echo requests and replies: " + sent);
      rules(namespace, setup, "-Z");
      ping(namespace, setup, 5);
      assertFalse(reads(acct, nothing, policy.toString()));
      ping(namespace, setup, 40);
      assertEquals(sent + 5 * 4 + 40 * 4, acct.total("A", "all"));
    }
  }

  private static void ping(Namespace namespace, Setup setup, int packets) {
    String target = setup.family() == Family.IPV4 ? "127.0.0.1" : "::1";
    namespace.run("ping", "-q", "-i", "0.002", "-c", Integer.toString(packets), target).ok();
  }

  private static void rules(Namespace namespace, Setup setup, String... words) {
    List<String> command = new ArrayList<>(List.of(setup.command()));
    command.addAll(List.of(words));
    namespace.run(command, "").ok();
  }
}
