package acct.totals;

import acct.netfilter.Counters;
import acct.netfilter.RuleBody;
import acct.plan.Address;
import acct.plan.ChainPlan;
import acct.plan.Counted;
import acct.plan.Plan;
import acct.plan.TablePlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
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
 */
public record Ledger(
    String epoch, Instant at, Map<Address, Entry> entries, Map<Address, Entry> closed) {
  /** Where nothing was read yet. */
  public static final Ledger EMPTY = new Ledger("", Instant.EPOCH, Map.of(), Map.of());

  public Ledger {
    entries = Collections.unmodifiableMap(entries);
    closed = Collections.unmodifiableMap(closed);
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
    BOOTED,
    /** acct has taken back what it had written, with the values it had read. */
    TAKEN_BACK
  }

  public Optional<Entry> entry(Address address) {
    return Optional.ofNullable(entries.get(address));
  }

  /** Adds up a reading. A value below the last one is a reset, and is added, never taken away. */
  public Observed observe(Look look, Manner manner) {
    Map<Address, Entry> next = new LinkedHashMap<>();
    List<Reset> resets = new ArrayList<>();
    boolean same = epoch.equals(look.epoch());
    entries.forEach(
        (address, entry) -> {
          Optional<Counters> now = Optional.ofNullable(look.counters().get(address));
          if (now.isEmpty() && !look.families().contains(address.family())) {
            next.put(address, entry);
          } else if (now.isEmpty()) {
            next.put(address, gone(address, entry, same, look, resets));
          } else {
            next.put(address, read(address, entry, now.get(), same, manner, look, resets));
          }
        });
    look.counters()
        .forEach((address, now) -> next.putIfAbsent(address, Entry.found(now, look.at())));
    return new Observed(new Ledger(look.epoch(), look.at(), next, closed), resets);
  }

  /**
   * A ledger after an undo.
   *
   * @param ended counts that the undo has ended, with what they had when they were last read
   */
  public record PutBack(Ledger ledger, Map<Address, Entry> ended) {
    public PutBack {
      ended = Collections.unmodifiableMap(new LinkedHashMap<>(ended));
    }
  }

  /**
   * Brings the ledger over an undo: what the apply had ended goes on, what it had begun ends.
   *
   * @param rewritten addresses of counters that the undo has written with a value of its own, which
   *     is no traffic
   */
  public PutBack putBack(Look look, Set<String> rewritten) {
    Map<Address, Entry> next = new LinkedHashMap<>();
    Map<Address, Entry> ended = new LinkedHashMap<>();
    entries.forEach(
        (address, entry) -> {
          Optional<Counters> now = Optional.ofNullable(look.counters().get(address));
          boolean revived = now.isPresent() && closed.containsKey(address);
          if (now.isEmpty() && !look.families().contains(address.family())) {
            next.put(address, entry);
          } else if (now.isEmpty() || revived) {
            ended.put(address, entry);
          } else if (rewritten.contains(address.toString()) || entry.hasFallen(now.get())) {
            next.put(address, entry.rewritten(now.get()));
          } else {
            next.put(address, entry.wentOn(now.get()));
          }
        });
    closed.forEach(
        (address, entry) -> {
          Optional<Counters> now = Optional.ofNullable(look.counters().get(address));
          if (now.isPresent()) {
            boolean fallen = entry.hasFallen(now.get());
            next.put(address, fallen ? entry.rewritten(now.get()) : entry.wentOn(now.get()));
          }
        });
    look.counters()
        .forEach((address, now) -> next.putIfAbsent(address, Entry.found(now, look.at())));
    return new PutBack(new Ledger(look.epoch(), look.at(), next, Map.of()), ended);
  }

  private Entry gone(Address address, Entry entry, boolean same, Look look, List<Reset> resets) {
    if (entry.seen().isZero()) {
      return entry;
    }
    Reset.Cause cause = same ? Reset.Cause.GONE : Reset.Cause.REBOOT;
    resets.add(new Reset(address, cause, entry.seen(), at));
    return entry.beganAnew(Counters.ZERO, look.at());
  }

  private Entry read(
      Address address,
      Entry entry,
      Counters now,
      boolean same,
      Manner manner,
      Look look,
      List<Reset> resets) {
    boolean fallen = entry.hasFallen(now);
    if (same && !fallen) {
      return entry.wentOn(now);
    }
    boolean written = manner == Manner.TAKEN_BACK || manner == Manner.BOOTED && !now.isZero();
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

  /** The same with a count that begins anew at a kernel value that stays as it is. */
  public Ledger zeroed(Address address, Counters kernel, Instant when) {
    Amount base = Amount.ZERO.minus(Amount.of(kernel));
    return with(address, new Entry(base, kernel, when, true));
  }

  /** The same with a count that began anew with its kernel counter, which has come to this. */
  public Ledger begun(Address address, Counters kernel, Instant when) {
    return with(address, new Entry(Amount.ZERO, kernel, when, true));
  }

  /** The same with what the policies call the rules whose comments in the kernel are others. */
  public Ledger named(Plan plan) {
    Map<Address, Entry> next = new LinkedHashMap<>();
    for (TablePlan table : plan.tables()) {
      for (ChainPlan chain : table.chains()) {
        names(chain)
            .forEach(
                (item, name) -> {
                  Address address =
                      new Address(table.family(), table.table(), chain.name(), Optional.of(item));
                  Entry entry = entries.get(address);
                  if (entry != null && !entry.policyName().equals(Optional.of(name))) {
                    next.put(address, entry.called(Optional.of(name)));
                  }
                });
      }
    }
    if (next.isEmpty()) {
      return this;
    }
    Map<Address, Entry> all = new LinkedHashMap<>(entries);
    all.putAll(next);
    return new Ledger(epoch, at, all, closed);
  }

  /** By the kernel's names: the policy's for rules that mean the same and are called otherwise. */
  private static Map<String, String> names(ChainPlan chain) {
    List<String> labels = Counted.items(chain.wanted());
    Set<String> known = new HashSet<>(labels);
    Map<RuleBody, String> otherwise = new LinkedHashMap<>();
    List<String> items = Counted.items(chain.live());
    for (int i = 0; i < items.size(); i++) {
      if (!known.contains(items.get(i))) {
        otherwise.putIfAbsent(chain.live().get(i).body(), items.get(i));
      }
    }
    Map<String, String> names = new LinkedHashMap<>();
    for (int i = 0; i < labels.size() && !otherwise.isEmpty(); i++) {
      String item = otherwise.remove(chain.wanted().get(i).body());
      if (item != null) {
        names.put(item, labels.get(i));
      }
    }
    return names;
  }

  private Ledger with(Address address, Entry entry) {
    Map<Address, Entry> next = new LinkedHashMap<>(entries);
    next.put(address, entry);
    return new Ledger(epoch, at, next, closed);
  }
}
