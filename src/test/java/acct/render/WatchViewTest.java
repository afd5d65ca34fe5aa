package acct.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.counter.Amount;
import acct.counter.Rates;
import acct.counter.UsageTable;
import acct.netfilter.ChainName;
import acct.netfilter.TableName;
import acct.render.WatchView.Order;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What acct watch paints. */
class WatchViewTest {
  private static final long SECOND = 1_000_000_000;

  private static UsageTable.Row row(String name, long packets) {
    Amount amount = new Amount(BigInteger.valueOf(packets), BigInteger.valueOf(packets * 1000));
    return new UsageTable.Row(name, amount, 1, 0, Optional.empty(), 0, Optional.empty());
  }

  private static UsageTable sheet(long... packets) {
    List<UsageTable.Row> rows = new ArrayList<>();
    for (int i = 0; i < packets.length; i++) {
      rows.add(row("r" + i, packets[i]));
    }
    return new UsageTable(
        List.of(
            new UsageTable.Section(
                Optional.of("p"),
                TableName.FILTER,
                new ChainName("IN"),
                Optional.empty(),
                Set.of(),
                List.of(),
                row("", 0),
                rows)));
  }

  private static WatchView.Settings settings(int width, int height, Order order) {
    return new WatchView.Settings(
        width, height, true, 1, order, false, false, WatchView.Choice.ALL);
  }

  @Test
  void theFastestComesFirst() {
    Rates rates =
        Rates.NONE
            .next(sheet(0, 0, 7), SECOND)
            .next(sheet(10, 2_500, 7), SECOND)
            .next(sheet(20, 3_750, 7), SECOND / 2);
    List<String> lines = WatchView.screen(rates, settings(80, 10, Order.RATE), "14:00:00", "");
    assertEquals("acct watch  14:00:00  3 rules by rate", lines.get(0));
    assertEquals("rule          packets/s         bit/s      total  last minute", lines.get(1));
    String blanks = " ".repeat(29);
    assertEquals("IN/r1             2.5 k   20.0 Mbit/s     3.8 MB  " + blanks + "█", lines.get(2));
    assertEquals("IN/r0                20    160 kbit/s    20.0 kB  " + blanks + "█", lines.get(3));
    assertEquals("IN/r2                 0       0 bit/s     7.0 kB", lines.get(4));
    List<String> since =
        WatchView.screen(
            rates.baseline().next(sheet(21, 3_750, 7), SECOND),
            new WatchView.Settings(
                80, 10, false, 2, Order.POLICY, true, true, WatchView.Choice.ALL),
            "14:00:00",
            "");
    assertEquals("acct watch  14:00:00  3 rules by the policy's order  PAUSED", since.get(0));
    assertTrue(since.get(1).endsWith("  since z  last 120 seconds"), since.get(1));
    assertTrue(
        since.get(2).startsWith("IN/r0                 1    8.0 kbit/s     1.0 kB"), since.get(2));
  }

  @ParameterizedTest
  @CsvSource({"80, 24", "200, 50", "40, 6", "20, 2", "60, 24"})
  void itFitsTheScreen(int width, int height) {
    long[] packets = new long[100];
    Rates rates = Rates.NONE.next(sheet(packets), SECOND);
    for (int i = 0; i < 70; i++) {
      packets[i]++;
      rates = rates.next(sheet(packets), SECOND);
    }
    for (Order order : Order.values()) {
      List<String> lines = WatchView.screen(rates, settings(width, height, order), "14:00:00", "");
      assertTrue(lines.size() <= height, lines.toString());
      for (String line : lines) {
        assertTrue(line.length() <= width, line);
      }
    }
  }

  @Test
  void whatWentWrongIsTold() {
    Rates rates = Rates.NONE.next(sheet(1), SECOND);
    List<String> lines =
        WatchView.screen(rates, settings(80, 24, Order.RATE), "14:00:00", "it hangs\nreally");
    assertEquals("! it hangs", lines.get(lines.size() - 1));
  }

  @Test
  void aLineForPrograms() {
    Rates rates = Rates.NONE.next(sheet(1), SECOND).next(sheet(4), SECOND * 2);
    assertEquals(
        "{\"formatVersion\":\"1.1\",\"time\":\"2026-11-22T14:00:00Z\",\"interval\":2.0,\"rules\":["
            + "{\"policy\":\"p\",\"table\":\"filter\",\"chain\":\"IN\",\"rule\":\"r0\",\"packets\":4,"
            + "\"bytes\":4000,\"packetsPerSecond\":1.5,\"bitsPerSecond\":12000.0}]}",
        WatchView.json(rates, "2026-11-22T14:00:00Z", 2));
  }

  private static List<String> chosen(Rates rates, int height, WatchView.Choice choice) {
    return WatchView.screen(
        rates,
        new WatchView.Settings(80, height, true, 1, Order.POLICY, false, false, choice),
        "14:00:00",
        "");
  }

  @Test
  void rowsAreScrolledFilteredAndSummedUp() {
    long[] packets = new long[200];
    for (int i = 0; i < packets.length; i += 2) {
      packets[i] = 1;
    }
    Rates rates = Rates.NONE.next(sheet(packets), SECOND);
    List<String> first = chosen(rates, 24, WatchView.Choice.ALL);
    assertTrue(first.get(2).startsWith("IN/r0 "), first.get(2));
    assertEquals("  1 to 19 of 200; j k or the arrows scroll", first.get(22));
    assertTrue(first.get(21).startsWith("sum of these "), first.get(21));
    assertTrue(first.get(21).endsWith("100 kB"), first.get(21));
    assertEquals(181, WatchView.mostAbove(rates, WatchView.Choice.ALL, 24));
    List<String> last = chosen(rates, 24, new WatchView.Choice(999, "", false, false));
    assertTrue(last.get(2).startsWith("IN/r181 "), last.get(2));
    assertTrue(last.get(20).startsWith("IN/r199 "), last.get(20));
    List<String> some = chosen(rates, 24, new WatchView.Choice(0, "R19", true, false));
    assertEquals("acct watch  14:00:00  11 rules by the policy's order with \"R19\"", some.get(0));
    assertEquals("show names with: R19_  (Enter)", some.get(some.size() - 1));
    List<String> counting = chosen(rates, 24, new WatchView.Choice(0, "r19", false, true));
    assertTrue(counting.get(0).contains(" 5 rules "), counting.get(0));
  }
}
