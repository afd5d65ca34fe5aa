package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.LiveTable;
import acct.netfilter.TableName;
import acct.state.JournalEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A rule that has to be rebuilt is exact all the same: its counter and the offsets in the journal
 * are the packets that were sent.
 */
class CarryIT {
  private static final int PACKETS = 40_000;
  private static final int RATE = 20_000;

  @TempDir private Path directory;

  /** The offsets of one counter, of all applies. */
  private long offsets(String address) throws IOException {
    List<String> lines = Files.readAllLines(directory.resolve("state/journal.jsonl"));
    long packets = 0;
    for (JournalEntry entry : JournalEntry.read(lines).entries()) {
      for (JournalEntry.Offset offset : entry.end().orElseThrow().offsets()) {
        packets += offset.address().equals(address) ? offset.counters().packets() : 0;
      }
    }
    return packets;
  }

  private static String spec(Setup setup, List<String> rules) {
    return "families: "
        + setup.families()
        + "\nchains: [{name: A, attach: [INPUT], rules: ["
        + String.join(", ", rules)
        + "]}]";
  }

  private static String counted(Setup setup, String more) {
    return "{name: one, protocol: udp, destination: '" + setup.address(1) + "'" + more + "}";
  }

  /**
   * The RETURNs take only tcp, so that the udp rule counts the same on both of their sides; there
   * are two, so that it is the one to move.
   */
  private static String moved(Setup setup, boolean above) {
    List<String> rules = new ArrayList<>();
    rules.add("{name: r1, protocol: tcp, destinationPort: 1, jump: RETURN}");
    rules.add("{name: r2, protocol: tcp, destinationPort: 2, jump: RETURN}");
    rules.add(above ? 0 : 2, counted(setup, ""));
    return spec(setup, rules);
  }

  /** Another meaning that counts the same packets: all of them come in by lo. */
  private static String changed(Setup setup, boolean narrow) {
    String more = ", onChange: carry" + (narrow ? ", inInterface: lo" : "");
    return spec(setup, List.of(counted(setup, more)));
  }

  /** Applies the two policies in turn while packets come. */
  private void isExactInTurn(Setup setup, String even, String odd, String summary)
      throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      setup.addAddress(namespace, 1);
      acct.apply(acct.policy("p", even));
      Process stream = namespace.start(Packets.command(List.of(setup.address(1)), PACKETS, RATE));
      int applies = 0;
      while (applies < 2 || stream.isAlive()) {
        applies++;
        Path policy = acct.policy("p", applies % 2 == 0 ? even : odd);
        Namespace.Result applied = acct.run("apply", policy.toString()).ok();
        assertTrue(applied.out().contains(summary), applied.out());
        assertTrue(applied.out().contains("1 carried"), applied.out());
      }
      Namespace.finish(stream, "").ok();
      Counters kernel = acct.counters("A", "one");
      long offsets = offsets(setup.family().label() + "/filter/A/one");
      System.err.printf(
          "%s: %,d packets, %d times %s, kernel %,d, offsets %,d%n",
          setup, PACKETS, applies, summary, kernel.packets(), offsets);
      assertEquals(PACKETS, kernel.packets() + offsets);
      assertEquals(List.of(), leaves(acct));
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aRuleThatMovesOverAReturnIsExactWithItsOffsets(Setup setup) throws Exception {
    isExactInTurn(setup, moved(setup, true), moved(setup, false), "1 to move");
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aRuleThatChangesAndSaysCarryIsExactWithItsOffsets(Setup setup) throws Exception {
    isExactInTurn(setup, changed(setup, false), changed(setup, true), "1 to change");
  }

  /** Applies the second policy and takes it back, again and again while packets come. */
  private void isUndoneExactly(Setup setup, String before, String after) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      setup.addAddress(namespace, 1);
      acct.apply(acct.policy("p", before));
      Process stream = namespace.start(Packets.command(List.of(setup.address(1)), PACKETS, RATE));
      int undone = 0;
      while (undone < 1 || stream.isAlive()) {
        undone++;
        acct.apply(acct.policy("p", after));
        acct.run("undo").ok();
      }
      Namespace.finish(stream, "").ok();
      System.err.printf("%s: %,d packets, undone %d times%n", setup, PACKETS, undone);
      assertEquals(PACKETS, acct.total("A", "one"));
      assertEquals(
          PACKETS,
          acct.counters("A", "one").packets() + offsets(setup.family().label() + "/filter/A/one"));
      assertEquals(List.of(), leaves(acct));
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void anUndoneMoveIsExact(Setup setup) throws Exception {
    isUndoneExactly(setup, moved(setup, true), moved(setup, false));
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void anUndoneChangeThatCarriesIsExact(Setup setup) throws Exception {
    isUndoneExactly(setup, changed(setup, false), changed(setup, true));
  }

  private static List<String> leaves(Acct acct) {
    List<String> leaves = new ArrayList<>();
    acct.filter()
        .chains()
        .keySet()
        .forEach(
            chain -> {
              if (chain.value().startsWith("acct-carry")) {
                leaves.add(chain.value());
              }
            });
    return leaves;
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aJumpThatIsTakenOverOrPutBackIsExactWithItsOffsets(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      setup.addAddress(namespace, 1);
      acct.load(
          "*mangle\n-A INPUT\nCOMMIT\n*filter\n:A - [0:0]\n-A INPUT -j A\n-A A -p udp -d "
              + setup.address(1)
              + " -m comment --comment one\nCOMMIT\n");
      Path policy = acct.policy("p", moved(setup, true));
      Process stream = namespace.start(Packets.command(List.of(setup.address(1)), PACKETS, RATE));
      int applies = 0;
      while (applies < 2 || stream.isAlive()) {
        applies++;
        acct.apply(policy);
        namespace.run(setup.command(), "-w", "5", "-I", "INPUT", "-p", "tcp").ok();
      }
      Namespace.finish(stream, "").ok();
      // Answers come back over lo too: what passed, a counter tells that nobody touches.
      LiveTable mangle = acct.live().table(TableName.MANGLE);
      long passed =
          mangle.chain(new ChainName("INPUT")).orElseThrow().rules().get(0).counters().packets();
      assertTrue(passed >= PACKETS);
      long kernel = acct.counters("INPUT", "A").packets();
      long offsets = offsets(setup.family().label() + "/filter/INPUT/A");
      System.err.printf(
          "%s: %,d packets, jump written %d times, kernel %,d, offsets %,d%n",
          setup, passed, applies, kernel, offsets);
      assertEquals(passed, kernel + offsets);
      assertEquals(
          PACKETS,
          acct.counters("A", setup.address(1) + "/" + setup.family().addressBits()).packets());
      assertEquals(List.of(), leaves(acct));
    }
  }
}
