package acct.reconcile;

import acct.counter.Counted;
import acct.counter.CounterId;
import acct.counter.CounterReading;
import acct.counter.Entry;
import acct.counter.Ledger;
import acct.counter.RowNames;
import acct.dataplane.Dataplane;
import acct.dataplane.Executed;
import acct.dataplane.Run;
import acct.dataplane.Snapshot;
import acct.host.HostException;
import acct.host.Tokens;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Words;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Sets counters to zero, and loses no packet: each is counted in the old total or in the new.
 *
 * <p>A rule's counter is zeroed in the kernel, and the dataplane tells what it had at that very
 * moment. A jump in a built-in chain stands among rules of others: its kernel counter stays as it
 * is, and its count begins anew in the ledger. So does that of a rule of others in a chain of
 * acct's.
 */
public final class Zeroing {
  static final String COMMAND = "zero";

  private final Dataplane dataplane;
  private final Keeping keeping;
  private final Consumer<String> notices;

  /**
   * Zeroes on a machine.
   *
   * @param keeping which has totals
   */
  public Zeroing(Dataplane dataplane, Keeping keeping, Consumer<String> notices) {
    this.dataplane = dataplane;
    this.keeping = keeping;
    this.notices = notices;
  }

  /**
   * What was zeroed.
   *
   * @param exact whether no packet was lost between the last read and the zero
   */
  public record Zeroed(CounterId address, Entry before, boolean exact) {}

  /**
   * Zeroes them.
   *
   * @param names CHAIN or CHAIN/RULE
   * @throws HostException where one of the names is not acct's; then nothing was done
   */
  public List<Zeroed> run(Set<String> names) throws HostException {
    Recovery.run(dataplane, keeping, notices);
    Snapshot snapshot = Recovery.cleaned(dataplane, dataplane.read(Set.of()), notices);
    Totals totals = keeping.totals().orElseThrow();
    List<Dataplane.ToZero> counters = find(snapshot, names, totals.ledger());
    // What is zeroed has to be in the ledger before: a total can only end that has begun.
    totals.observe(snapshot, Ledger.Manner.COUNTED);
    Run run =
        new Run(Tokens.next(), COMMAND, owners(counters), families(counters), totals, notices);
    Dataplane.Zeroed zeroed = dataplane.zero(run, counters);
    return zeroed.executed().match(results(zeroed.inexact()));
  }

  private static Executed.Cases<List<Zeroed>, HostException> results(Set<CounterId> inexact) {
    return new Executed.Cases<List<Zeroed>, HostException>() {
      @Override
      public List<Zeroed> whole(Executed.Whole whole) {
        List<Zeroed> zeroed = new ArrayList<>();
        whole
            .ended()
            .forEach((id, entry) -> zeroed.add(new Zeroed(id, entry, !inexact.contains(id))));
        return zeroed;
      }

      @Override
      public List<Zeroed> stopped(Executed.Stopped stopped) throws HostException {
        throw failed(stopped.failure(), stopped.ended().size() + " totals begin anew (acct log)");
      }

      @Override
      public List<Zeroed> nothingDone(Executed.NothingDone nothing) throws HostException {
        throw failed(nothing.failure(), "no total begins anew");
      }
    };
  }

  private static HostException failed(HostException failure, String what) {
    return new HostException(failure.kind(), failure.getMessage() + "\n" + what);
  }

  private static Set<String> owners(List<Dataplane.ToZero> counters) {
    Set<String> owners = new TreeSet<>();
    for (Dataplane.ToZero one : counters) {
      if (!one.onlyInLedger()) {
        one.chain().owner().ifPresent(owners::add);
      }
    }
    return owners;
  }

  private static Set<Family> families(List<Dataplane.ToZero> counters) {
    Set<Family> families = EnumSet.noneOf(Family.class);
    counters.forEach(one -> families.add(one.count().address().family()));
    return families;
  }

  private static List<Dataplane.ToZero> find(Snapshot snapshot, Set<String> names, Ledger ledger)
      throws HostException {
    Search search = new Search(names, ledger);
    for (LiveRuleset live : snapshot.live()) {
      List<Counted.Chain> owned = Counted.owned(live);
      Set<ChainName> ours = new HashSet<>();
      owned.forEach(one -> ours.add(one.name()));
      owned.forEach(chain -> search.look(chain, ours));
    }
    if (!search.unknown.isEmpty()) {
      throw new HostException(
          HostException.Kind.FAILED,
          "no counter of acct's is called "
              + Words.display(String.join(", ", search.unknown))
              + ": nothing was zeroed; acct show lists them");
    }
    return search.found;
  }

  /** Finds counters by their names. */
  private static final class Search {
    private final Set<String> names;
    private final Ledger ledger;
    private final Set<String> unknown;
    private final List<Dataplane.ToZero> found = new ArrayList<>();

    Search(Set<String> names, Ledger ledger) {
      this.names = names;
      this.ledger = ledger;
      this.unknown = new LinkedHashSet<>(names);
    }

    void look(Counted.Chain chain, Set<ChainName> ours) {
      String chainName = chain.name().value();
      boolean all = names.contains(chainName);
      if (all) {
        unknown.remove(chainName);
        for (Counted.Count jump : chain.jumps()) {
          if (CounterReading.isCounted(jump)) {
            found.add(new Dataplane.ToZero(chain, jump, true));
          }
        }
      }
      RowNames naming = RowNames.of(chain.rules(), ledger);
      for (Counted.Count rule : chain.rules()) {
        String name = chainName + "/" + naming.name(rule);
        if (all || names.contains(name)) {
          unknown.remove(name);
          boolean ofOthers = !Counted.onlyCounts(rule.rule(), chain.family(), ours);
          found.add(new Dataplane.ToZero(chain, rule, ofOthers));
        }
      }
    }
  }
}
