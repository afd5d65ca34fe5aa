package acct.totals;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.plan.Address;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Counted;
import acct.plan.Fate;
import acct.plan.Plan;
import acct.plan.TablePlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Brings a ledger over an apply, by the fates that its plan has told. */
public final class Applied {
  private final Map<Address, Entry> entries;
  private final Map<Address, Entry> closed = new LinkedHashMap<>();
  private final Map<Address, Entry> carried = new LinkedHashMap<>();
  private final List<Reset> resets = new ArrayList<>();
  private final Map<Address, Counters> offsets;
  private final Ledger before;
  private final Instant at;

  private Applied(Ledger before, Map<Address, Counters> offsets, Instant at) {
    this.before = before;
    this.entries = new LinkedHashMap<>(before.entries());
    this.offsets = offsets;
    this.at = at;
  }

  /**
   * What the ledger is after an apply.
   *
   * @param ledger with what was read before it
   * @param offsets what carried counters had beyond what they were written with
   * @param after what was read when it was done
   */
  public static Ledger.Observed of(
      Ledger ledger, Plan plan, Map<Address, Counters> offsets, Look after) {
    Applied applied = new Applied(ledger, offsets, after.at());
    plan.tables().forEach(applied::leave);
    plan.tables().forEach(applied::begin);
    Map<Address, Entry> all = new LinkedHashMap<>(applied.entries);
    applied.carried.forEach(
        (address, entry) -> {
          Counters now = after.counters().getOrDefault(address, entry.seen());
          all.put(address, entry.with(entry.base(), now));
        });
    Ledger.Observed last =
        new Ledger(ledger.epoch(), ledger.at(), all, applied.closed)
            .observe(after, Ledger.Manner.COUNTED);
    applied.resets.addAll(last.resets());
    Ledger whole = applied.closeForgotten(last.ledger(), plan, after);
    return new Ledger.Observed(whole.named(plan), applied.resets);
  }

  /** What somebody has removed from a chain of the policies, and the policies don't have either. */
  private Ledger closeForgotten(Ledger ledger, Plan plan, Look after) {
    Set<Counted.Place> places = new HashSet<>();
    for (TablePlan table : plan.tables()) {
      for (ChainPlan chain : table.chains()) {
        places.add(new Counted.Place(table.family(), table.table(), chain.name()));
      }
    }
    Map<Address, Entry> open = new LinkedHashMap<>();
    Map<Address, Entry> ended = new LinkedHashMap<>(closed);
    ledger
        .entries()
        .forEach(
            (address, entry) -> {
              Counted.Place place =
                  new Counted.Place(address.family(), address.table(), address.chain());
              boolean forgotten = places.contains(place) && !after.counters().containsKey(address);
              (forgotten ? ended : open).put(address, entry);
            });
    return new Ledger(ledger.epoch(), ledger.at(), open, ended);
  }

  private static Address address(TablePlan table, ChainName chain, String item) {
    return new Address(table.family(), table.table(), chain, Optional.of(item));
  }

  /** Renames, and what goes: counters that end, and those that are carried. */
  private void leave(TablePlan table) {
    for (Change.ChainRenamed rename : table.renames()) {
      rename(table, rename);
    }
    for (Change change : table.jumps()) {
      if (change instanceof Change.JumpRemoved jump) {
        close(address(table, jump.hook().chain(), jump.to().value()));
      } else if (change instanceof Change.JumpReplaced jump) {
        Address address = address(table, jump.hook().chain(), jump.to().value());
        goOn(address, address, jump);
      }
    }
    for (ChainPlan chain : table.chains()) {
      List<String> items = chain.changes().isEmpty() ? List.of() : Counted.items(chain.live());
      for (Change change : chain.changes()) {
        if (change instanceof Change.Taken taken) {
          Address was = address(table, chain.name(), items.get(taken.livePosition() - 1));
          Address is = address(table, chain.name(), taken.label());
          goOn(was, is, change);
        }
      }
    }
  }

  private void rename(TablePlan table, Change.ChainRenamed rename) {
    Map<Address, Entry> renamed = new LinkedHashMap<>();
    entries.forEach(
        (address, entry) -> {
          boolean here =
              address.family() == table.family() && address.table().equals(table.table());
          String item = address.item().orElse("");
          if (here && address.chain().equals(rename.from())) {
            renamed.put(address(table, rename.to(), item), entry);
          } else if (here && address.chain().isBuiltIn() && item.equals(rename.from().value())) {
            renamed.put(address(table, address.chain(), rename.to().value()), entry);
          } else {
            renamed.put(address, entry);
          }
        });
    entries.clear();
    entries.putAll(renamed);
  }

  private void goOn(Address was, Address is, Change change) {
    if (change.fate().orElse(new Fate.New()) instanceof Fate.Carried) {
      // One of a chain that is taken over is not in the ledger yet.
      Entry entry =
          Optional.ofNullable(entries.remove(was)).orElse(Entry.found(Counters.UNKNOWN, at));
      Amount more = Amount.of(offsets.getOrDefault(is, Counters.ZERO));
      Entry went = entry.with(entry.base().plus(more), entry.seen());
      carried.put(is, went.called(Optional.empty()));
    } else {
      close(was);
    }
  }

  private void close(Address address) {
    Optional<Entry> entry = Optional.ofNullable(entries.remove(address));
    entry.ifPresent(ended -> closed.put(address, ended));
  }

  /** What is written with a counter at zero. */
  private void begin(TablePlan table) {
    for (Change change : table.jumps()) {
      if (change instanceof Change.JumpAdded jump) {
        begin(address(table, jump.hook().chain(), jump.to().value()));
      } else if (change instanceof Change.JumpReplaced jump && isNew(jump)) {
        begin(address(table, jump.hook().chain(), jump.to().value()));
      }
    }
    for (ChainPlan chain : table.chains()) {
      for (Change change : chain.changes()) {
        if (change instanceof Change.Written written && isNew(change)) {
          begin(address(table, chain.name(), written.label()));
        }
      }
    }
  }

  private static boolean isNew(Change change) {
    return !(change.fate().orElse(new Fate.New()) instanceof Fate.Carried);
  }

  /** A counter that acct did not end, and whose rule it has to write: somebody has removed it. */
  private void begin(Address address) {
    Optional<Entry> lost =
        Optional.ofNullable(entries.get(address)).or(() -> calledOtherwise(address));
    if (lost.isEmpty()) {
      entries.put(address, Entry.begun(at));
    } else if (!lost.get().seen().isZero()) {
      resets.add(new Reset(address, Reset.Cause.GONE, lost.get().seen(), before.at()));
      entries.put(address, lost.get().beganAnew(Counters.ZERO, at).called(Optional.empty()));
    } else {
      entries.put(address, lost.get().called(Optional.empty()));
    }
  }

  /** The rule had another comment, or none, before somebody removed it. */
  private Optional<Entry> calledOtherwise(Address address) {
    for (Map.Entry<Address, Entry> one : entries.entrySet()) {
      Address other = one.getKey();
      boolean same =
          one.getValue().policyName().equals(address.item())
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
