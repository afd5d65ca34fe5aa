package acct.model;

import acct.dataplane.Capabilities;
import acct.dataplane.Snapshot;
import acct.dataplane.Transaction;
import acct.dataplane.iptables.Kernel;
import acct.dataplane.iptables.KernelObjects;
import acct.dataplane.iptables.Script;
import acct.diagnostic.Diagnostic;
import acct.host.Epoch;
import acct.host.HostException;
import acct.netfilter.Backend;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.netfilter.Ruleset;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * A kernel in memory, for tests of what stands above it: {@link RestoreModel} takes the scripts,
 * and packets pass the filter table. At every read and write a step is taken, before it and behind
 * it, where a test lets packets pass, changes rules, refuses, or ends acct.
 */
public final class ModelKernel implements Kernel {
  /** What a test does at a step. */
  public interface Step {
    /**
     * Is called before and behind each read and write.
     *
     * @param number of the step, from 1
     * @throws HostException where a write is to be refused: before it
     */
    void at(int number) throws HostException;
  }

  /** acct ends here, as by SIGKILL. */
  public static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Backend backend;
  private final Map<Family, Ruleset> rulesets = new EnumMap<>(Family.class);
  private Step step = number -> {};
  private int steps;
  private int writes;
  private IntFunction<Optional<HostException>> refusal = number -> Optional.empty();

  /** A kernel with these backends' abilities and nothing loaded. */
  public ModelKernel(Backend.Kind kind) {
    this.backend = new Backend(kind, "1.8.9");
    rulesets.put(Family.IPV4, Ruleset.EMPTY);
    rulesets.put(Family.IPV6, Ruleset.EMPTY);
  }

  /** Is done at each step from now on; steps and writes are counted anew. */
  public void on(Step next) {
    step = next;
    steps = 0;
    writes = 0;
  }

  /** What a write, numbered from 1, is refused with from now on. */
  public void refusing(IntFunction<Optional<HostException>> refused) {
    refusal = refused;
    writes = 0;
  }

  /** How many steps were taken. */
  public int steps() {
    return steps;
  }

  /** How many transactions were to be written. */
  public int writes() {
    return writes;
  }

  /** A family's rules. */
  public Ruleset ruleset(Family family) {
    return rulesets.get(family);
  }

  /** Another program's script, which is no step. */
  public void load(Family family, String script) {
    rulesets.put(family, RestoreModel.apply(rulesets.get(family), script));
  }

  /**
   * A packet comes into a chain of the filter table, and is counted by each rule that it matches.
   */
  public void packet(Family family, String chain, String source, int bytes) {
    LiveTable table = rulesets.get(family).table(TableName.FILTER);
    Map<ChainName, LiveChain> chains = new LinkedHashMap<>(table.chains());
    if (chains.containsKey(new ChainName(chain))) {
      pass(chains, new ChainName(chain), source, bytes);
      replace(family, new LiveTable(TableName.FILTER, chains));
    }
  }

  /** Whether the chain that called it goes on. */
  private static void pass(
      Map<ChainName, LiveChain> chains, ChainName name, String source, int bytes) {
    LiveChain chain = chains.get(name);
    for (int i = 0; i < chain.rules().size(); i++) {
      LiveRule rule = chains.get(name).rules().get(i);
      int from = rule.words().indexOf("-s");
      if (from >= 0 && !rule.words().get(from + 1).equals(source)) {
        continue;
      }
      count(chains, name, i, bytes);
      int jump = rule.words().lastIndexOf("-j");
      ChainName target = jump < 0 ? null : new ChainName(rule.words().get(jump + 1));
      if (target != null && target.value().equals("RETURN")) {
        return;
      }
      if (target != null && chains.containsKey(target)) {
        pass(chains, target, source, bytes);
      }
    }
  }

  private static void count(
      Map<ChainName, LiveChain> chains, ChainName name, int index, int bytes) {
    LiveChain chain = chains.get(name);
    List<LiveRule> rules = new ArrayList<>(chain.rules());
    LiveRule rule = rules.get(index);
    Counters had = rule.counters();
    rules.set(
        index,
        new LiveRule(
            new Counters(had.packets() + 1, had.bytes() + bytes), rule.words(), rule.line()));
    chains.put(name, new LiveChain(name, chain.policy(), chain.counters(), rules));
  }

  private void replace(Family family, LiveTable table) {
    Ruleset ruleset = rulesets.get(family);
    Map<TableName, LiveTable> tables = new LinkedHashMap<>(ruleset.tables());
    tables.put(table.name(), table);
    rulesets.put(family, new Ruleset(ruleset.family(), ruleset.backend(), tables));
  }

  @Override
  public Capabilities capabilities(Family family) {
    return new Capabilities(
        restoreCommand(family),
        backend.writesCounters(family),
        backend.kind() == Backend.Kind.NFT,
        backend.kind() == Backend.Kind.NFT);
  }

  @Override
  public String epoch() {
    return Epoch.now(backend.kind());
  }

  @Override
  public Snapshot read(Set<Family> needed) throws HostException {
    return readOnly(rulesets.keySet());
  }

  @Override
  public Snapshot readOnly(Set<Family> families) throws HostException {
    step.at(++steps);
    List<LiveRuleset> live = new ArrayList<>();
    for (Family family : families) {
      live.add(new LiveRuleset(family, rulesets.get(family), family.label(), Optional.of(backend)));
    }
    step.at(++steps);
    return new Snapshot(live, Map.of());
  }

  @Override
  public String whyNot(Family family) {
    return "";
  }

  @Override
  public List<Diagnostic> warnings(Set<Family> families) {
    return List.of();
  }

  @Override
  public void write(Transaction transaction) throws HostException {
    write(transaction.family(), Script.of(transaction));
  }

  @Override
  public void write(Family family, String script) throws HostException {
    step.at(++steps);
    Optional<HostException> refused = refusal.apply(++writes);
    if (refused.isPresent()) {
      throw refused.get();
    }
    try {
      load(family, script);
    } catch (RestoreModel.Refused e) {
      throw new HostException(HostException.Kind.FAILED, e.getMessage());
    }
    step.at(++steps);
  }

  @Override
  public String restoreCommand(Family family) {
    return (family == Family.IPV4 ? "iptables" : "ip6tables") + "-restore";
  }

  @Override
  public Optional<Set<String>> names(KernelObjects.Kind kind) {
    return Optional.empty();
  }

  @Override
  public Set<String> quotas() {
    return Set.of();
  }

  @Override
  public Staged openStage() {
    ModelKernel inside = new ModelKernel(backend.kind());
    return new Staged() {
      @Override
      public Kernel kernel() {
        return inside;
      }

      @Override
      public boolean create(KernelObjects.Kind kind, Set<String> names, Family family) {
        return true;
      }

      @Override
      public void close() {}
    };
  }
}
