package acct.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.Plans;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Ruleset;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What others have taken away is shown with what it came to. */
class VanishedTest {
  private static final String MARKED = "[9:900] -A INPUT -m comment --comment acct:t -j ";
  private static final Instant THEN = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2026-11-02T00:00:00Z");

  private static Ruleset live(String dump) {
    return Plans.filter(dump.split("; "));
  }

  private static List<LiveRuleset> read(Ruleset ruleset) {
    return List.of(new LiveRuleset(Family.IPV4, ruleset, "live", Optional.empty()));
  }

  private static CounterReading look(List<LiveRuleset> live, Ledger ledger, Instant at) {
    return CounterReading.of("boot", at, Set.of(Family.IPV4), CounterReading.chains(live, ledger));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ":A - [0:0]; [9:900] -A INPUT -m comment --comment acct:t -j A; [6:600] -A A -s 10.0.0.1/32"
            + " -m comment --comment one; [5:500] -A A -s 10.0.0.2/32 -m comment --comment two|"
            + "{one=6, two=5}|",
        ":A - [0:0]; [9:900] -A INPUT -m comment --comment acct:t -j A; [6:600] -A A -s 10.0.0.1/32"
            + " -m comment --comment one|{one=6, two=4 gone}|1 of A",
        ":A - [0:0]; [9:900] -A INPUT -m comment --comment acct:t -j A|{one=5 gone, two=4 gone}|2 of A",
        "-A INPUT -p tcp|{one=5 gone, two=4 gone}|2 of A whole",
      })
  void totalsStay(String dump, String totals, String places) {
    Ruleset before =
        Plans.filter(
            ":A - [0:0]",
            MARKED + "A",
            "[5:500] -A A -s 10.0.0.1/32 -m comment --comment one",
            "[4:400] -A A -s 10.0.0.2/32 -m comment --comment two");
    Ledger kept =
        Ledger.EMPTY
            .observe(look(read(before), Ledger.EMPTY, THEN), Ledger.Manner.COUNTED)
            .ledger();
    List<LiveRuleset> live = read(live(dump));
    List<Counted.Chain> chains = CounterReading.chains(live, kept);
    Ledger now = kept.observe(look(live, kept, NOW), Ledger.Manner.COUNTED).ledger();
    Vanished vanished = Vanished.of(chains, kept, now, Set.of(Family.IPV4));
    Map<String, String> shown = new TreeMap<>();
    for (UsageTable.Section section :
        UsageTables.of(vanished.chains(), now, Optional.empty(), false).sections()) {
      assertEquals(9, section.came().amount().packets().intValueExact());
      section
          .rows()
          .forEach(
              row ->
                  shown.put(
                      row.name(), row.amount().packets() + (row.missing() > 0 ? " gone" : "")));
    }
    assertEquals(totals, shown.toString());
    List<String> told =
        vanished.places().stream()
            .map(place -> place.rules() + " of " + place.chain() + (place.whole() ? " whole" : ""))
            .toList();
    assertEquals(places == null ? "" : places, String.join(", ", told));
    vanished.places().forEach(place -> assertEquals(Optional.of(THEN), place.since()));
  }
}
