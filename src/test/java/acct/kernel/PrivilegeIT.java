package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Backend.Kind;
import acct.netfilter.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The least that acct and iptables need of the kernel's privileges. */
class PrivilegeIT {
  private static final String TWO = "-all,+net_admin,+net_raw";

  @TempDir private Path directory;

  @BeforeEach
  void othersMayReadThePolicy() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path policy(Acct acct, Setup setup) {
    return acct.policy(
        "p",
        "families: "
            + setup.families()
            + "\nchains: [{name: A, attach: [INPUT], rules: [{name: one, protocol: tcp}]}]");
  }

  private static List<String> with(List<String> privileges, List<String> command) {
    List<String> words = new ArrayList<>(List.of("setpriv", "--no-new-privs"));
    words.addAll(privileges);
    words.addAll(command);
    return words;
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void rootNeedsNoMoreThanTwoCapabilities(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      List<String> two = List.of("--bounding-set=" + TWO, "--inh-caps=-all");
      String path = policy(acct, setup).toString();
      Namespace.Result capabilities =
          namespace.run(with(two, List.of("grep", "CapEff", "/proc/self/status")), "").ok();
      assertTrue(capabilities.out().strip().endsWith("0000000000003000"), capabilities.out());
      namespace.run(with(two, acct.command("apply", path)), "").ok();
      assertEquals(1, acct.rules("A").size());
      namespace.run(with(two, acct.command("plan", "--detailed-exitcode", path)), "").ok();
    }
  }

  /** With the least that the backend takes; and legacy says what it lacks with less. */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void anotherUserNeedsTheTwoAndOnLegacyAThird(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Assumptions.assumeTrue(namespace.isRootOutside(), "only root can become another user");
      Acct acct = new Acct(namespace, setup, directory);
      boolean legacy = setup.backend() == Kind.LEGACY;
      if (legacy) {
        // What is not loaded needs no listing: the file of the names is there once a table is.
        acct.load("*filter\nCOMMIT\n");
      }
      Path lock = Files.createFile(directory.resolve("lock"));
      Files.setPosixFilePermissions(lock, PosixFilePermissions.fromString("rw-rw-rw-"));
      Map<String, String> environment = Map.of("XTABLES_LOCKFILE", lock.toString());
      List<String> apply = acct.command("apply", policy(acct, setup).toString());

      Namespace.Result two =
          Namespace.finish(namespace.start(with(nobody(TWO), apply), environment), "");
      assertEquals(legacy ? 4 : 0, two.status(), two.err());
      if (legacy) {
        assertTrue(two.err().contains("CAP_DAC_READ_SEARCH"), two.err());
        assertEquals(0, acct.rules("A").size());
        String three = TWO + ",+dac_read_search";
        Namespace.finish(namespace.start(with(nobody(three), apply), environment), "").ok();
      }
      assertEquals(1, acct.rules("A").size());
    }
  }

  @Test
  void aLockThatItMayNotOpenIsNamed() throws Exception {
    Setup setup = new Setup(Kind.LEGACY, Family.IPV4);
    try (Namespace namespace = Namespace.open()) {
      Assumptions.assumeTrue(namespace.isRootOutside(), "only root can become another user");
      Acct acct = new Acct(namespace, setup, directory);
      List<String> plan = acct.command("plan", policy(acct, setup).toString());
      Namespace.Result result = namespace.run(with(nobody(TWO), plan), "");
      assertEquals(4, result.status(), result.err());
      assertTrue(result.err().contains("XTABLES_LOCKFILE"), result.err());
    }
  }

  private static List<String> nobody(String capabilities) {
    return List.of(
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "--bounding-set=" + capabilities,
        "--inh-caps=" + capabilities,
        "--ambient-caps=" + capabilities);
  }
}
