package acct.dataplane.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.cli.Console;
import acct.cli.Main;
import acct.counter.KnownNames;
import acct.dataplane.Dataplane;
import acct.dataplane.iptables.FakeIptables.Ran;
import acct.host.CommandLimits;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.netfilter.Family;
import acct.plan.Intent;
import acct.reconcile.ApplyOutcome;
import acct.reconcile.Keeping;
import acct.reconcile.Reconciler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that hang, lie, flood or crash: a clear word in bounded time, and nothing half done. */
class MisbehavingHostTest {
  private static final String NFT = "v1.8.9 (nf_tables)";
  private static final String LEGACY = "v1.8.9 (legacy)";
  private static final String POLICY =
      Plans.policy("chains: [{name: A, attach: [INPUT], rules: [{name: x}]}]");

  @TempDir private Path directory;

  private FakeIptables nft() throws IOException {
    return new FakeIptables(directory, NFT).thatObeys(POLICY);
  }

  /**
   * What acct apply says, when a read may take two seconds, the lock one, and a dump a megabyte.
   */
  private static HostException fails(FakeIptables fake) {
    CommandLimits terms =
        new CommandLimits(Duration.ofSeconds(2), Duration.ofSeconds(1), 1 << 20, fake.lockFile());
    Dataplane dataplane =
        new IptablesDataplane(
            new IptablesKernel(
                family -> Iptables.of(family, fake.iptables(), notice -> {}, terms)));
    Reconciler reconciler =
        new Reconciler(
            Plans.desired(POLICY),
            Intent.PLAIN,
            dataplane,
            Keeping.NOTHING,
            false,
            KnownNames.NONE,
            notice -> {});
    return assertTimeout(Duration.ofSeconds(20), () -> failure(reconciler));
  }

  /** What it throws, or why what it did was taken back. */
  private static HostException failure(Reconciler reconciler) {
    try {
      ApplyOutcome.RolledBack outcome =
          assertInstanceOf(ApplyOutcome.RolledBack.class, reconciler.apply(plan -> {}));
      return new HostException(outcome.cause(), outcome.message());
    } catch (HostException e) {
      return e;
    }
  }

  private static void assertNothingWasWritten(FakeIptables fake) throws IOException {
    assertEquals("", fake.script(Family.IPV4) + fake.script(Family.IPV6));
  }

  @Test
  void aMissingCommandIsNamedWithWhatToDo() throws IOException {
    for (String missing : List.of("iptables", "iptables-save", "iptables-restore")) {
      FakeIptables fake = nft();
      Files.delete(directory.resolve(missing));
      Ran ran = fake.acct("apply", POLICY.replace("spec:", "spec:\n  families: [ipv4]"));
      assertEquals(1, ran.status());
      assertTrue(ran.err().contains("/" + missing + " is not there"), ran.err());
      assertTrue(ran.err().contains("--iptables names the IPv4 command"), ran.err());
    }
  }

  /** A policy that does not name its families is for those that the machine has. */
  @ParameterizedTest
  @CsvSource({"ip6tables", "ip6tables-save"})
  void withoutIpv6AFamilyThatIsNotNamedIsLeftOut(String missing) throws IOException {
    FakeIptables fake = nft();
    Files.delete(directory.resolve(missing));
    Ran ran = fake.acct("apply", POLICY);
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.err().contains("warning: the policy is not applied to ipv6"), ran.err());
    assertTrue(ran.err().contains("/" + missing + " is not there"), ran.err());
    assertEquals(1, ran.err().split("ACCT037", -1).length - 1, ran.err());
    assertFalse(fake.script(Family.IPV4).isEmpty());
    assertEquals("", fake.script(Family.IPV6));
    String both = POLICY.replace("spec:", "spec:\n  families: [ipv4, ipv6]");
    Ran refused = fake.acct("apply", both);
    assertEquals(1, refused.status(), refused.err());
    assertTrue(refused.err().contains("/" + missing + " is not there"), refused.err());
  }

  @ParameterizedTest
  @CsvSource({"iptables, " + NFT, "iptables-save, " + NFT, "iptables-save, " + LEGACY})
  void aReadThatHangsIsKilledWithItsChildren(String program, String version) throws Exception {
    FakeIptables fake = new FakeIptables(directory, version);
    fake.write(
        program,
        "[ \"$1\" = -V ] && [ -e version ] && exec cat version\nsleep 3600 & echo $! >child; wait");
    HostException failure = fails(fake);
    assertEquals(Kind.FAILED, failure.kind());
    assertEquals(program + " gave no answer in 2 seconds", failure.getMessage());
    long child = Long.parseLong(fake.text("child").strip());
    assertFalse(
        ProcessHandle.of(child)
            .filter(ProcessHandle::isAlive)
            .flatMap(process -> process.info().command())
            .isPresent(),
        "its child is left");
    assertNothingWasWritten(fake);
  }

  @Test
  void aReadThatIgnoresATermSignalIsKilledAllTheSame() throws Exception {
    FakeIptables fake = nft();
    fake.write("iptables-save", "trap '' TERM INT HUP; while :; do sleep 1; done");
    assertEquals("iptables-save gave no answer in 2 seconds", fails(fake).getMessage());
  }

  @Test
  void aReadThatLeavesAChildWithItsOutputIsNotWaitedForLong() throws Exception {
    FakeIptables fake = nft();
    fake.write("iptables-save", "cat iptables.dump; setsid sleep 50 &");
    assertTimeout(
        Duration.ofSeconds(40), () -> assertEquals(0, fake.acct("apply", POLICY).status()));
  }

  @ParameterizedTest
  @CsvSource({
    "echo hello, line 1: not a line of iptables-save: \"hello\"",
    "printf '*filter\\n:INPUT ACCEPT [0:0]\\n-A INPUT', no COMMIT: the dump is cut off",
    "printf '*filter\\n:INPUT ACCEPT [0:0]\\n', no COMMIT: the dump is cut off",
    "cat incompatible, nothing can be said of it",
    "head -c 500000 /dev/urandom, can't be trusted",
    "yes | head -c 900000, can't be trusted",
    "yes, printed more than 1 MB",
    "cat iptables.dump; exit 7, iptables-save failed with exit status 7",
    "echo no kernel >&2; exit 3, no kernel",
    "kill -SEGV $$, crashed",
    "exit 127, it could not be run",
  })
  void aDumpThatCantBeTrustedIsRefused(String save, String message) throws Exception {
    FakeIptables fake = nft();
    Files.writeString(
        directory.resolve("incompatible"), "# Table `filter' is incompatible, use 'nft' tool.\n");
    fake.write("iptables-save", save);
    HostException failure = fails(fake);
    assertEquals(Kind.FAILED, failure.kind());
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
    assertTrue(failure.getMessage().length() < 500, failure.getMessage());
    assertNothingWasWritten(fake);
  }

  @ParameterizedTest
  @CsvSource({
    "echo hello, it is not iptables: \"hello\"",
    "exit 0, it is not iptables: \"\"",
    "yes | head -c 900000, it is not iptables: \"y",
    "yes, printed more than 1 MB",
    "exit 1, iptables failed with exit status 1",
  })
  void aVersionThatIsNoneIsRefused(String iptables, String message) throws Exception {
    FakeIptables fake = nft();
    fake.write("iptables", iptables);
    HostException failure = fails(fake);
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
    assertTrue(failure.getMessage().length() < 500, failure.getMessage());
    assertNothingWasWritten(fake);
  }

  @ParameterizedTest
  @CsvSource({
    "exit 1, 1, iptables-restore failed with exit status 1",
    "echo 'line 3 failed' >&2; exit 2, 1, '  > 3: -A A'",
    "exit 3, 1, failed with exit status 3",
    "echo 'iptables-restore: line 3 failed' >&2; exit 4, 1, failed with exit status 4",
    "echo 'Another app is currently holding the xtables lock; waiting' >&2; exit 4, 4, xtables lock",
    "'echo Another app holds the xtables lock >&2; echo no chain >&2; exit 1', 1, no chain",
    "echo 'Could not fetch rule set generation id: Permission denied (you must be root)' >&2; exit 4, 4, needs root",
    "kill -SEGV $$, 1, 'crashed, exit status 139: a segmentation fault (SIGSEGV)'",
    "exit 139, 1, 'crashed, exit status 139: a segmentation fault (SIGSEGV)'",
    "kill -KILL $$, 1, 'it was killed (SIGKILL)'",
    "kill -ABRT $$, 1, SIGABRT",
  })
  void aRestoreThatFailsIsSaidToHaveFailed(String restore, int status, String message)
      throws Exception {
    FakeIptables fake = nft();
    fake.write("iptables-restore", restore);
    Ran ran = fake.acct("apply", POLICY);
    assertEquals(status, ran.status(), ran.err());
    assertTrue(ran.err().contains(message), ran.err());
    assertEquals("", fake.script(Family.IPV6), "the other family is not begun");
  }

  @Test
  void aFailureBetweenTheFamiliesIsToldInTheWordsOfTheSecond() throws Exception {
    FakeIptables fake = nft();
    fake.write("ip6tables-restore", "cat >/dev/null; echo 'kernel says no' >&2; exit 3");
    Ran ran = fake.acct("apply", POLICY);
    assertEquals(1, ran.status());
    assertTrue(ran.err().contains("ip6tables-restore failed with exit status 3"), ran.err());
    assertTrue(ran.err().contains("kernel says no"), ran.err());
    assertTrue(fake.script(Family.IPV4).contains("-A A"), "the first was carried out");
  }

  /** Reading all of it, and keeping little: a restore is never killed. */
  @ParameterizedTest
  @CsvSource({"2, 1", "1, 2"})
  void aRestoreThatFloodsIsHeardToItsEndAndCutShort(int flooded, int other) throws Exception {
    FakeIptables fake = nft();
    fake.write(
        "iptables-restore",
        "yes flood | head -c 50000000 >&"
            + flooded
            + "; echo end >&"
            + other
            + "; echo >done; exit 1");
    Ran ran = fake.acct("apply", POLICY);
    assertEquals(1, ran.status());
    assertEquals("\n", fake.text("done"));
    assertTrue(ran.err().length() < 100_000, "" + ran.err().length());
    assertTrue(ran.err().contains(flooded == 2 ? "(the rest is left out)" : "end"), "cut short");
  }

  @Test
  void aReadThatFloodsWithComplaintsIsReadAllTheSame() throws Exception {
    FakeIptables fake = nft();
    fake.write("iptables-save", "yes flood | head -c 50000000 >&2; cat iptables.dump");
    assertEquals(0, fake.acct("apply", POLICY).status());
  }

  /** What its exit status says is what holds, although a child of its has the streams open. */
  @Test
  void aRestoreThatLeavesAChildBehindHasEnded() throws Exception {
    FakeIptables fake = nft();
    fake.write("iptables-restore", FakeIptables.obeys(Family.IPV4) + "; setsid sleep 30 &");
    assertTimeout(
        Duration.ofSeconds(25), () -> assertEquals(0, fake.acct("apply", POLICY).status()));
  }

  @Test
  void aLockThatIsNeverFreeNamesWhoHoldsIt() throws Exception {
    FakeIptables fake = new FakeIptables(directory, LEGACY);
    Process holder =
        new ProcessBuilder("flock", fake.lockFile().toString(), "sh", "-c", "echo has; sleep 60; :")
            .start();
    try {
      assertEquals('h', holder.getInputStream().read());
      HostException failure = fails(fake);
      assertEquals(Kind.LOCKED, failure.kind());
      assertTrue(
          failure.getMessage().contains("the xtables lock (" + fake.lockFile() + ") for 1 seconds"),
          failure.getMessage());
      assertTrue(
          failure.getMessage().contains("process " + holder.pid() + " (flock)"),
          failure.getMessage());
      assertNothingWasWritten(fake);
    } finally {
      holder.descendants().forEach(ProcessHandle::destroy);
      holder.destroy();
    }
  }

  @Test
  void aLockThatMayNotBeOpenedIsSaidToBeTheLock() throws Exception {
    FakeIptables fake = nft();
    fake.write(
        "iptables-restore",
        "echo \"Fatal: can't open lock file /run/xtables.lock: Permission denied\" >&2; exit 4");
    Ran ran = fake.acct("apply", POLICY);
    assertEquals(4, ran.status());
    assertTrue(ran.err().contains("XTABLES_LOCKFILE"), ran.err());
  }

  /** Wild as it may be: commands are given flags of acct's own, and the policy as their input. */
  @ParameterizedTest
  @CsvSource({NFT, LEGACY, "v1.6.1"})
  void noValueOfAPolicyIsAnArgumentOfACommand(String version) throws Exception {
    String wild =
        Plans.policy(
            "allow: [conntrack]\nchains: [{name: a_.-9, attach: [INPUT], rules: ["
                + "{name: a, options: '-m string --algo bm --string \"$(touch pwned)\"'},"
                + "{name: b, options: '-m string --algo bm --string \"`touch pwned`; |& \\\" é * ~\"'},"
                + "{name: flag, inInterface: 'w@4-x:1+', source: 10.1.2.3},"
                + "{hexString: '|2d2d|modprobe', algo: kmp}, {helper: ftp-2121},"
                + "{options: '-m cgroup --path /a;b'}]}]");
    FakeIptables fake = new FakeIptables(directory, version).thatObeys(wild);
    Ran ran = fake.acct("apply", wild);
    assertEquals(0, ran.status(), ran.err());
    assertTrue(fake.script(Family.IPV4).contains("$(touch pwned)"), fake.script(Family.IPV4));
    List<String> known = List.of("-V", "-c", "--noflush", "--counters", "--wait", "30");
    List<String> arguments = new ArrayList<>();
    fake.calls().forEach(call -> arguments.addAll(call.subList(1, call.size())));
    arguments.removeAll(known);
    assertEquals(List.of(), arguments);
    assertEquals(8, fake.calls().stream().filter(call -> call.size() > 1).count());
    assertFalse(Files.exists(directory.resolve("pwned")));
  }

  /** The plan names the counters that end, and somebody has to be able to read that. */
  @Test
  void nothingIsCarriedOutThatCannotBeShown() throws IOException {
    FakeIptables fake = nft();
    Path policy = Files.writeString(directory.resolve("policy.yaml"), POLICY);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream closed =
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int one) throws IOException {
                throw new IOException("Broken pipe");
              }
            },
            false,
            StandardCharsets.UTF_8);
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    List<String> words = new ArrayList<>(List.of("apply", "--no-rehearsal", "--iptables"));
    words.add(fake.iptables().orElseThrow().toString());
    words.addAll(List.of("--state-dir", directory.resolve("state").toString()));
    words.add(policy.toString());
    int status = Main.run(words, new Console(InputStream.nullInputStream(), closed, errors, false));
    String said = err.toString(StandardCharsets.UTF_8);
    assertEquals(1, status, said);
    assertTrue(said.contains("so it was not carried out"), said);
    assertNothingWasWritten(fake);
  }

  @Test
  void anIptablesThatIsNowhereIsNoEmptyRuleset() {
    for (String name : List.of("iptables-nowhere", "/", "/nowhere/iptables")) {
      Ran ran =
          FakeIptables.inside(
              List.of("watch", "--output", "json", "--count", "1", "--iptables", name));
      assertEquals(1, ran.status(), ran.err());
      assertTrue(ran.err().startsWith("acct: " + name), ran.err());
    }
  }
}
