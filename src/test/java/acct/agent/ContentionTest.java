package acct.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How long an agent waits until it corrects a rule again. */
class ContentionTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void twoCorrectionsAreNoContention() {
    Contention contention = new Contention();
    contention.corrected(List.of("a"), START);
    contention.corrected(List.of("a", "b"), START.plusSeconds(1));
    assertEquals(Optional.empty(), contention.worst(START.plusSeconds(1)));
    assertFalse(contention.notBefore().isAfter(START));
  }

  @Test
  void eachOfTheNextIsLaterThanTheOneBefore() {
    Contention contention = new Contention();
    Instant now = START;
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      contention.corrected(List.of("a"), now);
      Instant next = contention.notBefore();
      waits.add(next.isAfter(now) ? Duration.between(now, next).toSeconds() : 0);
      now = next.isAfter(now) ? next : now.plusMillis(100);
    }
    assertEquals(List.of(0L, 0L, 1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L, 60L), waits);
    assertEquals(Optional.of("a"), contention.worst(now));
  }

  @Test
  void afterATimeOfPeaceItIsForgotten() {
    Contention contention = new Contention();
    for (int i = 0; i < 4; i++) {
      contention.corrected(List.of("a"), START.plusSeconds(i));
    }
    assertEquals(Optional.of("a"), contention.worst(START.plusSeconds(12)));
    assertEquals(Optional.empty(), contention.worst(START.plusSeconds(14)));
    contention.corrected(List.of("a"), START.plusSeconds(15));
    assertFalse(contention.notBefore().isAfter(START));
  }

  @Test
  void twoRulesInTurnAreTwo() {
    Contention contention = new Contention();
    for (int i = 0; i < 4; i++) {
      contention.corrected(List.of(i % 2 == 0 ? "a" : "b"), START.plusSeconds(i));
    }
    assertEquals(Optional.empty(), contention.worst(START.plusSeconds(4)));
  }
}
