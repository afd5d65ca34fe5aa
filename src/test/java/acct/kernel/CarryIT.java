package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.LiveTable;
import acct.netfilter.TableName;
import acct.view.JournalEntry;
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

  private static String spec(Setup setup, boolean above) {
    String counted = "{name: one, protocol: udp, destination: '" + setup.address(1) + "'}";
    List<String> rules = new ArrayList<>();
    rules.add("{name: r1, protocol: tcp, destinationPort: 1, jump: RETURN}");
    rules.add("{name: r2, protocol: tcp, destinationPort: 2, jump: RETURN}");
    rules.add(above ? 0 : 2, counted);
    return "families: "
        + setup.families()
        + "\nchains: [{name: A, attach: [INPUT], rules: ["
        + String.join(", ", rules)
        + "]}]";
  }

  /**
   * The RETURNs take only tcp, so that the udp rule counts the same on both of their sides; there
   * are two, so that it is the one to move.
   */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aRuleThatMovesOverAReturnIsExactWithItsOffsets(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      setup.addAddress(namespace, 1);
      acct.apply(acct.policy("p", spec(setup, true)));
      Process stream = namespace.start(Packets.command(List.of(setup.address(1)), PACKETS, RATE));
      int applies = 0;
      while (applies < 2 || stream.isAlive()) {
        applies++;
        Namespace.Result moved =
            acct.run("apply", acct.policy("p", spec(setup, applies % 2 == 0)).toString()).ok();
        assertTrue(
            moved.out().contains("1 to move") || moved.out().contains("1 carried"), moved.out());
      }
      Namespace.finish(stream, "").ok();
      Counters kernel = acct.counters("A", "one");
      long offsets = offsets(setup.family().label() + "/filter/A/one");
      System.err.printf(
          "%s: %,d packets, %d moves, kernel %,d, offsets %,d%n",
          setup, PACKETS, applies, kernel.packets(), offsets);
      assertEquals(PACKETS, kernel.packets() + offsets);
      assertEquals(List.of(), leaves(acct));
    }
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
              + "\nCOMMIT\n");
      Path policy = acct.policy("p", spec(setup, true));
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
