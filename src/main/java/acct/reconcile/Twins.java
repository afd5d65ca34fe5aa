package acct.reconcile;

import acct.compile.OwnerMark;
import acct.host.HostException;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.RuleBody;
import acct.netfilter.TableName;
import acct.netfilter.Words;
import acct.plan.Address;
import acct.plan.Counted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells what rules had at their very end, exact to the packet, under traffic.
 *
 * <p>The value a rule had when it went can't be read once it is gone, and what was read before
 * lacks the packets since. So:
 *
 * <ol>
 *   <li>Right before each such rule a <em>twin</em> is written: the same match, with a jump to a
 *       leaf chain of its own in which one rule counts. From then on both count the same packets,
 *       so that the rule is the twin plus a constant.
 *   <li>That constant is read several times, and the smallest is it: a packet between the two
 *       readings can only make it larger, for the twin stands first.
 *   <li>The transaction that rebuilds the rule deletes the twin as well. That leaves the leaf chain
 *       detached: no packet reaches it any more, and what it has counted is just what passed until
 *       that very moment.
 *   <li>The leaf is read, once and exactly, and removed. Constant and leaf are what the old rule
 *       had at its end.
 * </ol>
 *
 * Not for matches that remember packets: a twin would make them remember twice.
 */
final class Twins {
  private static final int READS = 5;

  private final Host host;
  private final Set<Family> families;
  private final List<Twin> twins = new ArrayList<>();

  /**
   * A rule that is rebuilt.
   *
   * @param chain it stands in
   * @param position in it, from 1
   */
  record Subject(Address address, ChainName chain, int position, RuleBody body, String owner) {}

  /** A rule that is rebuilt, and its twin. */
  static final class Twin {
    private final Subject subject;
    private final ChainName leaf;
    private final List<Counters> constants = new ArrayList<>();
    private Counters last = Counters.UNKNOWN;
    private Optional<Counters> leafEnd = Optional.empty();

    private Twin(Subject subject, ChainName leaf) {
      this.subject = subject;
      this.leaf = leaf;
    }

    Subject subject() {
      return subject;
    }

    private String words() {
      List<String> words = subject.body.matchWords();
      words.addAll(
          List.of("-m", "comment", "--comment", OwnerMark.of(subject.owner), "-j", leaf.value()));
      return Words.join(words);
    }

    /** The smallest; nothing when the twin never stood right before its rule. */
    private Optional<Counters> constant() {
      if (constants.size() < READS) {
        return Optional.empty();
      }
      long packets = constants.get(0).packets();
      long bytes = constants.get(0).bytes();
      for (Counters one : constants) {
        packets = one.packets() - packets < 0 ? one.packets() : packets;
        bytes = one.bytes() - bytes < 0 ? one.bytes() : bytes;
      }
      return Optional.of(new Counters(packets, bytes));
    }

    /**
     * The rule's last known value.
     *
     * @param read what was read before there was a twin
     */
    Counters known(Counters read) {
      return constant().map(constant -> sum(constant, last)).orElse(read);
    }

    /** What the rule had at its end; nothing where another program has disturbed the twin. */
    Optional<Counters> end() {
      return constant().flatMap(constant -> leafEnd.map(leaf -> sum(constant, leaf)));
    }
  }

  private Twins(Host host, Set<Family> families) {
    this.host = host;
    this.families = families;
  }

  static Counters sum(Counters a, Counters b) {
    return new Counters(a.packets() + b.packets(), a.bytes() + b.bytes());
  }

  static Counters difference(Counters a, Counters b) {
    return new Counters(a.packets() - b.packets(), a.bytes() - b.bytes());
  }

  /** Writes the twins of rules, and reads them. */
  static Twins prepare(Host host, List<Subject> subjects, Set<Family> families)
      throws HostException {
    Twins twins = new Twins(host, families);
    for (Subject subject : subjects) {
      twins.twins.add(new Twin(subject, Counted.helper(twins.twins.size() + 1)));
    }
    if (subjects.isEmpty()) {
      return twins;
    }
    try {
      twins.write();
      for (int i = 0; i < READS; i++) {
        Snapshot snapshot = host.read(families);
        for (Twin twin : twins.twins) {
          sample(twin, snapshot);
        }
      }
      return twins;
    } catch (HostException e) {
      twins.cleanUp();
      throw e;
    }
  }

  /** In the order of their subjects. */
  List<Twin> all() {
    return twins;
  }

  private record Place(Family family, TableName table) {}

  private Map<Place, List<Twin>> byTable() {
    Map<Place, List<Twin>> byTable = new LinkedHashMap<>();
    for (Twin twin : twins) {
      Address address = twin.subject.address;
      byTable
          .computeIfAbsent(new Place(address.family(), address.table()), place -> new ArrayList<>())
          .add(twin);
    }
    return byTable;
  }

  private void write() throws HostException {
    for (Map.Entry<Place, List<Twin>> table : byTable().entrySet()) {
      List<Twin> lastFirst = new ArrayList<>(table.getValue());
      lastFirst.sort((a, b) -> Integer.compare(b.subject.position, a.subject.position));
      StringBuilder script = new StringBuilder("*" + table.getKey().table() + "\n");
      for (Twin twin : lastFirst) {
        script.append(":").append(twin.leaf).append(" - [0:0]\n");
        script.append("-A ").append(twin.leaf).append('\n');
      }
      for (Twin twin : lastFirst) {
        script.append("-I ").append(twin.subject.chain).append(' ');
        script.append(twin.subject.position).append(' ').append(twin.words()).append('\n');
      }
      host.iptables(table.getKey().family()).restore(script.append("COMMIT\n").toString());
    }
  }

  /** A sample counts only while nothing stands between the twin and its rule. */
  private static void sample(Twin twin, Snapshot snapshot) {
    List<LiveRule> rules = rules(snapshot, twin, twin.subject.chain);
    for (int i = 0; i + 1 < rules.size(); i++) {
      List<String> words = rules.get(i).words();
      boolean isTwin = !words.isEmpty() && words.get(words.size() - 1).equals(twin.leaf.value());
      Counters own = rules.get(i).counters();
      Counters old = rules.get(i + 1).counters();
      if (isTwin && own.known() && old.known()) {
        twin.constants.add(difference(old, own));
        twin.last = own;
      }
    }
  }

  private static List<LiveRule> rules(Snapshot snapshot, Twin twin, ChainName chain) {
    Address address = twin.subject.address;
    return snapshot
        .of(address.family())
        .flatMap(live -> live.ruleset().table(address.table()).chain(chain))
        .map(LiveChain::rules)
        .orElse(List.of());
  }

  /** Lines that delete the twins: in the transaction that rebuilds their rules, and first in it. */
  List<String> first(Family family, TableName table) {
    List<String> lines = new ArrayList<>();
    for (Twin twin : twins) {
      Address address = twin.subject.address;
      if (address.family() == family && address.table().equals(table)) {
        lines.add("-D " + twin.subject.chain + " " + twin.words());
      }
    }
    return lines;
  }

  /** Reads the leaves, which no packet reaches any more, and removes them. */
  void finish() throws HostException {
    if (twins.isEmpty()) {
      return;
    }
    Snapshot snapshot = host.read(families);
    for (Twin twin : twins) {
      List<LiveRule> leaf = rules(snapshot, twin, twin.leaf);
      if (leaf.size() == 1) {
        twin.leafEnd = Optional.of(leaf.get(0).counters());
      }
    }
    cleanUp(snapshot);
  }

  /** Removes whatever twins and leaves stand. */
  void cleanUp() throws HostException {
    if (!twins.isEmpty()) {
      cleanUp(host.read(families));
    }
  }

  private void cleanUp(Snapshot snapshot) throws HostException {
    for (Map.Entry<Place, List<Twin>> table : byTable().entrySet()) {
      StringBuilder jumps = new StringBuilder();
      StringBuilder chains = new StringBuilder();
      for (Twin twin : table.getValue()) {
        for (LiveRule rule : rules(snapshot, twin, twin.subject.chain)) {
          if (rule.words().contains(twin.leaf.value())) {
            jumps.append("-D ").append(twin.subject.chain).append(' ');
            jumps.append(twin.words()).append('\n');
          }
        }
        boolean isThere =
            snapshot
                .of(table.getKey().family())
                .flatMap(live -> live.ruleset().table(table.getKey().table()).chain(twin.leaf))
                .isPresent();
        if (isThere) {
          chains.append("-F ").append(twin.leaf).append('\n');
          chains.append("-X ").append(twin.leaf).append('\n');
        }
      }
      if (jumps.length() + chains.length() > 0) {
        String script = "*" + table.getKey().table() + "\n" + jumps + chains + "COMMIT\n";
        host.iptables(table.getKey().family()).restore(script);
      }
    }
  }
}
