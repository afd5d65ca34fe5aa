package acct.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The index finds what a comparison of all pairs finds. */
class NarrowingTest {
  private static final List<String> CONSTRAINTS =
      List.of(
          "source: 10.0.0.1",
          "inInterface: eth0",
          "outInterface: eth1",
          "mark: 7",
          "ttl: 9",
          "length: 100");

  private static List<Desired.Counting> randomRules(Random random) {
    StringBuilder spec = new StringBuilder("families: [ipv4]\nchains:\n- name: A\n");
    spec.append("  attach: [FORWARD]\n  rules:\n");
    int count = 2 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      List<String> keys = new ArrayList<>(List.of("name: r" + i));
      for (String constraint : CONSTRAINTS) {
        if (random.nextInt(3) == 0) {
          keys.add(constraint);
        }
      }
      spec.append("  - {").append(String.join(", ", keys)).append("}\n");
    }
    Desired desired = Plans.desired(Plans.policy(spec.toString()));
    return desired.table(Family.IPV4, TableName.FILTER).chains().get(0).rules();
  }

  private static boolean covers(Desired.Counting wide, Desired.Counting narrow) {
    return narrow.body().constraints().containsAll(wide.body().constraints());
  }

  @Property(tries = 500)
  void itFindsWhatPairByPairIsFound(@ForAll long seed) {
    List<Desired.Counting> rules = randomRules(new Random(seed));
    Narrowing seen = new Narrowing();
    List<Desired.Counting> before = new ArrayList<>();
    for (Desired.Counting rule : rules) {
      List<String> constraints = rule.body().constraints();
      Optional<Desired.Counting> wide = seen.asWideAs(constraints);
      Optional<Desired.Counting> narrow = seen.asNarrowAs(constraints);
      assertEquals(before.stream().anyMatch(other -> covers(other, rule)), wide.isPresent());
      assertEquals(before.stream().anyMatch(other -> covers(rule, other)), narrow.isPresent());
      wide.ifPresent(other -> assertTrue(covers(other, rule)));
      narrow.ifPresent(other -> assertTrue(covers(rule, other)));
      seen.add(rule);
      before.add(rule);
    }
  }
}
