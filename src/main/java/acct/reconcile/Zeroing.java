package acct.reconcile;

import acct.counter.Counted;
import acct.counter.CounterId;
import acct.counter.CounterReading;
import acct.counter.Entry;
import acct.counter.Ledger;
import acct.counter.RowNames;
import acct.counter.Transition;
import acct.dataplane.Snapshot;
import acct.dataplane.iptables.Block;
import acct.dataplane.iptables.IptablesDataplane;
import acct.dataplane.iptables.ScriptCommand;
import acct.dataplane.iptables.ShadowCounters;
import acct.host.HostException;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.netfilter.RestoreLine;
import acct.netfilter.RuleBody;
import acct.netfilter.RuleParser;
import acct.netfilter.TableName;
import acct.netfilter.Words;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Sets counters to zero, and loses no packet: each is counted in the old total or in the new.
 *
 * <p>A rule's counter is zeroed in the kernel, in one transaction for each table, and {@link
 * ShadowCounters} tell what it had at that very moment. A jump in a built-in chain stands among
 * rules of others: its kernel counter stays as it is, and its count begins anew in the ledger. So
 * does that of a rule of others in a chain of acct's.
 */
public final class Zeroing {
  static final String COMMAND = "zero";

  private final IptablesDataplane host;
  private final Keeping keeping;
  private final Consumer<String> notices;

  /**
   * Zeroes on a machine.
   *
   * @param keeping which has totals
   */
  public Zeroing(IptablesDataplane host, Keeping keeping, Consumer<String> notices) {
    this.host = host;
    this.keeping = keeping;
    this.notices = notices;
  }

  /**
   * What was zeroed.
   *
   * @param exact whether no packet was lost between the last read and the zero
   */
  public record Zeroed(CounterId address, Entry before, boolean exact) {}

  /** A rule of acct's, and the chain it stands in. */
  private record Target(Counted.Chain chain, Counted.Count count, RuleBody body) {
    Block.Carry carry() {
      boolean exact = !body.isStateful() && RestoreLine.obstacle(body.matchWords()).isEmpty();
      return new Block.Carry(
          count.address(),
          chain.name(),
          count.position(),
          body.matchWords(),
          count.rule().words(),
          exact);
    }

    /** Whether it can be written anew. */
    boolean isWritable() {
      return RestoreLine.obstacle(count.rule().words()).isEmpty();
    }
  }

  /**
   * Zeroes them.
   *
   * @param names CHAIN or CHAIN/RULE
   * @throws HostException where one of the names is not acct's; then nothing was done
   */
  public List<Zeroed> run(Set<String> names) throws HostException {
    Recovery.run(host, keeping, notices);
    Snapshot snapshot = Recovery.cleaned(host, host.read(Set.of()), notices);
    List<Target> rules = new ArrayList<>();
    List<Counted.Count> inLedger = new ArrayList<>();
    Totals totals = keeping.totals().orElseThrow();
    find(snapshot, names, totals.ledger(), rules, inLedger);
    // What is zeroed has to be in the ledger before: a total can only end that has begun.
    totals.observe(snapshot, Ledger.Manner.COUNTED);
    Job job = job(rules, inLedger);
    Set<Family> families = EnumSet.noneOf(Family.class);
    families.addAll(job.families());
    Execution.Outcome outcome =
        new Execution(host, keeping.totals(), families, owners(rules), notices)
            .run(Tokens.next(), COMMAND, job);
    if (outcome.failure().isPresent()) {
      HostException e = outcome.failure().get();
      throw new HostException(
          e.kind(),
          e.getMessage()
              + (outcome.standing() == 0
                  ? "\nno total begins anew"
                  : "\n" + outcome.ended().size() + " totals begin anew (acct log)"));
    }
    Set<CounterId> inexact = new HashSet<>();
    rules.stream()
        .filter(rule -> !rule.carry().exact())
        .forEach(rule -> inexact.add(rule.count().address()));
    List<Zeroed> zeroed = new ArrayList<>();
    outcome
        .ended()
        .forEach(
            (address, entry) -> zeroed.add(new Zeroed(address, entry, !inexact.contains(address))));
    return zeroed;
  }

  private static Set<String> owners(List<Target> rules) {
    Set<String> owners = new TreeSet<>();
    rules.forEach(rule -> rule.chain().owner().ifPresent(owners::add));
    return owners;
  }

  private record Place(Family family, TableName table) {}

  /** One transaction for each table; what begins anew in the ledger alone goes with the first. */
  private Job job(List<Target> rules, List<Counted.Count> inLedger) throws HostException {
    Map<Place, List<Target>> byTable = new LinkedHashMap<>();
    Map<Place, List<Transition>> transitions = new LinkedHashMap<>();
    for (Target rule : rules) {
      Place place = new Place(rule.chain().family(), rule.chain().table());
      byTable.computeIfAbsent(place, none -> new ArrayList<>()).add(rule);
      transitions
          .computeIfAbsent(place, none -> new ArrayList<>())
          .add(new Transition.Zeroed(rule.count().address(), rule.count().rule().counters()));
    }
    for (Counted.Count count : inLedger) {
      Place place = new Place(count.address().family(), count.address().table());
      byTable.computeIfAbsent(place, none -> new ArrayList<>());
      transitions
          .computeIfAbsent(place, none -> new ArrayList<>())
          .add(new Transition.Rebased(count.address(), count.rule().counters()));
    }
    List<Job.Step> steps = new ArrayList<>();
    for (Map.Entry<Place, List<Target>> table : byTable.entrySet()) {
      List<Block.Carry> shadowed = new ArrayList<>();
      for (Target rule : table.getValue()) {
        if (rule.carry().exact()) {
          shadowed.add(rule.carry());
        }
      }
      steps.add(
          new Job.Step(
              block(table.getKey(), table.getValue()),
              transitions.get(table.getKey()),
              shadowed,
              ""));
    }
    return new Job(steps);
  }

  /**
   * Where a zero leaves in the kernel what was counted while it was done, those packets would be in
   * both totals: there the rule is written anew.
   */
  private Block block(Place place, List<Target> rules) throws HostException {
    boolean exactly = host.capabilities(place.family()).zeroesExactly();
    List<Block.Line> lines = new ArrayList<>();
    for (Target rule : rules) {
      ChainName chain = rule.chain().name();
      int position = rule.count().position();
      if (!exactly && rule.carry().exact()) {
        lines.add(new Block.Line(new ScriptCommand.DeleteAt(chain, position)));
        lines.add(
            new Block.Line(
                new ScriptCommand.Insert(
                    Counters.ZERO, chain, position, rule.count().rule().words())));
      } else {
        lines.add(new Block.Line(new ScriptCommand.ZeroAt(chain, position)));
      }
    }
    return new Block(place.family(), place.table(), lines);
  }

  private static void find(
      Snapshot snapshot,
      Set<String> names,
      Ledger ledger,
      List<Target> rules,
      List<Counted.Count> inLedger)
      throws HostException {
    Set<String> unknown = new LinkedHashSet<>(names);
    for (LiveRuleset live : snapshot.live()) {
      List<Counted.Chain> owned = Counted.owned(live);
      Set<ChainName> ours = new HashSet<>();
      owned.forEach(one -> ours.add(one.name()));
      for (Counted.Chain chain : owned) {
        String chainName = chain.name().value();
        boolean all = names.contains(chainName);
        if (all) {
          unknown.remove(chainName);
          chain.jumps().stream().filter(CounterReading::isCounted).forEach(inLedger::add);
        }
        RowNames naming = RowNames.of(chain.rules(), ledger);
        for (Counted.Count rule : chain.rules()) {
          String name = chainName + "/" + naming.name(rule);
          if (all || names.contains(name)) {
            unknown.remove(name);
            add(chain, rule, ours, rules, inLedger);
          }
        }
      }
    }
    if (!unknown.isEmpty()) {
      throw new HostException(
          HostException.Kind.FAILED,
          "no counter of acct's is called "
              + Words.display(String.join(", ", unknown))
              + ": nothing was zeroed; acct show lists them");
    }
  }

  /** A rule of others is not written, and one that can't be written is not either. */
  private static void add(
      Counted.Chain chain,
      Counted.Count rule,
      Set<ChainName> ours,
      List<Target> rules,
      List<Counted.Count> inLedger) {
    RuleBody body = RuleParser.parseLive(rule.rule().words(), chain.family()).body();
    Target target = new Target(chain, rule, body);
    if (Counted.onlyCounts(rule.rule(), chain.family(), ours) && target.isWritable()) {
      rules.add(target);
    } else {
      inLedger.add(rule);
    }
  }
}
