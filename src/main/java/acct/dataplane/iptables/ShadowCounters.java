package acct.dataplane.iptables;

import acct.counter.CounterId;
import acct.counter.HelperChains;
import acct.counter.Pending;
import acct.dataplane.Operation;
import acct.dataplane.Snapshot;
import acct.dataplane.Transaction;
import acct.host.HostException;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.netfilter.Rule;
import acct.netfilter.RuleParser;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Shadow chains tell what rules had at their very end, exact to the packet, under traffic.
 *
 * <p>The value a rule had when it went can't be read once it is gone, and what was read before
 * lacks the packets since. So:
 *
 * <ol>
 *   <li>Right before each such rule a jump with the same match is written, to a chain of its own in
 *       which one rule counts: its <em>shadow</em>. From then on both count the same packets, so
 *       that the rule is the shadow plus a constant.
 *   <li>That constant is read several times, and the smallest is it: a packet between the two
 *       readings can only make it larger, for the jump stands first.
 *   <li>The transaction that rebuilds the rule deletes the jump as well. That leaves the shadow
 *       detached: no packet reaches it any more, and what it has counted is just what passed until
 *       that very moment.
 *   <li>The shadow is read, once and exactly, and removed when the ledger has it. Constant and
 *       shadow are what the old rule had at its end.
 * </ol>
 *
 * Not for matches that remember packets: they would remember twice.
 */
public final class ShadowCounters {
  private static final int READS = 5;

  private final Kernel kernel;
  private final Set<Family> families;
  private final String token;
  private final List<Shadow> shadows = new ArrayList<>();
  private final List<Marker> markers = new ArrayList<>();

  /**
   * A rule that a transaction rebuilds.
   *
   * @param carry the rule, as the transaction finds it
   * @param nameBefore the name of its chain while the shadow is made: a transaction before may give
   *     the chain another
   */
  public record Subject(Transaction.Carry carry, ChainName nameBefore) {}

  /** A table whose transaction removes a helper chain, so that it can be told whether it stands. */
  public record Marked(Family family, TableName table) {}

  private record Marker(Marked place, ChainName chain) {}

  private static final class Shadow {
    private final Transaction.Carry rule;
    private final ChainName nameBefore;
    private final ChainName chain;
    private final List<String> jump;
    private final List<Counters> constants = new ArrayList<>();
    private Counters last = Counters.UNKNOWN;

    Shadow(Subject subject, ChainName chain, String comment) {
      this.rule = subject.carry();
      this.nameBefore = subject.nameBefore();
      this.chain = chain;
      List<String> words = new ArrayList<>(rule.match());
      words.addAll(List.of("-m", "comment", "--comment", comment, "-j", chain.value()));
      this.jump = words;
    }

    CounterId address() {
      return rule.from();
    }

    /** The smallest; nothing when the jump never stood right before its rule. */
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
  }

  private ShadowCounters(Kernel kernel, Set<Family> families, String token) {
    this.kernel = kernel;
    this.families = families;
    this.token = token;
  }

  public static Counters difference(Counters a, Counters b) {
    return new Counters(a.packets() - b.packets(), a.bytes() - b.bytes());
  }

  private static Counters sum(Counters a, Counters b) {
    return new Counters(a.packets() + b.packets(), a.bytes() + b.bytes());
  }

  /**
   * Names the helper chains; nothing is written yet.
   *
   * @param token of the run, in the name of each chain
   */
  public static ShadowCounters named(
      Kernel kernel,
      Set<Family> families,
      String token,
      List<Subject> subjects,
      List<Marked> marked) {
    ShadowCounters shadows = new ShadowCounters(kernel, families, token);
    int number = 0;
    for (Subject subject : subjects) {
      number++;
      ChainName chain = HelperChains.name(token, number);
      shadows.shadows.add(new Shadow(subject, chain, HelperChains.comment(token)));
    }
    for (Marked place : marked) {
      number++;
      shadows.markers.add(new Marker(place, HelperChains.name(token, number)));
    }
    return shadows;
  }

  /** The helper chain that marks a table's transaction, where it has one. */
  public Optional<ChainName> marker(Family family, TableName table) {
    for (Marker marker : markers) {
      if (marker.place().equals(new Marked(family, table))) {
        return Optional.of(marker.chain());
      }
    }
    return Optional.empty();
  }

  /**
   * Writes the helper chains and reads the constants.
   *
   * @throws HostException where that failed; what was written is removed as far as possible
   */
  public void prepare() throws HostException {
    if (shadows.isEmpty() && markers.isEmpty()) {
      return;
    }
    try {
      write();
      for (int i = 0; i < READS && !shadows.isEmpty(); i++) {
        Snapshot snapshot = kernel.read(families);
        shadows.forEach(shadow -> sample(shadow, snapshot));
      }
    } catch (HostException e) {
      cleanUp(kernel, kernel.read(families));
      throw e;
    }
  }

  private record Place(Family family, TableName table) {}

  private void write() throws HostException {
    Map<Place, List<Transaction.Step>> blocks = new LinkedHashMap<>();
    List<Shadow> lastFirst = new ArrayList<>(shadows);
    lastFirst.sort((a, b) -> Integer.compare(b.rule.position(), a.rule.position()));
    for (Shadow shadow : lastFirst) {
      make(blocks, shadow.address().family(), shadow.address().table(), shadow.chain);
    }
    for (Marker marker : markers) {
      make(blocks, marker.place().family(), marker.place().table(), marker.chain());
    }
    for (Shadow shadow : lastFirst) {
      blocks
          .get(new Place(shadow.address().family(), shadow.address().table()))
          .add(
              new Transaction.Step(
                  new Operation.Insert(
                      Counters.ZERO, shadow.nameBefore, shadow.rule.position(), shadow.jump)));
    }
    for (Map.Entry<Place, List<Transaction.Step>> block : blocks.entrySet()) {
      Place place = block.getKey();
      kernel.write(new Transaction(place.family(), place.table(), block.getValue()));
    }
  }

  private void make(
      Map<Place, List<Transaction.Step>> blocks, Family family, TableName table, ChainName chain) {
    List<Transaction.Step> lines =
        blocks.computeIfAbsent(new Place(family, table), place -> new ArrayList<>());
    lines.add(new Transaction.Step(new Operation.NewChain(chain)));
    lines.add(
        new Transaction.Step(
            new Operation.Append(
                Counters.ZERO,
                chain,
                List.of("-m", "comment", "--comment", HelperChains.comment(token)))));
  }

  /** A sample counts only while nothing stands between the jump and its rule. */
  private static void sample(Shadow shadow, Snapshot snapshot) {
    CounterId address = shadow.address();
    List<LiveRule> rules = rules(snapshot, address, shadow.nameBefore);
    List<LiveRule> counting = rules(snapshot, address, shadow.chain);
    for (int i = 0; i + 1 < rules.size() && counting.size() == 1; i++) {
      List<String> words = rules.get(i).words();
      boolean isJump = !words.isEmpty() && words.get(words.size() - 1).equals(shadow.chain.value());
      Counters own = rules.get(i).counters();
      Counters old = rules.get(i + 1).counters();
      boolean isRule =
          isJump
              && RuleParser.parseLive(rules.get(i + 1).words(), address.family())
                  .body()
                  .matchWords()
                  .equals(shadow.rule.match());
      if (isRule && own.known() && old.known()) {
        shadow.constants.add(difference(old, own));
        shadow.last = own;
      }
    }
  }

  private static List<LiveRule> rules(Snapshot snapshot, CounterId address, ChainName chain) {
    return snapshot
        .of(address.family())
        .flatMap(live -> live.ruleset().table(address.table()).chain(chain))
        .map(LiveChain::rules)
        .orElse(List.of());
  }

  /**
   * What is known of the rules and their shadows.
   *
   * @throws HostException where the version of iptables can't be told
   */
  public List<Pending.Shadow> known() throws HostException {
    List<Pending.Shadow> known = new ArrayList<>();
    for (Shadow shadow : shadows) {
      Family family = shadow.address().family();
      boolean writes = kernel.capabilities(family).writesCounters();
      Counters constant = shadow.constant().orElse(Counters.UNKNOWN);
      Counters last = constant.known() ? sum(constant, shadow.last) : Counters.UNKNOWN;
      known.add(
          new Pending.Shadow(
              shadow.address(), shadow.chain, constant, writes ? last : Counters.ZERO));
    }
    return known;
  }

  /** What a table's transaction begins with: it detaches the shadows and removes the marker. */
  public List<Transaction.Step> first(Family family, TableName table) {
    List<Transaction.Step> lines = new ArrayList<>();
    for (Shadow shadow : shadows) {
      CounterId address = shadow.address();
      if (address.family() == family && address.table().equals(table)) {
        lines.add(new Transaction.Step(new Operation.DeleteRule(shadow.rule.chain(), shadow.jump)));
      }
    }
    marker(family, table)
        .ifPresent(
            chain -> {
              lines.add(new Transaction.Step(new Operation.Flush(chain)));
              lines.add(new Transaction.Step(new Operation.RemoveChain(chain)));
            });
    return lines;
  }

  /** Removes all helper chains, and the jumps to them: of this run, and what others have left. */
  public static void cleanUp(Kernel kernel, Snapshot snapshot) throws HostException {
    for (LiveRuleset live : snapshot.live()) {
      for (LiveTable table : live.ruleset().tables().values()) {
        List<Transaction.Step> lines = cleaning(table);
        if (!lines.isEmpty()) {
          kernel.write(new Transaction(live.family(), table.name(), lines));
        }
      }
    }
  }

  private static List<Transaction.Step> cleaning(LiveTable table) {
    Set<ChainName> helpers = HelperChains.of(table);
    List<Transaction.Step> lines = new ArrayList<>();
    if (helpers.isEmpty()) {
      return lines;
    }
    for (LiveChain chain : table.chains().values()) {
      for (LiveRule rule : chain.rules()) {
        if (HelperChains.target(rule, helpers).isPresent()) {
          lines.add(new Transaction.Step(new Operation.DeleteRule(chain.name(), rule.words())));
        }
      }
    }
    for (ChainName helper : helpers) {
      lines.add(new Transaction.Step(new Operation.Flush(helper)));
      lines.add(new Transaction.Step(new Operation.RemoveChain(helper)));
    }
    return lines;
  }

  /** The position of a rule that has to be found; nothing where it is not there any more. */
  public static Optional<Integer> find(Transaction.Carry carry, Snapshot snapshot) {
    CounterId address = carry.from();
    Rule wanted = RuleParser.parseLive(carry.words(), address.family());
    List<LiveRule> rules = rules(snapshot, address, carry.chain());
    for (int i = rules.size() - 1; i >= 0; i--) {
      if (RuleParser.parseLive(rules.get(i).words(), address.family()).equals(wanted)) {
        return Optional.of(i + 1);
      }
    }
    return Optional.empty();
  }
}
