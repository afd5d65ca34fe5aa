package acct.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which counters are taken for restored, and what their totals come to. */
class RestoredCountersTest {
  private static CounterId id(char name) {
    // Those in capitals are of another table.
    TableName table = Character.isUpperCase(name) ? new TableName("raw") : TableName.FILTER;
    return new CounterId.Rule(Family.IPV4, table, new ChainName("A"), "" + name);
  }

  /** {@code boot1 a5 b7}: a reading of two counters; the bytes are ten times the packets. */
  private static CounterReading look(String text, long at) {
    String[] words = text.strip().split(" ");
    Map<CounterId, Counters> counters = new LinkedHashMap<>();
    for (String word : List.of(words).subList(1, words.length)) {
      long packets = Long.parseLong(word.substring(1));
      counters.put(id(word.charAt(0)), new Counters(packets, 10 * packets));
    }
    return new CounterReading(words[0], Instant.ofEpochSecond(at), Set.of(Family.IPV4), counters);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // What was known at 6 and 4 is back, and two more have passed since.
        "x a0 b0; x a6 b4; x a26 b9; x a6 b4 | a26 b9",
        "x a0 b0; x a6 b4; x a26 b9; x a8 b4 c3; | a34 b13 c3",
        "x a0 b0 c0; x a6 b4 c5; x a26 b9 c7; x a8 b4 c5 | a28 b9 c7",
        // One counter alone, or one value, may be the same traffic again.
        "x a0; x a6; x a26; x a6 | a32",
        "x a0 b0; x a6 b6; x a26 b26; x a6 b6 | a32 b32",
        // No reading has both as they are now.
        "x a0 b0; x a6 b4; x a26 b9; x a7 b5 | a33 b14",
        // One that has less than it had then was set to zero.
        "x a0 b0 c0; x a6 b4 c9; x a26 b9 c12; x a6 b4 c1 | a32 b13 c13",
        // A rule that was not there then.
        "x a0 b0; x a6 b4; x a26 b9 c8; x a6 b4 c2 | a32 b13 c10",
        // Another boot tells nothing.
        "x a6 b4; y a0 b0; y a26 b9; y a6 b4 | a38 b17",
        // The last reading that shows it counts, and a table of its own.
        "x a6 b4 A1 B2; x a26 b9 A3 B4; x a30 b10 A9 B9; x a26 b9 A1 B2 | a30 b10 A9 B9",
        // Nothing has fallen.
        "x a6 b4; x a26 b9; x a26 b10 | a26 b10",
      })
  void totals(String readings, String totals) {
    Ledger ledger = Ledger.EMPTY;
    List<Ledger> earlier = new ArrayList<>();
    long at = 0;
    for (String reading : readings.split(";")) {
      if (reading.isBlank()) {
        continue;
      }
      CounterReading look = look(reading, ++at);
      Ledger set = RestoredCounters.of(ledger, look, () -> List.copyOf(earlier)).ledger();
      earlier.add(0, ledger);
      ledger = set.observe(look, Ledger.Manner.COUNTED).ledger();
    }
    StringBuilder found = new StringBuilder();
    for (String word : totals.strip().split(" ")) {
      Entry entry = ledger.entry(id(word.charAt(0))).orElseThrow();
      found.append(word.charAt(0)).append(entry.total().packets()).append(' ');
      assertEquals(
          entry.total().packets().multiply(java.math.BigInteger.TEN), entry.total().bytes());
    }
    assertEquals(totals.strip(), found.toString().strip());
  }
}
