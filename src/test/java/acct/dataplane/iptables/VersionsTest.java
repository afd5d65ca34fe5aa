package acct.dataplane.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.dataplane.iptables.FakeIptables.Ran;
import acct.netfilter.Backend;
import acct.netfilter.Backend.Kind;
import acct.netfilter.Family;
import acct.netfilter.KnownBug;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What acct does about the bugs of iptables' versions: by commands that behave as those do. */
class VersionsTest {
  private static final String HOOKS =
      "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n";

  @TempDir private Path directory;

  private static String policy(String chain) {
    return Plans.policy("chains: [" + chain + "]");
  }

  @ParameterizedTest
  @CsvSource({
    "RESTORES_WITHOUT_LOCK, LEGACY, 1.6.1, IPV4, true",
    "RESTORES_WITHOUT_LOCK, LEGACY, 1.4.21, IPV6, true",
    "RESTORES_WITHOUT_LOCK, LEGACY, 1.6.2, IPV4, false",
    "SAVES_WITHOUT_LOCK, LEGACY, 1.8.11, IPV4, true",
    "SAVES_WITHOUT_LOCK, NFT, 1.8.2, IPV4, false",
    "ZEROES_POLICY_COUNTERS, LEGACY, 1.8.9, IPV6, true",
    "ZEROES_POLICY_COUNTERS, NFT, 1.8.9, IPV6, false",
    "IGNORES_COUNTERS, NFT, 1.8.9, IPV6, true",
    "IGNORES_COUNTERS, NFT, 1.8.9, IPV4, false",
    "IGNORES_COUNTERS, NFT, 1.8.10, IPV6, false",
    "IGNORES_COUNTERS, LEGACY, 1.8.9, IPV6, false",
    "CORRUPTS_ODD_MASKS, NFT, 1.8.2, IPV4, false",
    "CORRUPTS_ODD_MASKS, NFT, 1.8.7, IPV6, true",
    "CORRUPTS_ODD_MASKS, NFT, 1.8.8, IPV4, false",
    "CORRUPTS_ODD_MASKS, LEGACY, 1.8.7, IPV4, false",
    "DELETES_WITHOUT_INTERFACE, NFT, 1.8.10, IPV4, false",
    "DELETES_WITHOUT_INTERFACE, NFT, 1.8.11, IPV4, true",
    "DELETES_WITHOUT_INTERFACE, NFT, 1.8.12, IPV4, false",
    "DELETES_WITHOUT_INTERFACE, LEGACY, 1.8.11, IPV4, false",
  })
  void aBugIsInTheVersionsThatHaveIt(
      KnownBug bug, Kind kind, String version, Family family, boolean expected) {
    assertEquals(expected, bug.isIn(new Backend(kind, version), family));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.8.12", "1.8.100", "1.9", "2.0.0", "10.1"})
  void aVersionThatNobodyKnowsYetIsTakenToBeSound(String version) {
    for (Family family : Family.values()) {
      Backend nft = new Backend(Kind.NFT, version);
      assertEquals(
          List.of(),
          Arrays.stream(KnownBug.values()).filter(bug -> bug.isIn(nft, family)).toList());
    }
  }

  @Test
  void theDocumentationHasEveryRow() throws IOException {
    String page = Files.readString(Path.of("docs/known-bugs.md"));
    for (KnownBug bug : KnownBug.values()) {
      assertTrue(page.contains(bug.row() + "\n"), bug.row());
    }
  }

  /** The restore itself tries the lock, without waiting, and tells who has it. */
  @ParameterizedTest
  @CsvSource({"1.4.21, held", "1.6.1, held", "1.6.2, free", "1.8.4 (legacy), free"})
  void acctHoldsTheLockForARestoreThatTakesNone(String version, String lock) throws IOException {
    String policy = policy("{name: A, attach: [INPUT], rules: [{name: x}]}");
    FakeIptables fake = new FakeIptables(directory, "v" + version).thatObeys(policy);
    for (Family family : Family.values()) {
      String tells = "flock --nonblock lock true && echo free >lock-is || echo held >lock-is; ";
      String old = lock.equals("held") ? "case $* in *--wait*) exit 2 ;; esac; " : "";
      fake.write(FakeIptables.name(family) + "-restore", old + tells + FakeIptables.obeys(family));
    }
    Ran ran = fake.acct("apply", policy);
    assertEquals(0, ran.status(), ran.err());
    assertEquals(lock + "\n", fake.text("lock-is"));
    List<String> expected =
        lock.equals("held")
            ? List.of("iptables-restore", "--noflush", "--counters")
            : List.of("iptables-restore", "--noflush", "--counters", "--wait", "30");
    assertEquals(expected, fake.call("iptables-restore"));
  }

  @Test
  void legacyIsReadUnderTheLockAndNftIsNot() throws IOException {
    String policy = policy("{name: A, attach: [INPUT], rules: [{name: x}]}");
    for (String version : List.of("v1.8.9 (legacy)", "v1.8.9 (nf_tables)")) {
      FakeIptables fake = new FakeIptables(directory, version);
      Files.writeString(fake.lockFile(), "");
      for (Family family : Family.values()) {
        String name = FakeIptables.name(family);
        fake.write(
            name + "-save",
            "flock --nonblock lock true && echo free >lock-is || echo held >lock-is; cat "
                + name
                + ".dump");
      }
      assertEquals(0, fake.acct("plan", policy).status());
      assertEquals(version.contains("legacy") ? "held\n" : "free\n", fake.text("lock-is"));
    }
  }

  /**
   * A jump by hand is taken over, which writes it anew with its last value. (Where its match
   * remembers no packets, the journal keeps what can't be written.)
   */
  @ParameterizedTest
  @CsvSource({
    "v1.8.2 (nf_tables), ended",
    "v1.8.4 (nf_tables), ended",
    "v1.8.9 (nf_tables), ended",
    "v1.8.10 (nf_tables), carried",
    "v1.8.12 (nf_tables), carried",
    "v1.8.9 (legacy), carried"
  })
  void aCounterOfIpv6EndsInThePlanWhereItCantBeWritten(String version, String fate)
      throws IOException {
    String policy =
        policy("{name: A, attach: [{chain: INPUT, match: {limit: 5/second}}], rules: [{name: x}]}");
    FakeIptables fake = new FakeIptables(directory, version);
    for (Family family : Family.values()) {
      String jump = "-A INPUT -m limit --limit 5/sec -j A\n";
      fake.dump(family, HOOKS + ":A - [0:0]\n[7:700] " + jump + "[7:700] -A A\n");
    }
    fake.thatObeys(policy);
    Ran ran = fake.acct("apply", policy, "--output", "json");
    assertEquals(0, ran.status(), ran.err());
    String ipv6 = ran.out().substring(ran.out().indexOf("ipv6/"));
    assertTrue(ipv6.contains("\"" + fate + "\""), ran.out());
    String insert = "-I INPUT 1 -m limit --limit 5/sec -m comment --comment acct:t -j A\n";
    assertTrue(fake.script(Family.IPV4).contains("[7:700] " + insert));
    assertEquals(fate.equals("carried"), fake.script(Family.IPV6).contains("[7:700] " + insert));
  }

  @Test
  void aMaskWithHolesIsRefusedWhereItWouldBecomeAnother() throws IOException {
    String policy =
        policy(
            "{name: A, attach: [{chain: INPUT, match: {inInterface: eth0}}],"
                + " rules: [{name: x, options: -s 10.0.0.1/255.0.0.255},"
                + " {name: y, options: '! -d 2001:db8::1/ffff:0:ffff::'}]}");
    FakeIptables bad = new FakeIptables(directory, "v1.8.7 (nf_tables)");
    Ran refused = bad.acct("apply", policy);
    assertEquals(3, refused.status());
    assertTrue(
        refused.err().contains("policy.yaml:5:84: error: iptables nft 1.8.7 would write another"),
        refused.err());
    assertTrue(refused.err().contains("(-s 10.0.0.1/255.0.0.255)"), refused.err());
    assertTrue(refused.err().contains("(-d 2001::/ffff:0:ffff::)"), refused.err());
    assertEquals("", bad.script(Family.IPV4) + bad.script(Family.IPV6));
    for (String sound : List.of("v1.8.2 (nf_tables)", "v1.8.9 (nf_tables)")) {
      FakeIptables fake = new FakeIptables(directory, sound).thatObeys(policy);
      assertEquals(0, fake.acct("apply", policy).status());
    }
  }

  @Test
  void aMaskWithHolesThatStaysIsNotInTheWay() throws IOException {
    String policy =
        policy(
            "{name: A, attach: [INPUT], rules: [{name: x, options: -s 10.0.0.1/255.0.0.255},"
                + " {name: new, source: 10.0.0.2}]}");
    FakeIptables fake = new FakeIptables(directory, "v1.8.7 (nf_tables)");
    fake.dump(
        Family.IPV4,
        HOOKS
            + ":A - [0:0]\n-A INPUT -m comment --comment acct:t -j A\n"
            + "-A A -s 10.0.0.1/255.0.0.255 -m comment --comment x\n");
    fake.thatObeys(policy);
    Ran ran = fake.acct("apply", policy);
    assertEquals(0, ran.status(), ran.err());
  }

  private static final String ON_ETH0 =
      "{name: A, attach: [{chain: INPUT, position: anywhere, match: {inInterface: eth0}}],"
          + " rules: [{name: x}]}";

  /** The jump of others stands first, so 1.8.11 would delete that one. */
  @Test
  void aJumpIsNotTakenOverWhereDeletingItWouldHitAnother() throws IOException {
    FakeIptables fake = new FakeIptables(directory, "v1.8.11 (nf_tables)");
    fake.dump(
        Family.IPV4, HOOKS + ":A - [0:0]\n-A INPUT -i eth1 -j A\n-A INPUT -i eth0 -j A\n-A A\n");
    Ran ran = fake.acct("apply", policy(ON_ETH0));
    assertEquals(3, ran.status());
    assertTrue(
        ran.err()
            .contains(
                "iptables nft 1.8.11 can't delete INPUT rule 2 (\"-i eth0 -j A\") and leave INPUT"
                    + " rule 1 (\"-i eth1 -j A\"), which is not the policy's"),
        ran.err());
    assertEquals("", fake.script(Family.IPV4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1.8.10 (nf_tables)", "v1.8.12 (nf_tables)", "v1.8.11 (nf_tables)"})
  void aJumpIsTakenOverWhereDeletingItHitsIt(String version) throws IOException {
    boolean buggy = version.contains("1.8.11");
    FakeIptables fake = new FakeIptables(directory, version);
    String first = buggy ? "eth0" : "eth1";
    String second = buggy ? "eth1" : "eth0";
    fake.dump(
        Family.IPV4,
        HOOKS
            + (":A - [0:0]\n-A INPUT -i " + first + " -j A\n-A INPUT -i " + second + " -j A\n")
            + "-A A\n");
    fake.thatObeys(policy(ON_ETH0));
    Ran ran = fake.acct("apply", policy(ON_ETH0));
    assertEquals(0, ran.status(), ran.err());
    assertTrue(fake.script(Family.IPV4).contains("-D INPUT -i eth0 -j A\n"));
  }

  @Test
  void ofAcctsOwnJumpsTheOnesBeforeGoTooAndComeBack() throws IOException {
    String policy = policy(ON_ETH0);
    FakeIptables fake = new FakeIptables(directory, "v1.8.11 (nf_tables)");
    fake.dump(
        Family.IPV4,
        HOOKS
            + ":A - [0:0]\n"
            + "[3:300] -A INPUT -i eth0 -m comment --comment acct:t -j A\n"
            + "[4:400] -A INPUT -i eth1 -m comment --comment acct:t -j A\n-A A\n");
    fake.thatObeys(policy);
    Ran ran = fake.acct("apply", policy);
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("this iptables deletes it with the other"), ran.out());
    String script = fake.script(Family.IPV4);
    assertTrue(script.contains("-D INPUT -i eth0 -m comment --comment acct:t -j A\n"), script);
    assertTrue(script.contains("-D INPUT -i eth1 -m comment --comment acct:t -j A\n"), script);
    assertTrue(
        script.contains("[3:300] -I INPUT 1 -i eth0 -m comment --comment acct:t -j A\n"), script);
    assertFalse(script.contains("[4:400]"), script);
  }

  /** What it does not know it refuses aloud; 1.8.4 corrupts nothing that acct writes. */
  @Test
  void whatAnOldVersionDoesNotKnowIsShownInItsOwnWords() throws IOException {
    String policy =
        policy(
            "{name: A, attach: [INPUT], rules: [{name: x, options: -m pkttype --pkt-type otherhost}]}");
    FakeIptables fake = new FakeIptables(directory, "v1.8.4 (nf_tables)");
    fake.write(
        "iptables-restore",
        "echo \"iptables-restore: Bad packet type 'otherhost'\" >&2;"
            + " echo 'Error occurred at line: 3' >&2; exit 2");
    Ran ran = fake.acct("apply", policy);
    assertEquals(1, ran.status());
    assertTrue(ran.err().contains("Bad packet type 'otherhost'"), ran.err());
    assertTrue(ran.err().contains("  > 3: -A A -m pkttype --pkt-type otherhost"), ran.err());
    assertEquals("", fake.script(Family.IPV6), "the other family was not begun");
  }
}
