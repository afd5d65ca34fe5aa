package acct.counter;

import acct.netfilter.Counters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What all of acct's counters have counted before, and what the kernel had when it was last read.
 * It holds nothing that a plan needs.
 *
 * @param epoch the boot and the network namespace of the last reading; empty before the first
 * @param at when that was
 * @param entries of the counters that are counted; handed over and not copied
 * @param closed of those that the last apply has ended, for an undo
 * @param settled the id of the last apply, undo or zero that is in it; empty where none was
 */
public record Ledger(
    String epoch,
    Instant at,
    Map<CounterId, Entry> entries,
    Map<CounterId, Entry> closed,
    String settled) {
  /** Where nothing was read yet. */
  public static final Ledger EMPTY = new Ledger("", Instant.EPOCH, Map.of(), Map.of(), "");

  public Ledger {
    entries = Collections.unmodifiableMap(entries);
    closed = Collections.unmodifiableMap(closed);
  }

  @Override
  public boolean equals(Object other) {
    return other == this
        || other instanceof Ledger that
            && epoch.equals(that.epoch)
            && at.equals(that.at)
            && settled.equals(that.settled)
            && entries.equals(that.entries)
            && closed.equals(that.closed);
  }

  @Override
  public int hashCode() {
    return 31 * epoch.hashCode() + at.hashCode();
  }

  /** A ledger after a reading, and the counters that were found to have begun anew. */
  public record Observed(Ledger ledger, List<Reset> resets) {
    public Observed {
      resets = List.copyOf(resets);
    }
  }

  /** How values came into the kernel since the last reading. */
  public enum Manner {
    /** By counting alone. */
    COUNTED,
    /**
     * The machine has booted and no packet has come yet, so that what a counter has, another
     * program has restored from a file.
     */
    BOOTED
  }

  public Optional<Entry> entry(CounterId address) {
    return Optional.ofNullable(entries.get(address));
  }

  /** Adds up a reading. A value below the last one is a reset, and is added, never taken away. */
  public Observed observe(CounterReading look, Manner manner) {
    return withMatches(look).add(look, manner);
  }

  /**
   * The same where an earlier version has numbered the jumps between two chains: the n-th is the
   * n-th that was read.
   */
  private Ledger withMatches(CounterReading look) {
    if (!isOfEarlierVersion()) {
      return this;
    }
    Map<CounterId, CounterId> known = new LinkedHashMap<>();
    Map<CounterId, Integer> seen = new LinkedHashMap<>();
    for (CounterId id : look.counters().keySet()) {
      if (id instanceof CounterId.Jump jump) {
        CounterId.Jump plain = jump.withoutMatch(1);
        known.put(jump.withoutMatch(seen.merge(plain, 1, Integer::sum)), jump);
      }
    }
    Map<CounterId, Entry> next = new LinkedHashMap<>();
    entries.forEach((id, entry) -> next.put(known.getOrDefault(id, id), entry));
    return with(next);
  }

  /** Whether it has jumps that were not told apart by what they match. */
  public boolean isOfEarlierVersion() {
    return entries.keySet().stream().anyMatch(Ledger::isWithoutMatch);
  }

  private static boolean isWithoutMatch(CounterId id) {
    return id instanceof CounterId.Jump jump && jump.match().isEmpty();
  }

  private Observed add(CounterReading look, Manner manner) {
    Map<CounterId, Entry> next = new LinkedHashMap<>();
    List<Reset> resets = new ArrayList<>();
    boolean same = epoch.equals(look.epoch());
    entries.forEach(
        (address, entry) -> {
          Optional<Counters> now = Optional.ofNullable(look.counters().get(address));
          if (now.isEmpty() && !look.families().contains(address.family())) {
            boolean unread = same || manner == Manner.BOOTED;
            next.put(address, unread ? entry : anotherBoot(address, entry, look, resets));
          } else if (now.isEmpty()) {
            next.put(address, gone(address, entry, same, look, resets));
          } else {
            next.put(address, read(address, entry, now.get(), same, manner, look, resets));
          }
        });
    look.counters()
        .forEach((address, now) -> next.putIfAbsent(address, Entry.found(now, look.at())));
    return new Observed(new Ledger(look.epoch(), look.at(), next, closed, settled), resets);
  }

  /**
   * The same in the boot of a reading, before anything of that reading is added: no counter of an
   * earlier boot is there any more.
   *
   * @param resets what is found to have begun anew is added to them
   */
  Ledger inBootOf(CounterReading look, List<Reset> resets) {
    if (epoch.equals(look.epoch())) {
      return this;
    }
    Map<CounterId, Entry> next = new LinkedHashMap<>();
    entries.forEach(
        (address, entry) -> next.put(address, anotherBoot(address, entry, look, resets)));
    return new Ledger(look.epoch(), at, next, closed, settled);
  }

  private Entry anotherBoot(
      CounterId address, Entry entry, CounterReading look, List<Reset> resets) {
    if (entry.seen().isZero()) {
      return entry;
    }
    resets.add(new Reset(address, Reset.Cause.REBOOT, entry.seen(), at));
    return entry.beganAnew(Counters.ZERO, look.at());
  }

  private Entry gone(
      CounterId address, Entry entry, boolean same, CounterReading look, List<Reset> resets) {
    if (entry.seen().isZero()) {
      return entry;
    }
    Reset.Cause cause = same ? Reset.Cause.GONE : Reset.Cause.REBOOT;
    resets.add(new Reset(address, cause, entry.seen(), at));
    return entry.beganAnew(Counters.ZERO, look.at());
  }

  private Entry read(
      CounterId address,
      Entry entry,
      Counters now,
      boolean same,
      Manner manner,
      CounterReading look,
      List<Reset> resets) {
    boolean fallen = entry.hasFallen(now);
    if (same && !fallen) {
      return entry.wentOn(now);
    }
    boolean written = manner == Manner.BOOTED && !now.isZero();
    if (written) {
      return fallen ? entry.rewritten(now) : entry.wentOn(now);
    }
    if (entry.seen().isZero()) {
      return entry.wentOn(now);
    }
    Reset.Cause cause = same ? Reset.Cause.SMALLER : Reset.Cause.REBOOT;
    resets.add(new Reset(address, cause, entry.seen(), at));
    return entry.beganAnew(now, look.at());
  }

  /** The same with other counters. */
  Ledger with(Map<CounterId, Entry> others) {
    return new Ledger(epoch, at, others, closed, settled);
  }

  /**
   * The same when an apply, an undo or a zero is in it.
   *
   * @param id of that
   * @param ended counters that it has ended and that an undo would bring back
   */
  public Ledger settled(String id, Map<CounterId, Entry> ended) {
    return new Ledger(epoch, at, entries, ended, id);
  }

  /** Counters of these chains whose rules are not there: somebody has removed them. */
  public Map<CounterId, Entry> forgotten(Set<Counted.Place> places, CounterReading after) {
    Map<CounterId, Entry> forgotten = new LinkedHashMap<>();
    entries.forEach(
        (address, entry) -> {
          Counted.Place place =
              new Counted.Place(address.family(), address.table(), address.chain());
          if (places.contains(place) && !after.counters().containsKey(address)) {
            forgotten.put(address, entry);
          }
        });
    return forgotten;
  }

  /** The same when these have ended. */
  public Ledger without(Map<CounterId, Entry> ended) {
    if (ended.isEmpty()) {
      return this;
    }
    Map<CounterId, Entry> open = new LinkedHashMap<>(entries);
    open.keySet().removeAll(ended.keySet());
    Map<CounterId, Entry> all = new LinkedHashMap<>(closed);
    all.putAll(ended);
    return new Ledger(epoch, at, open, all, settled);
  }

  /** What acct calls live rules whose comments in the kernel are others. */
  public KnownNames knownNames() {
    Map<CounterId, String> names = new LinkedHashMap<>();
    entries.forEach(
        (address, entry) -> entry.policyName().ifPresent(name -> names.put(address, name)));
    return names.isEmpty() ? KnownNames.NONE : new KnownNames(names);
  }

  /**
   * The same with what the policies call rules.
   *
   * @param names by their counters; nothing where the kernel's comment is the name
   */
  public Ledger named(Map<CounterId, Optional<String>> names) {
    Map<CounterId, Entry> next = new LinkedHashMap<>();
    names.forEach(
        (id, name) -> {
          Entry entry = entries.get(id);
          if (entry != null && !entry.policyName().equals(name)) {
            next.put(id, entry.called(name));
          }
        });
    if (next.isEmpty()) {
      return this;
    }
    Map<CounterId, Entry> all = new LinkedHashMap<>(entries);
    all.putAll(next);
    return with(all);
  }
}
