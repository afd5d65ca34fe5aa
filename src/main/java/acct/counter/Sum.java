package acct.counter;

import acct.netfilter.Counters;
import java.time.Instant;
import java.util.Optional;

/** Adds counters up to one row. */
final class Sum {
  private Amount amount = Amount.ZERO;
  private int rules;
  private int missing;
  private int resets;
  private boolean known = true;
  private boolean exactly = true;
  private Optional<Instant> since = Optional.empty();
  private Optional<Instant> lastReset = Optional.empty();

  void add(Counted.Count count, Ledger ledger) {
    Counters counters = count.rule().counters();
    Optional<Entry> entry = ledger.entry(count.address());
    amount = amount.plus(entry.map(Entry::total).orElse(Amount.of(counters)));
    rules++;
    missing += count.position() == 0 ? 1 : 0;
    if (entry.isEmpty()) {
      known = false;
      return;
    }
    // The sum is whole only since the youngest of its parts began; it says the oldest, as the
    // others had nothing to count before they were there.
    Instant at = entry.get().since();
    if (since.isEmpty() || at.isBefore(since.get())) {
      since = Optional.of(at);
      exactly = entry.get().begunThen();
    }
    resets = Math.max(resets, entry.get().resets());
    Optional<Instant> reset = entry.get().lastReset();
    if (reset.isPresent() && (lastReset.isEmpty() || reset.get().isAfter(lastReset.get()))) {
      lastReset = reset;
    }
  }

  UsageTable.Row row(String name) {
    Optional<UsageTable.Since> began =
        known ? since.map(at -> new UsageTable.Since(at, exactly)) : Optional.empty();
    return new UsageTable.Row(name, amount, rules, missing, began, resets, lastReset);
  }
}
