package acct.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.counter.Ledger.Manner;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A total is never negative, never jumps, and loses nothing that was read. */
class LedgerTest {
  private static final CounterId ONE = address("one");
  private static final Set<Family> IPV4 = Set.of(Family.IPV4);

  private static CounterId address(String item) {
    return new CounterId.Rule(Family.IPV4, TableName.FILTER, new ChainName("A"), item);
  }

  private static CounterReading look(String epoch, long at, Map<CounterId, Counters> counters) {
    return new CounterReading(epoch, Instant.ofEpochSecond(at), IPV4, counters);
  }

  /** A reading of the one counter; {@code -} is a rule that is gone. */
  private static CounterReading look(String epoch, long at, String packets) {
    return packets.equals("-")
        ? look(epoch, at, Map.of())
        : look(epoch, at, Map.of(ONE, counters(packets)));
  }

  private static Counters counters(String packets) {
    long number = Long.parseUnsignedLong(packets);
    return new Counters(number, number);
  }

  /** Readings EPOCH:PACKETS one after another, the total, and how many resets were found. */
  @ParameterizedTest
  @CsvSource({
    "a:0, 0, 0",
    "a:5 a:7 a:7, 7, 0",
    "a:5 a:2, 7, 1",
    "a:5 a:2 a:1 a:3, 10, 2",
    "a:5 a:0, 5, 1",
    "a:5 a:- a:0, 5, 1",
    "a:5 a:- a:9, 14, 1",
    "a:0 a:- a:9, 9, 0",
    "a:5 b:3, 8, 1",
    "a:5 b:8, 13, 1",
    "a:5 b:- b:2, 7, 1",
    "a:5 b:0 c:0 d:1, 6, 1",
    "a:18446744073709551610 a:5, 18446744073709551621, 0",
    "a:18446744073709551610 a:5 a:18446744073709551610 a:7, 36893488147419103239, 0",
    "a:9000000000000000000 a:5, 9000000000000000005, 1",
  })
  void readingsAddUp(String readings, String total, int resets) {
    Ledger ledger = Ledger.EMPTY;
    int found = 0;
    long at = 100;
    for (String reading : readings.split(" ")) {
      String[] parts = reading.split(":");
      Ledger.Observed observed = ledger.observe(look(parts[0], at++, parts[1]), Manner.COUNTED);
      ledger = observed.ledger();
      found += observed.resets().size();
    }
    Entry entry = ledger.entry(ONE).orElseThrow();
    assertEquals(new BigInteger(total), entry.total().packets());
    assertEquals(new BigInteger(total), entry.total().bytes());
    assertEquals(resets, found);
    assertEquals(resets, entry.resets());
  }

  /** Before the network is up, what a counter has is from a file that another program restored. */
  @ParameterizedTest
  @CsvSource({"0, 500", "500, 500", "620, 620", "480, 500"})
  void whatWasRestoredAtTheBootIsNotAddedAgain(String restored, String total) {
    Ledger before = Ledger.EMPTY.observe(look("a", 1, "500"), Manner.COUNTED).ledger();
    Ledger booted = before.observe(look("b", 2, restored), Manner.BOOTED).ledger();
    assertEquals(new BigInteger(total), booted.entry(ONE).orElseThrow().total().packets());
    String more = Long.toString(Long.parseLong(restored) + 7);
    Ledger after = booted.observe(look("b", 3, more), Manner.COUNTED).ledger();
    assertEquals(
        new BigInteger(total).add(BigInteger.valueOf(7)),
        after.entry(ONE).orElseThrow().total().packets());
  }

  @Test
  void anotherFamilysReadingSaysNothing() {
    Ledger ledger = Ledger.EMPTY.observe(look("a", 1, "500"), Manner.COUNTED).ledger();
    CounterReading other =
        new CounterReading("a", Instant.ofEpochSecond(2), Set.of(Family.IPV6), Map.of());
    Ledger.Observed observed = ledger.observe(other, Manner.COUNTED);
    assertTrue(observed.resets().isEmpty());
    assertEquals(ledger.entries(), observed.ledger().entries());
  }

  /** In another boot its counters are gone, whether they were read since or not. */
  @ParameterizedTest
  @CsvSource({"3, 503", "600, 1100"})
  void whatWasNotReadAfterABootIsKept(String packets, String total) {
    Ledger ledger = Ledger.EMPTY.observe(look("a", 1, "500"), Manner.COUNTED).ledger();
    CounterReading other =
        new CounterReading("b", Instant.ofEpochSecond(2), Set.of(Family.IPV6), Map.of());
    Ledger booted = ledger.observe(other, Manner.COUNTED).ledger();
    Ledger read = booted.observe(look("b", 3, packets), Manner.COUNTED).ledger();
    assertEquals(new BigInteger(total), read.entry(ONE).orElseThrow().total().packets());
  }

  /**
   * A chain that is taken over is in no ledger yet, and after a boot the ledger may not have been
   * read: what is carried is counted once all the same.
   */
  @ParameterizedTest
  @CsvSource({"'', 0, 72", "a, 500, 572", "b, 0, 72", "b, 60, 72"})
  void whatIsCarriedIsCountedOnce(String epoch, String before, String total) {
    Ledger ledger = Ledger.EMPTY;
    if (!epoch.isEmpty()) {
      ledger = ledger.observe(look(epoch, 1, before), Manner.COUNTED).ledger();
    }
    LedgerUpdate.Result result =
        LedgerUpdate.of(
            ledger,
            List.of(new Transition.Carried(ONE, ONE, counters("60"))),
            new LedgerUpdate.Switches(Map.of(ONE, counters("70")), Map.of(ONE, counters("65"))),
            look("b", 2, "67"));
    assertEquals(new BigInteger(total), result.ledger().entry(ONE).orElseThrow().total().packets());
  }

  @Test
  void aCountThatIsSetToZeroGoesOnFromThere() {
    Ledger ledger = Ledger.EMPTY.observe(look("a", 1, "500"), Manner.COUNTED).ledger();
    LedgerUpdate.Result result =
        LedgerUpdate.of(
            ledger,
            List.of(new Transition.Rebased(ONE, counters("500"))),
            LedgerUpdate.Switches.NONE,
            look("a", 2, "500"));
    assertEquals(BigInteger.valueOf(500), result.ended().get(ONE).total().packets());
    Ledger zeroed = result.ledger();
    assertTrue(zeroed.entry(ONE).orElseThrow().total().isZero());
    Ledger later = zeroed.observe(look("a", 3, "503"), Manner.COUNTED).ledger();
    assertEquals(BigInteger.valueOf(3), later.entry(ONE).orElseThrow().total().packets());
    assertEquals(Instant.ofEpochSecond(2), later.entry(ONE).orElseThrow().since());
  }

  /** A kernel that counts, forgets and boots as it likes: all that was read stays in the total. */
  @Property(tries = 500)
  void nothingThatWasReadIsLost(@ForAll long seed) {
    Random random = new Random(seed);
    Ledger ledger = Ledger.EMPTY;
    Map<CounterId, Long> kernel = new HashMap<>();
    Map<CounterId, Long> counted = new HashMap<>();
    Map<CounterId, Long> lost = new HashMap<>();
    List<CounterId> all = List.of(address("one"), address("two"), address("three/\t\\n"));
    int epoch = 0;
    for (int step = 0; step < 30; step++) {
      for (CounterId address : all) {
        long more = random.nextInt(1000);
        kernel.merge(address, more, Long::sum);
        counted.merge(address, more, Long::sum);
        lost.merge(address, more, Long::sum);
      }
      if (random.nextInt(3) == 0) {
        Map<CounterId, Counters> read = new HashMap<>();
        kernel.forEach((address, value) -> read.put(address, new Counters(value, value)));
        Ledger.Observed observed = ledger.observe(look("e" + epoch, step, read), Manner.COUNTED);
        ledger = reread(observed.ledger());
        lost.replaceAll((address, value) -> 0L);
        for (CounterId address : all) {
          long total = ledger.entry(address).orElseThrow().total().packets().longValueExact();
          assertEquals(counted.get(address), total);
        }
      }
      if (random.nextInt(8) == 0) {
        epoch += 1;
        kernel.clear();
        // What was counted since the last reading is gone with it.
        lost.forEach((address, value) -> counted.merge(address, -value, Long::sum));
        lost.clear();
      }
    }
  }

  private static Ledger reread(Ledger ledger) {
    try {
      Ledger again = LedgerText.read(LedgerText.write(ledger));
      assertEquals(ledger, again);
      return again;
    } catch (LedgerText.BadLedgerException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aLedgerThatIsNotWholeIsNotBelieved() {
    Ledger ledger = Ledger.EMPTY.observe(look("a", 1, "500"), Manner.COUNTED).ledger();
    String text = LedgerText.write(ledger);
    for (int length = 0; length < text.length() - 1; length++) {
      String cut = text.substring(0, length);
      assertThrows(LedgerText.BadLedgerException.class, () -> LedgerText.read(cut), cut);
    }
    String changed = text.replace("\t500", "\t900");
    assertFalse(changed.equals(text));
    assertThrows(LedgerText.BadLedgerException.class, () -> LedgerText.read(changed));
  }

  private static CounterId.Jump jump(String match) {
    return new CounterId.Jump(
        Family.IPV4,
        TableName.FILTER,
        new ChainName("FORWARD"),
        new ChainName("A"),
        Optional.of(match),
        1);
  }

  @Test
  void twoJumpsFromOneChainToAnotherHaveTotalsOfTheirOwnWhereverTheyStand() {
    Map<CounterId, Counters> first = new LinkedHashMap<>();
    first.put(jump("-i eth0"), counters("10"));
    first.put(jump("-i eth1"), counters("20"));
    Map<CounterId, Counters> swapped = new LinkedHashMap<>();
    swapped.put(jump("-i eth1"), counters("21"));
    swapped.put(jump("-i eth0"), counters("12"));
    Ledger ledger = Ledger.EMPTY.observe(look("b", 1, first), Ledger.Manner.COUNTED).ledger();
    Ledger.Observed observed = ledger.observe(look("b", 2, swapped), Ledger.Manner.COUNTED);
    assertEquals(List.of(), observed.resets());
    assertEquals(
        BigInteger.valueOf(12),
        observed.ledger().entry(jump("-i eth0")).orElseThrow().total().packets());
    assertEquals(
        BigInteger.valueOf(21),
        observed.ledger().entry(jump("-i eth1")).orElseThrow().total().packets());
  }

  @Test
  void theJumpsOfALedgerBeforeThereWereMatchesGoOnInTheirOrder() throws Exception {
    String body =
        "acct-ledger 2\nepoch\tb\nat\t1\nsettled\t\n"
            + "counter\tipv4\tfilter\tFORWARD\tA\t5\t0\t10\t0\t1\tbegun\t0\t0\t\n"
            + "counter\tipv4\tfilter\tFORWARD\tA#2\t0\t0\t20\t0\t1\tbegun\t0\t0\t\n"
            + "counter\tipv4\tfilter\tA\tx\t0\t0\t7\t0\t1\tbegun\t0\t0\t\n";
    Ledger old = LedgerText.read(body + "end\t3\t" + LedgerText.sum(body) + "\n");
    assertTrue(old.isOfEarlierVersion());
    Map<CounterId, Counters> now = new LinkedHashMap<>();
    now.put(jump("-i eth0"), counters("11"));
    now.put(jump("-i eth1"), counters("22"));
    now.put(address("x"), counters("8"));
    Ledger.Observed observed = old.observe(look("b", 2, now), Ledger.Manner.COUNTED);
    assertEquals(List.of(), observed.resets());
    assertEquals(3, observed.ledger().entries().size());
    assertEquals(
        BigInteger.valueOf(16),
        observed.ledger().entry(jump("-i eth0")).orElseThrow().total().packets());
    assertEquals(
        BigInteger.valueOf(22),
        observed.ledger().entry(jump("-i eth1")).orElseThrow().total().packets());
    String text = LedgerText.write(observed.ledger());
    assertEquals(observed.ledger(), LedgerText.read(text));
  }
}
