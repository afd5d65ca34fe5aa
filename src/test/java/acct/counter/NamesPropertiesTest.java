package acct.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import acct.Customers;
import acct.Plans;
import acct.compile.Desired;
import acct.dataplane.iptables.Script;
import acct.model.RestoreModel;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.netfilter.Ruleset;
import acct.netfilter.TableName;
import acct.plan.CounterTransitions;
import acct.plan.Differ;
import acct.plan.Intent;
import acct.plan.Plan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever is edited, the total of each name is what came to that name's addresses while it had
 * them: in the ledger and in the kernel, with the policy at hand and without.
 */
class NamesPropertiesTest {
  private static final int EDITS = 25;
  private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");

  private Ruleset kernel = Plans.filter();
  private Ledger ledger = Ledger.EMPTY;

  @Property(tries = 400)
  void eachNameHasWhatItCounted(@ForAll long seed) {
    Random random = new Random(seed);
    kernel = Plans.filter();
    ledger = Ledger.EMPTY;
    List<String> addresses = Customers.addresses();
    Customers customers = new Customers(random, addresses);
    StringBuilder history = new StringBuilder();
    for (int i = 0; i < EDITS; i++) {
      history.append(customers).append('\n');
      Desired desired = Plans.desired(Plans.policy(customers.spec()));
      apply(desired);
      for (int n = random.nextInt(4); n >= 0; n--) {
        String address = addresses.get(random.nextInt(addresses.size()));
        int packets = 1 + random.nextInt(5);
        send(address, packets);
        customers.count(address, packets);
      }
      assertEquals(customers.totals(), totals(Optional.of(desired)), history.toString());
      assertEquals(customers.totals(), totals(Optional.empty()), history.toString());
      customers.edit();
    }
  }

  private List<LiveRuleset> live() {
    return List.of(new LiveRuleset(Family.IPV4, kernel, "live", Optional.empty()));
  }

  private CounterReading look() {
    return CounterReading.of(
        "boot", NOW, Set.of(Family.IPV4), CounterReading.chains(live(), ledger));
  }

  /** What an apply does, without a machine. */
  private void apply(Desired desired) {
    ledger = ledger.observe(look(), Ledger.Manner.COUNTED).ledger();
    Plan plan = Differ.diff(desired, live(), Intent.PLAIN, ledger.knownNames());
    assertFalse(plan.isRefused(), () -> plan.diagnostics().toString());
    if (plan.isChanged()) {
      kernel = RestoreModel.apply(kernel, Script.of(plan, Family.IPV4));
      for (List<Transition> block : CounterTransitions.of(plan)) {
        ledger = LedgerUpdate.of(ledger, block, LedgerUpdate.Switches.NONE, look()).ledger();
      }
    }
    ledger = ledger.without(ledger.forgotten(plan.places(), look())).named(plan.policyNames());
    Plan again = Differ.diff(desired, live(), Intent.PLAIN, ledger.knownNames());
    assertFalse(again.isChanged(), () -> again.changes().toString());
    // What the kernel has is enough: a plan from a dump alone says the same.
    Plan elsewhere = Differ.diff(desired, live(), Intent.PLAIN, KnownNames.NONE);
    assertFalse(elsewhere.isChanged(), () -> elsewhere.changes().toString());
  }

  /** Packets come to an address: each rule for it counts them. */
  private void send(String address, int packets) {
    Map<TableName, LiveTable> tables = new LinkedHashMap<>();
    kernel
        .tables()
        .forEach(
            (name, table) -> {
              Map<ChainName, LiveChain> chains = new LinkedHashMap<>();
              for (LiveChain chain : table.chains().values()) {
                List<LiveRule> rules = new ArrayList<>();
                for (LiveRule rule : chain.rules()) {
                  boolean counts = rule.words().contains(address + "/32");
                  rules.add(counts ? counted(rule, packets) : rule);
                }
                chains.put(
                    chain.name(),
                    new LiveChain(chain.name(), chain.policy(), chain.counters(), rules));
              }
              tables.put(name, new LiveTable(name, chains, table.undecoded()));
            });
    kernel = new Ruleset(kernel.family(), kernel.backend(), tables);
  }

  private static LiveRule counted(LiveRule rule, int packets) {
    Counters now = rule.counters();
    return new LiveRule(
        new Counters(now.packets() + packets, now.bytes() + 100L * packets),
        rule.words(),
        rule.line());
  }

  private Map<String, Long> totals(Optional<Desired> desired) {
    List<Counted.Chain> chains = CounterReading.chains(live(), ledger);
    Ledger now = ledger.observe(look(), Ledger.Manner.COUNTED).ledger();
    Map<String, Long> totals = new TreeMap<>();
    for (UsageTable.Section section : UsageTables.of(chains, now, desired, false).sections()) {
      for (UsageTable.Row row : section.rows()) {
        totals.put(row.name(), row.amount().packets().longValueExact());
      }
    }
    return totals;
  }
}
