package acct.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.compile.Desired;
import acct.counter.Counted;
import acct.counter.Ledger;
import acct.counter.UsageTable;
import acct.counter.UsageTables;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Ruleset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * 20,000 chains, each with a jump to the next. What looks at every pair of chains takes minutes for
 * them; what looks at each jump once takes a second or two.
 */
class LongRowTest {
  private static final int CHAINS = 20_000;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Desired desired =
      Plans.desired(
          Plans.policy("chains:\n- {name: ACCT, attach: [INPUT], rules: [{name: all}]}\n"));

  @Test
  void aPlanLooksAtEachJumpOfOthersOnce() {
    Ruleset live = row("");
    Plan plan = assertTimeout(LIMIT, () -> Plans.plan(desired, live));
    assertTrue(plan.isChanged());
  }

  @Test
  void ownedChainsAreFoundAndShownJumpByJump() {
    Ruleset live = row(" -m comment --comment acct:t");
    assertTimeout(LIMIT, () -> Plans.plan(desired, live));
    LiveRuleset found = new LiveRuleset(Family.IPV4, live, "live", live.backend());
    List<Counted.Chain> chains = assertTimeout(LIMIT, () -> Counted.owned(found));
    assertEquals(CHAINS, chains.size());
    UsageTable sheet =
        assertTimeout(LIMIT, () -> UsageTables.of(chains, Ledger.EMPTY, Optional.empty(), false));
    assertEquals(CHAINS, sheet.sections().size());
  }

  private static Ruleset row(String comment) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < CHAINS; i++) {
      lines.add(":C" + i + " - [0:0]");
    }
    lines.add("[1:60] -A INPUT" + comment + " -j C0");
    for (int i = 1; i < CHAINS; i++) {
      lines.add("[1:60] -A C" + (i - 1) + " -j C" + i);
    }
    return Plans.filter(lines.toArray(String[]::new));
  }
}
