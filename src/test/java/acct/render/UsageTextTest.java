package acct.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.Plans;
import acct.counter.Amount;
import acct.counter.Counted;
import acct.counter.CounterReading;
import acct.counter.Entry;
import acct.counter.Ledger;
import acct.counter.UsageTable;
import acct.counter.UsageTables;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.netfilter.TableName;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What acct show prints. */
class UsageTextTest {
  private static final String POLICY =
      Plans.policy(
          """
          chains:
            - name: IN
              attach: [INPUT]
              rules:
                - {name: lan, source: [10.0.0.0/8, 192.168.0.0/16]}
                - {name: icmp6, protocol: icmpv6}
                - {name: web, protocol: tcp, jump: WEB}
            - name: WEB
              rules:
                - {name: "a,b", protocol: tcp, destinationPort: 80}
          """
              .replace("\"a,b\"", "a-b"));

  private static final TimeText UTC = new TimeText(ZoneOffset.UTC);

  private static final String IPV4 =
      """
      *filter
      :INPUT ACCEPT [0:0]
      :IN - [0:0]
      :WEB - [0:0]
      [2000000:20000000] -A INPUT -m comment --comment "acct:t" -j IN
      [1000000:12345678] -A IN -s 10.0.0.0/8 -m comment --comment lan
      [1:60] -A IN -s 192.168.0.0/16 -m comment --comment lan#2
      [5:300] -A IN -p tcp -m comment --comment web -m comment --comment "acct:t" -j WEB
      [4:240] -A WEB -p tcp -m tcp --dport 80 -m comment --comment a-b
      COMMIT
      """;

  private static final String IPV6 =
      """
      *filter
      :INPUT ACCEPT [0:0]
      :IN - [0:0]
      :WEB - [0:0]
      [7:700] -A INPUT -m comment --comment "acct:t" -j IN
      [3:300] -A IN -p ipv6-icmp -m comment --comment icmp6
      [0:0] -A IN -p tcp -m comment --comment web -m comment --comment "acct:t" -j WEB
      [0:0] -A WEB -p tcp -m tcp --dport 80 -m comment --comment a-b
      COMMIT
      """;

  private static List<LiveRuleset> live() {
    return List.of(
        new LiveRuleset(Family.IPV4, Plans.ruleset(IPV4), "v4", Optional.empty()),
        new LiveRuleset(Family.IPV6, Plans.ruleset(IPV6), "v6", Optional.empty()));
  }

  private static CounterReading look(String epoch, Instant at) {
    return CounterReading.of(
        epoch, at, EnumSet.allOf(Family.class), CounterReading.chains(live(), Ledger.EMPTY));
  }

  private static UsageTable sheet(boolean policy, boolean byFamily, Ledger ledger) {
    List<Counted.Chain> chains = new ArrayList<>();
    live().forEach(one -> chains.addAll(Counted.owned(one)));
    return UsageTables.of(
        chains, ledger, policy ? Optional.of(Plans.desired(POLICY)) : Optional.empty(), byFamily);
  }

  @Test
  void familiesAreAddedInThePolicysOrderAndByItsNames() {
    assertEquals(
        """
        policy t, filter            packets    bytes   share
        IN from INPUT
          lan (2 rules)           1,000,001  12.3 MB  61.7 %
          icmp6                           3    300 B   0.0 %
          web (2 rules)                   5    300 B   0.0 %
          entered the chain       2,000,007  20.0 MB

        WEB from IN
          a-b (2 rules)                   4    240 B  80.0 %
          entered the chain               5    300 B

        """,
        UsageText.of(sheet(true, false, Ledger.EMPTY), UsageText.Numbers.SI, false, UTC));
  }

  @Test
  void withoutAPolicyTheKernelsOrderAndComments() {
    assertEquals(
        """
        policy,family,table,chain,rule,packets,bytes,since,resets,missing
        t,ipv4,filter,IN,lan,1000001,12345738,,0,0
        t,ipv4,filter,IN,web,5,300,,0,0
        t,ipv4,filter,WEB,a-b,4,240,,0,0
        t,ipv6,filter,IN,icmp6,3,300,,0,0
        t,ipv6,filter,IN,web,0,0,,0,0
        t,ipv6,filter,WEB,a-b,0,0,,0,0
        """,
        UsageCells.of(sheet(false, true, Ledger.EMPTY), ','));
  }

  @Test
  void theLedgersSharesAndWhatBeganAnewAreShown() {
    Instant then = Instant.parse("2026-11-01T00:00:00Z");
    Instant now = Instant.parse("2026-11-22T08:30:00Z");
    CounterReading look = look("a", then);
    Ledger ledger =
        Ledger.EMPTY
            .observe(look, Ledger.Manner.COUNTED)
            .ledger()
            .observe(look("b", now), Ledger.Manner.COUNTED)
            .ledger();
    String text = UsageText.of(sheet(true, false, ledger), UsageText.Numbers.EXACT, false, UTC);
    assertEquals(
        """
        policy t, filter            packets       bytes   share
        IN from INPUT
          since before 2026-11-01 00:00 UTC, began anew once, 2026-11-22 08:30 UTC
          lan (2 rules)           2,000,002  24,691,476  61.7 %
          icmp6                           6         600   0.0 %
        """,
        text.substring(0, text.indexOf("  web")));
  }

  private static Entry entry(long packets, String since) {
    Counters counters = new Counters(packets, 100 * packets);
    return new Entry(
        Amount.ZERO, counters, Instant.parse(since), true, 0, Optional.empty(), Optional.empty());
  }

  private static UsageTable.Row row(String name, long packets, String since, int missing) {
    return new UsageTable.Row(
        name,
        entry(packets, since).total(),
        1,
        missing,
        Optional.of(new UsageTable.Since(Instant.parse(since), true)),
        0,
        Optional.empty());
  }

  /** A rule that was zeroed, or added later, has no share: the chain has counted for longer. */
  @Test
  void rowsThatAreOtherwiseSayHow() {
    String then = "2026-11-01T00:00:00Z";
    String later = "2026-11-20T12:00:00Z";
    UsageTable sheet =
        new UsageTable(
            List.of(
                new UsageTable.Section(
                    Optional.of("t"),
                    TableName.FILTER,
                    new ChainName("IN"),
                    Optional.empty(),
                    EnumSet.of(Family.IPV4),
                    List.of(new ChainName("INPUT")),
                    row("entered the chain", 100, then, 0),
                    List.of(
                        row("anna", 60, then, 0),
                        row("bela", 5, later, 0),
                        row("cleo", 7, then, 1)))));
    assertEquals(
        """
        policy t, filter          packets    bytes   share
        IN from INPUT, since 2026-11-01 01:00 +01:00
          anna                         60   6.0 kB  60.0 %
          bela                          5    500 B       -  since 2026-11-20 13:00 +01:00
          cleo                          7    700 B   7.0 %  not in the kernel
          entered the chain           100  10.0 kB

        """,
        UsageText.of(sheet, UsageText.Numbers.SI, false, new TimeText(ZoneId.of("Europe/Berlin"))));
  }
}
