package acct.reconcile;

import acct.compile.OwnerMark;
import acct.host.HostException;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveTable;
import acct.netfilter.RuleBody;
import acct.netfilter.TableName;
import acct.netfilter.Words;
import acct.plan.Address;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Fate;
import acct.plan.Plan;
import acct.plan.TablePlan;
import acct.view.Carrying;
import acct.view.JournalEntry;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Carries the counters of rules that are rebuilt, exact to the packet, under traffic.
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
 *   <li>The transaction that rebuilds the rule, starting it at the last value known, deletes the
 *       twin as well. That leaves the leaf chain detached: no packet reaches it any more, and what
 *       it has counted is just what passed until that very moment.
 *   <li>The leaf is read, once and exactly, and removed. Constant and leaf are what the old rule
 *       had at its end; what the new one did not start with is its offset, for the journal.
 * </ol>
 *
 * Not for matches that remember packets: a twin would make them remember twice.
 */
final class Carry implements Carrying {
  private static final int READS = 5;
  private static final String LEAF = "acct-carry-";

  private final Host host;
  private final Set<Family> families;
  private final List<Twin> twins = new ArrayList<>();
  private final IdentityHashMap<Change, Twin> byChange = new IdentityHashMap<>();

  /** A rule that is rebuilt, and its twin. */
  private static final class Twin {
    private final Address address;
    private final ChainName chain;
    private final int position;
    private final RuleBody body;
    private final String owner;
    private final ChainName leaf;
    private final boolean writes;
    private final List<Counters> constants = new ArrayList<>();
    private Counters last = Counters.UNKNOWN;

    Twin(
        Address address,
        ChainName chain,
        int position,
        RuleBody body,
        String owner,
        ChainName leaf,
        boolean writes) {
      this.address = address;
      this.chain = chain;
      this.position = position;
      this.body = body;
      this.owner = owner;
      this.leaf = leaf;
      this.writes = writes;
    }

    private String words() {
      List<String> words = body.matchWords();
      words.addAll(List.of("-m", "comment", "--comment", OwnerMark.of(owner), "-j", leaf.value()));
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

    /** What the new rule starts at. */
    private Counters start(Counters read) {
      return constant().map(constant -> sum(constant, last)).orElse(read);
    }
  }

  private Carry(Host host, Set<Family> families) {
    this.host = host;
    this.families = families;
  }

  private static Counters sum(Counters a, Counters b) {
    return new Counters(a.packets() + b.packets(), a.bytes() + b.bytes());
  }

  private static Counters difference(Counters a, Counters b) {
    return new Counters(a.packets() - b.packets(), a.bytes() - b.bytes());
  }

  /** Writes the twins of all rules that a plan carries, and reads them. */
  static Carry prepare(Host host, Plan plan, Set<Family> families) throws HostException {
    Carry carry = new Carry(host, families);
    carry.find(plan);
    if (carry.twins.isEmpty()) {
      return carry;
    }
    try {
      carry.writeTwins();
      for (int i = 0; i < READS; i++) {
        Snapshot snapshot = host.read(families);
        for (Twin twin : carry.twins) {
          carry.sample(twin, snapshot);
        }
      }
      return carry;
    } catch (HostException e) {
      carry.cleanUp();
      throw e;
    }
  }

  private void find(Plan plan) throws HostException {
    IdentityHashMap<Change, Address> addresses = new IdentityHashMap<>();
    for (Plan.Located located : plan.changes()) {
      addresses.put(located.change(), located.address());
    }
    for (TablePlan table : plan.tables()) {
      for (ChainPlan chain : table.chains()) {
        for (Change change : chain.changes()) {
          if (change instanceof Change.Taken taken && isExact(change)) {
            RuleBody body = chain.live().get(taken.livePosition() - 1).body();
            add(
                change,
                addresses.get(change),
                chain.name(),
                taken.livePosition(),
                body,
                chain.owner());
          }
        }
      }
      for (Change change : table.jumps()) {
        if (change instanceof Change.JumpReplaced jump && isExact(change)) {
          add(
              change,
              addresses.get(change),
              jump.hook().chain(),
              jump.livePosition(),
              jump.jump().body(),
              jump.jump().owner());
        }
      }
    }
  }

  private static boolean isExact(Change change) {
    return change.fate().orElse(new Fate.New()) instanceof Fate.Carried carried && carried.exact();
  }

  private void add(
      Change change, Address address, ChainName chain, int position, RuleBody body, String owner)
      throws HostException {
    boolean writes = host.iptables(address.family()).backend().writesCounters(address.family());
    ChainName leaf = new ChainName(LEAF + (twins.size() + 1));
    Twin twin = new Twin(address, chain, position, body, owner, leaf, writes);
    twins.add(twin);
    byChange.put(change, twin);
  }

  private record Place(Family family, TableName table) {}

  private Map<Place, List<Twin>> byTable() {
    Map<Place, List<Twin>> byTable = new LinkedHashMap<>();
    for (Twin twin : twins) {
      byTable
          .computeIfAbsent(
              new Place(twin.address.family(), twin.address.table()), place -> new ArrayList<>())
          .add(twin);
    }
    return byTable;
  }

  private void writeTwins() throws HostException {
    for (Map.Entry<Place, List<Twin>> table : byTable().entrySet()) {
      List<Twin> lastFirst = new ArrayList<>(table.getValue());
      lastFirst.sort((a, b) -> Integer.compare(b.position, a.position));
      StringBuilder script = new StringBuilder("*" + table.getKey().table() + "\n");
      for (Twin twin : lastFirst) {
        script.append(":").append(twin.leaf).append(" - [0:0]\n");
        script.append("-A ").append(twin.leaf).append('\n');
      }
      for (Twin twin : lastFirst) {
        script.append("-I ").append(twin.chain).append(' ').append(twin.position).append(' ');
        script.append(twin.words()).append('\n');
      }
      host.iptables(table.getKey().family()).restore(script.append("COMMIT\n").toString());
    }
  }

  /** A sample counts only while nothing stands between the twin and its rule. */
  private void sample(Twin twin, Snapshot snapshot) {
    List<LiveRule> rules = rules(snapshot, twin, twin.chain);
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
    return snapshot
        .of(twin.address.family())
        .flatMap(live -> live.ruleset().table(twin.address.table()).chain(chain))
        .map(LiveChain::rules)
        .orElse(List.of());
  }

  @Override
  public Counters from(Change change, Counters read) {
    Twin twin = byChange.get(change);
    return twin == null ? read : twin.start(read);
  }

  /** The twins go in the transaction that rebuilds their rules, and before its positions count. */
  @Override
  public List<String> first(Family family, TableName table) {
    List<String> lines = new ArrayList<>();
    for (Twin twin : twins) {
      if (twin.address.family() == family && twin.address.table().equals(table)) {
        lines.add("-D " + twin.chain + " " + twin.words());
      }
    }
    return lines;
  }

  /** Reads the leaves, which no packet reaches any more, and removes them. */
  List<JournalEntry.Offset> finish() throws HostException {
    if (twins.isEmpty()) {
      return List.of();
    }
    Snapshot snapshot = host.read(families);
    List<JournalEntry.Offset> offsets = new ArrayList<>();
    for (Twin twin : twins) {
      List<LiveRule> leaf = rules(snapshot, twin, twin.leaf);
      Optional<Counters> constant = twin.constant();
      if (constant.isPresent() && leaf.size() == 1) {
        Counters end = sum(constant.get(), leaf.get(0).counters());
        Counters start = twin.writes ? twin.start(Counters.ZERO) : Counters.ZERO;
        offsets.add(new JournalEntry.Offset(twin.address.toString(), difference(end, start)));
      }
    }
    offsets.sort((a, b) -> a.address().compareTo(b.address()));
    cleanUp(snapshot);
    return offsets;
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
        for (LiveRule rule : rules(snapshot, twin, twin.chain)) {
          if (rule.words().contains(twin.leaf.value())) {
            jumps.append("-D ").append(twin.chain).append(' ').append(twin.words()).append('\n');
          }
        }
        if (isThere(snapshot, twin)) {
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

  private static boolean isThere(Snapshot snapshot, Twin twin) {
    Optional<LiveTable> table =
        snapshot.of(twin.address.family()).map(live -> live.ruleset().table(twin.address.table()));
    return table.isPresent() && table.get().chain(twin.leaf).isPresent();
  }
}
