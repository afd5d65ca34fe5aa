package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Promise 1: a rule whose meaning has not changed is exact to the packet, whatever is applied. */
class LiveTrafficIT {
  private static final int PACKETS = 60_000;
  private static final int RATE = 20_000;
  private static final int APPLIES = 8;

  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void untouchedRulesKeepExactCountersUnderTraffic(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      setup.addAddress(namespace, 1);
      setup.addAddress(namespace, 2);
      acct.apply(acct.policy("p", spec(setup, List.of(), false)));

      Process stream =
          namespace.start(
              Packets.command(List.of(setup.address(1), setup.address(2)), PACKETS, RATE));
      Random random = new Random(setup.hashCode());
      List<String> extra = new ArrayList<>();
      int applies = 0;
      while (applies < APPLIES || stream.isAlive()) {
        change(extra, random);
        acct.apply(acct.policy("p", spec(setup, extra, random.nextBoolean())));
        applies++;
      }
      Namespace.Result sent = Namespace.finish(stream, "").ok();
      assertEquals(Integer.toString(PACKETS), sent.out().strip());
      assertTrue(applies >= APPLIES);
      for (int address = 1; address <= 2; address++) {
        assertEquals(
            PACKETS / 2,
            acct.counters("ACCT", setup.address(address) + bits(setup)).packets(),
            "after " + applies + " applies");
      }
      System.err.printf(
          "%s: %,d packets sent, all counted, %d applies in between%n", setup, PACKETS, applies);
    }
  }

  private static String bits(Setup setup) {
    return "/" + setup.family().addressBits();
  }

  private static void change(List<String> extra, Random random) {
    if (extra.size() < 3 || random.nextBoolean()) {
      extra.add(
          "{name: x"
              + random.nextInt(1_000_000)
              + ", protocol: tcp, destinationPort: "
              + (1 + random.nextInt(60_000))
              + "}");
    } else {
      extra.remove(random.nextInt(extra.size()));
    }
    Collections.shuffle(extra, random);
  }

  /** Two rules that stay, among others that come, go and change places. */
  private static String spec(Setup setup, List<String> extra, boolean swapped) {
    List<String> rules = new ArrayList<>(extra);
    rules.add(
        rules.size() / 2, "{name: one, protocol: udp, destination: '" + setup.address(1) + "'}");
    rules.add(
        swapped ? 0 : rules.size(),
        "{name: two, protocol: udp, destination: '" + setup.address(2) + "'}");
    return "families: "
        + setup.families()
        + "\nchains:\n- name: ACCT\n  attach: [INPUT]\n  rules:\n  - "
        + String.join("\n  - ", rules)
        + "\n";
  }
}
