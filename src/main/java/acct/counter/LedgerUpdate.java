package acct.counter;

import acct.netfilter.Counters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings a ledger over transactions that acct has written, by what they do to counters. */
public final class LedgerUpdate {
  private final Map<CounterId, Entry> entries;
  private final Map<CounterId, Entry> ended = new LinkedHashMap<>();
  private final Map<CounterId, Entry> written = new LinkedHashMap<>();
  private final List<Reset> resets = new ArrayList<>();
  private final Ledger before;
  private final Switches switches;
  private final CounterReading after;

  /**
   * What is known of carried and zeroed counters at the moment of their transaction.
   *
   * @param ends what a rule had at its very end, by its address before
   * @param starts what its successor was written with, by the same address
   */
  public record Switches(Map<CounterId, Counters> ends, Map<CounterId, Counters> starts) {
    /** Where there was nothing to be told. */
    public static final Switches NONE = new Switches(Map.of(), Map.of());

    public Switches {
      ends = Map.copyOf(ends);
      starts = Map.copyOf(starts);
    }
  }

  /**
   * What came out.
   *
   * @param ledger that counts on from there
   * @param resets counters that were found to have begun anew, not by acct
   * @param ended counts that have ended, with what they came to
   */
  public record Result(Ledger ledger, List<Reset> resets, Map<CounterId, Entry> ended) {}

  private LedgerUpdate(Ledger before, Switches switches, CounterReading after) {
    this.before = before;
    this.entries = new LinkedHashMap<>(before.entries());
    this.switches = switches;
    this.after = after;
  }

  /**
   * What a ledger is after transactions.
   *
   * @param done what they did, in their order
   * @param after what was read when they were done
   */
  public static Result of(
      Ledger ledger, List<Transition> done, Switches switches, CounterReading after) {
    // What is carried into the ledger has counted in this boot, whenever the ledger was read last.
    List<Reset> rebooted = new ArrayList<>();
    LedgerUpdate update = new LedgerUpdate(ledger.inBootOf(after, rebooted), switches, after);
    update.resets.addAll(rebooted);
    done.forEach(one -> one.match(update.new Leaving()));
    done.forEach(one -> one.match(update.new Beginning()));
    update.entries.putAll(update.written);
    Ledger.Observed observed =
        update.before.with(update.entries).observe(after, Ledger.Manner.COUNTED);
    List<Reset> resets = new ArrayList<>(update.resets);
    resets.addAll(observed.resets());
    return new Result(observed.ledger(), resets, update.ended);
  }

  private Instant at() {
    return after.at();
  }

  /** Renames, and what goes from its place. */
  private final class Leaving implements Transition.Cases<Map<CounterId, Entry>> {
    @Override
    public Map<CounterId, Entry> chainRenamed(Transition.ChainRenamed one) {
      rename(one);
      return entries;
    }

    @Override
    public Map<CounterId, Entry> ended(Transition.Ended one) {
      close(one.address(), one.last());
      return entries;
    }

    @Override
    public Map<CounterId, Entry> begun(Transition.Begun one) {
      return entries;
    }

    @Override
    public Map<CounterId, Entry> carried(Transition.Carried one) {
      // One of a chain that is taken over is not in the ledger yet.
      Entry entry =
          Optional.ofNullable(entries.remove(one.from())).orElse(Entry.found(one.last(), at()));
      Counters end = switches.ends().getOrDefault(one.from(), one.last());
      Counters start = switches.starts().getOrDefault(one.from(), one.last());
      Entry went = advanced(one.from(), entry, end).rewritten(start);
      written.put(one.to(), went.called(Optional.empty()));
      return entries;
    }

    @Override
    public Map<CounterId, Entry> revived(Transition.Revived one) {
      return entries;
    }

    @Override
    public Map<CounterId, Entry> zeroed(Transition.Zeroed one) {
      close(one.address(), switches.ends().getOrDefault(one.address(), one.last()));
      return entries;
    }

    @Override
    public Map<CounterId, Entry> rebased(Transition.Rebased one) {
      Counters now = after.counters().getOrDefault(one.address(), one.last());
      close(one.address(), now);
      Amount base = Amount.ZERO.minus(Amount.of(now));
      written.put(one.address(), new Entry(base, now, at(), true));
      return entries;
    }
  }

  /** What is written with a counter of its own. */
  private final class Beginning implements Transition.Cases<Map<CounterId, Entry>> {
    @Override
    public Map<CounterId, Entry> chainRenamed(Transition.ChainRenamed one) {
      return entries;
    }

    @Override
    public Map<CounterId, Entry> ended(Transition.Ended one) {
      return entries;
    }

    @Override
    public Map<CounterId, Entry> begun(Transition.Begun one) {
      begin(one.address());
      return entries;
    }

    @Override
    public Map<CounterId, Entry> carried(Transition.Carried one) {
      return entries;
    }

    @Override
    public Map<CounterId, Entry> revived(Transition.Revived one) {
      Entry closed =
          Optional.ofNullable(before.closed().get(one.address()))
              .orElse(Entry.found(one.start(), at()));
      written.put(one.address(), closed.rewritten(one.start()));
      return entries;
    }

    @Override
    public Map<CounterId, Entry> zeroed(Transition.Zeroed one) {
      written.put(one.address(), Entry.begun(at()));
      return entries;
    }

    @Override
    public Map<CounterId, Entry> rebased(Transition.Rebased one) {
      return entries;
    }
  }

  /** A value below the last one is a reset that nobody has seen yet. */
  private Entry advanced(CounterId address, Entry entry, Counters now) {
    if (!now.known()) {
      return entry;
    }
    if (!entry.hasFallen(now)) {
      return entry.wentOn(now);
    }
    resets.add(new Reset(address, Reset.Cause.SMALLER, entry.seen(), before.at()));
    return entry.beganAnew(now, at());
  }

  private void close(CounterId address, Counters last) {
    Optional<Entry> entry = Optional.ofNullable(entries.remove(address));
    entry.ifPresent(open -> ended.put(address, advanced(address, open, last)));
  }

  private void rename(Transition.ChainRenamed rename) {
    Map<CounterId, Entry> renamed = new LinkedHashMap<>();
    entries.forEach((address, entry) -> renamed.put(renamed(address, rename), entry));
    entries.clear();
    entries.putAll(renamed);
  }

  private static CounterId renamed(CounterId id, Transition.ChainRenamed rename) {
    if (id.family() != rename.family() || !id.table().equals(rename.table())) {
      return id;
    }
    return id.match(
        new CounterId.Cases<CounterId>() {
          @Override
          public CounterId rule(CounterId.Rule rule) {
            return rule.chain().equals(rename.from())
                ? new CounterId.Rule(rule.family(), rule.table(), rename.to(), rule.label())
                : rule;
          }

          @Override
          public CounterId jump(CounterId.Jump jump) {
            return jump.to().equals(rename.from()) ? jump.to(rename.to()) : jump;
          }
        });
  }

  /** A counter that acct did not end, and whose rule it has to write: somebody has removed it. */
  private void begin(CounterId address) {
    Optional<Entry> lost =
        Optional.ofNullable(entries.get(address)).or(() -> calledOtherwise(address));
    if (lost.isEmpty()) {
      written.put(address, Entry.begun(at()));
    } else if (!lost.get().seen().isZero()) {
      resets.add(new Reset(address, Reset.Cause.GONE, lost.get().seen(), before.at()));
      written.put(address, lost.get().beganAnew(Counters.ZERO, at()).called(Optional.empty()));
    } else {
      written.put(address, lost.get().called(Optional.empty()));
    }
  }

  /** The rule had another comment, or none, before somebody removed it. */
  private Optional<Entry> calledOtherwise(CounterId address) {
    for (Map.Entry<CounterId, Entry> one : entries.entrySet()) {
      CounterId other = one.getKey();
      boolean same =
          one.getValue().policyName().equals(Optional.of(address.item()))
              && other.chain().equals(address.chain())
              && other.table().equals(address.table())
              && other.family() == address.family();
      if (same) {
        return Optional.of(entries.remove(other));
      }
    }
    return Optional.empty();
  }
}
