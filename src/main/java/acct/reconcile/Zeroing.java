package acct.reconcile;

import acct.host.HostException;
import acct.netfilter.Backend;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveTable;
import acct.netfilter.RuleBody;
import acct.netfilter.RuleParser;
import acct.netfilter.TableName;
import acct.netfilter.Words;
import acct.plan.Address;
import acct.plan.Counted;
import acct.plan.Differ;
import acct.text.PrintableText;
import acct.totals.Entry;
import acct.totals.Ledger;
import acct.totals.Look;
import acct.totals.Naming;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sets counters to zero, and loses no packet: each is counted in the old total or in the new.
 *
 * <p>A rule's counter is zeroed in the kernel, in one transaction for each table, and {@link Twins}
 * tell what it had at that very moment. A jump in a built-in chain stands among rules of others:
 * its kernel counter stays as it is, and its count begins anew in the ledger. So does that of a
 * rule of others in a chain of acct's.
 */
public final class Zeroing {
  private final Host host;
  private final Totals totals;

  public Zeroing(Host host, Totals totals) {
    this.host = host;
    this.totals = totals;
  }

  /**
   * What was zeroed.
   *
   * @param exact whether no packet was lost between the last read and the zero
   */
  public record Zeroed(Address address, Entry before, boolean exact) {}

  /** A rule of acct's, and the chain it stands in. */
  private record Target(Counted.Chain chain, Counted.Count count, RuleBody body) {
    boolean hasTwin() {
      return !body.isStateful();
    }
  }

  /**
   * Zeroes them.
   *
   * @param names CHAIN or CHAIN/RULE
   * @throws HostException where one of the names is not acct's; then nothing was done
   */
  public List<Zeroed> run(Set<String> names) throws HostException {
    Snapshot snapshot = host.read(Set.of());
    refuseLeftovers(snapshot);
    List<Target> rules = new ArrayList<>();
    List<Counted.Count> jumps = new ArrayList<>();
    find(snapshot, names, rules, jumps);
    Ledger before = totals.observe(snapshot, Ledger.Manner.COUNTED).ledger();
    Map<Address, Entry> had = new LinkedHashMap<>();
    rules.forEach(rule -> had.put(rule.count().address(), entry(before, rule.count())));
    jumps.forEach(jump -> had.put(jump.address(), entry(before, jump)));
    String note = totals.noteZeroing(had);
    Map<Address, Counters> ends;
    try {
      ends = zero(rules);
    } catch (HostException e) {
      totals.noteFailure(note);
      throw new HostException(
          e.kind(),
          e.getMessage()
              + "\nno total begins anew; kernel counters that were zeroed before that are in theirs");
    }
    Look now = totals.look(host.read(families(rules)), before);
    List<Zeroed> zeroed = new ArrayList<>();
    Ledger ledger = before;
    for (Target rule : rules) {
      Address address = rule.count().address();
      Optional<Counters> end = Optional.ofNullable(ends.get(address));
      Entry entry = had.get(address);
      Entry last = end.map(exact -> entry.wentOn(exact)).orElse(entry);
      zeroed.add(new Zeroed(address, last, end.isPresent()));
      Counters kernel = now.counters().getOrDefault(address, Counters.ZERO);
      ledger = ledger.begun(address, kernel, now.at());
    }
    for (Counted.Count jump : jumps) {
      Counters kernel = now.counters().getOrDefault(jump.address(), had.get(jump.address()).seen());
      Entry last = had.get(jump.address()).wentOn(kernel);
      zeroed.add(new Zeroed(jump.address(), last, true));
      ledger = ledger.zeroed(jump.address(), kernel, now.at());
    }
    totals.keepZeroed(note, ledger, zeroed);
    return zeroed;
  }

  private static void refuseLeftovers(Snapshot snapshot) throws HostException {
    for (Differ.Live live : snapshot.live()) {
      for (LiveTable table : live.ruleset().tables().values()) {
        for (ChainName chain : table.chains().keySet()) {
          if (Counted.isHelper(chain.value())) {
            throw new HostException(
                HostException.Kind.FAILED,
                "an apply or a zero was cut off and has left "
                    + chain
                    + ": run acct apply first, which removes it; nothing was zeroed");
          }
        }
      }
    }
  }

  private static Entry entry(Ledger ledger, Counted.Count count) {
    return ledger.entry(count.address()).orElseThrow();
  }

  private static Set<Family> families(List<Target> rules) {
    Set<Family> families = EnumSet.noneOf(Family.class);
    rules.forEach(rule -> families.add(rule.chain().family()));
    return families;
  }

  private static void find(
      Snapshot snapshot, Set<String> names, List<Target> rules, List<Counted.Count> jumps)
      throws HostException {
    Set<String> unknown = new LinkedHashSet<>(names);
    for (Differ.Live live : snapshot.live()) {
      List<Counted.Chain> owned = Counted.owned(live);
      Set<ChainName> ours = new HashSet<>();
      owned.forEach(one -> ours.add(one.name()));
      for (Counted.Chain chain : owned) {
        String chainName = chain.name().value();
        boolean all = names.contains(chainName);
        if (all) {
          unknown.remove(chainName);
          jumps.addAll(chain.jumps());
        }
        Naming naming = Naming.of(chain.rules());
        for (Counted.Count rule : chain.rules()) {
          String name = chainName + "/" + naming.name(rule);
          if (all || names.contains(name)) {
            unknown.remove(name);
            if (!Counted.onlyCounts(rule.rule(), chain.family(), ours)) {
              jumps.add(rule);
              continue;
            }
            RuleBody body = RuleParser.parseLive(rule.rule().words(), chain.family()).body();
            rules.add(new Target(chain, rule, body));
          }
        }
      }
    }
    if (!unknown.isEmpty()) {
      throw new HostException(
          HostException.Kind.FAILED,
          "no counter of acct's is called "
              + PrintableText.of(String.join(", ", unknown))
              + ": nothing was zeroed; acct show lists them");
    }
  }

  /** The values of those rules that could be told exactly at the moment of their zero. */
  private Map<Address, Counters> zero(List<Target> rules) throws HostException {
    List<Twins.Subject> subjects = new ArrayList<>();
    for (Target rule : rules) {
      if (rule.hasTwin()) {
        subjects.add(
            new Twins.Subject(
                rule.count().address(),
                rule.chain().name(),
                rule.count().position(),
                rule.body(),
                rule.chain().owner().orElseThrow()));
      }
    }
    Twins twins = Twins.prepare(host, subjects, families(rules));
    try {
      for (Map.Entry<Place, List<Target>> table : byTable(rules).entrySet()) {
        Family family = table.getKey().family();
        host.iptables(family).restore(script(table.getKey(), table.getValue(), twins));
      }
    } catch (HostException e) {
      twins.cleanUp();
      throw e;
    }
    twins.finish();
    Map<Address, Counters> ends = new HashMap<>();
    for (Twins.Twin twin : twins.all()) {
      twin.end().ifPresent(end -> ends.put(twin.subject().address(), end));
    }
    return ends;
  }

  private record Place(Family family, TableName table) {}

  private static Map<Place, List<Target>> byTable(List<Target> rules) {
    Map<Place, List<Target>> byTable = new LinkedHashMap<>();
    for (Target rule : rules) {
      Place place = new Place(rule.chain().family(), rule.chain().table());
      byTable.computeIfAbsent(place, none -> new ArrayList<>()).add(rule);
    }
    return byTable;
  }

  /**
   * On legacy -Z leaves in the kernel what was counted while iptables itself was at work, so that
   * those packets would be in both totals: there the rule is written anew.
   */
  private String script(Place place, List<Target> rules, Twins twins) throws HostException {
    boolean legacy = host.iptables(place.family()).backend().kind() == Backend.Kind.LEGACY;
    StringBuilder script = new StringBuilder("*" + place.table() + "\n");
    for (String line : twins.first(place.family(), place.table())) {
      script.append(line).append('\n');
    }
    for (Target rule : rules) {
      String where = rule.chain().name() + " " + rule.count().position();
      if (legacy && rule.hasTwin()) {
        script.append("-D ").append(where).append('\n');
        script.append("-I ").append(where).append(' ');
        script.append(Words.join(rule.count().rule().words())).append('\n');
      } else {
        script.append("-Z ").append(where).append('\n');
      }
    }
    return script.append("COMMIT\n").toString();
  }
}
