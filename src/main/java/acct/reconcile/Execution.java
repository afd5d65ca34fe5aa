package acct.reconcile;

import acct.counter.CounterId;
import acct.counter.Entry;
import acct.counter.LedgerUpdate;
import acct.counter.Pending;
import acct.counter.Transition;
import acct.dataplane.Snapshot;
import acct.dataplane.iptables.Block;
import acct.dataplane.iptables.IptablesDataplane;
import acct.dataplane.iptables.ShadowCounters;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import acct.state.JournalEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Writes the transactions of a job one by one, and brings the ledger over those that stand.
 *
 * <ol>
 *   <li>Write down what is about to be done ({@link Pending}), on the disk.
 *   <li>Write shadow chains beside the rules that are rebuilt, read them, and write that down too.
 *   <li>Write the transactions. Each is carried out whole or not at all.
 *   <li>Read the kernel, the detached shadows too, and write the ledger.
 *   <li>Remove the helper chains, and what was written down in the first step.
 * </ol>
 *
 * Whenever acct is killed, {@link Recovery} goes on from what is written down and from what stands
 * in the kernel. Nothing that is needed for it is removed before the ledger is on the disk.
 */
final class Execution {
  private final IptablesDataplane host;
  private final Optional<Totals> totals;
  private final Set<Family> families;
  private final Set<String> owners;
  private final Consumer<String> notices;

  /**
   * Executes on a machine.
   *
   * @param totals where the ledger is kept; nothing where there is none
   * @param families that have to be read, beside those of a job
   * @param owners the policies whose rules are written
   */
  Execution(
      IptablesDataplane host,
      Optional<Totals> totals,
      Set<Family> families,
      Set<String> owners,
      Consumer<String> notices) {
    this.host = host;
    this.totals = totals;
    this.families = families;
    this.owners = owners;
    this.notices = notices;
  }

  /**
   * What came of a job.
   *
   * @param standing how many of its transactions stand
   * @param failure why the next one does not; nothing when all of them stand
   * @param after what was read then, without helper chains
   * @param offsets what the kernel's counters lack of those that were carried
   * @param ended counters that ended, with what they came to
   */
  record Outcome(
      int standing,
      Optional<HostException> failure,
      Snapshot after,
      List<JournalEntry.Offset> offsets,
      Map<CounterId, Entry> ended) {}

  /**
   * Executes a job.
   *
   * @param id of the journal's entry
   * @param command for the record
   * @throws HostException where it can't be told what stands, or the ledger can't be written; the
   *     next run of acct goes on from there
   */
  Outcome run(String id, String command, Job job) throws HostException {
    Set<Family> all = EnumSet.noneOf(Family.class);
    all.addAll(families);
    all.addAll(job.families());
    ShadowCounters shadows =
        ShadowCounters.named(host, all, Tokens.next(), subjects(job), marked(job));
    Pending pending = pending(id, command, job, shadows);
    begin(pending);
    try {
      shadows.prepare();
      pending = pending.prepared(shadows.known());
      begin(pending);
    } catch (HostException e) {
      return nothingDone(e, host.read(all));
    }
    int standing = 0;
    Optional<HostException> failure = Optional.empty();
    for (Block block : blocks(job, shadows, pending)) {
      try {
        host.write(block);
        standing++;
      } catch (HostException e) {
        failure = Optional.of(e);
        break;
      }
    }
    Snapshot after = readAfter(all, failure);
    if (standing == 0 && failure.isPresent()) {
      return nothingDone(failure.get(), after);
    }
    Settled settled = settle(pending, pending.parts().subList(0, standing), after);
    cleanUp(after);
    return new Outcome(
        standing, failure, after.withoutHelpers(), settled.offsets(), settled.ended());
  }

  private Outcome nothingDone(HostException failure, Snapshot now) {
    cleanUp(now);
    return new Outcome(0, Optional.of(failure), now.withoutHelpers(), List.of(), Map.of());
  }

  private void begin(Pending pending) throws HostException {
    if (totals.isPresent()) {
      totals.get().begin(pending);
    }
  }

  /** What failed first is not forgotten when reading fails as well. */
  private Snapshot readAfter(Set<Family> all, Optional<HostException> failure)
      throws HostException {
    try {
      return host.read(all);
    } catch (HostException e) {
      throw new HostException(
          Kind.LEFT,
          failure.map(first -> first.getMessage() + "\n").orElse("")
              + "and reading again failed: "
              + e.getMessage());
    }
  }

  private static List<ShadowCounters.Subject> subjects(Job job) {
    List<ShadowCounters.Subject> subjects = new ArrayList<>();
    for (int i = 0; i < job.steps().size(); i++) {
      for (Block.Carry carry : job.steps().get(i).shadowed()) {
        if (carry.position() > 0) {
          subjects.add(new ShadowCounters.Subject(carry, job.nameBefore(i, carry.chain())));
        }
      }
    }
    return subjects;
  }

  /**
   * A zero leaves the rules as they are, so where no shadow tells whether it stands, a marker does.
   */
  private static List<ShadowCounters.Marked> marked(Job job) {
    List<ShadowCounters.Marked> marked = new ArrayList<>();
    for (Job.Step step : job.steps()) {
      if (step.shadowed().isEmpty() && step.before().isEmpty()) {
        marked.add(new ShadowCounters.Marked(step.block().family(), step.block().table()));
      }
    }
    return marked;
  }

  private Pending pending(String id, String command, Job job, ShadowCounters shadows)
      throws HostException {
    List<Pending.Part> parts = new ArrayList<>();
    for (Job.Step step : job.steps()) {
      Family family = step.block().family();
      TableName table = step.block().table();
      parts.add(
          new Pending.Part(
              family,
              table,
              step.before(),
              shadows.marker(family, table),
              adapted(step.transitions(), family)));
    }
    return new Pending(
        id,
        command,
        List.copyOf(owners),
        host.epoch(),
        totals.map(Totals::now).orElse(Instant.EPOCH),
        parts,
        false,
        List.of());
  }

  /** Where iptables can't write a counter, a rule that comes back begins at zero. */
  private List<Transition> adapted(List<Transition> transitions, Family family)
      throws HostException {
    boolean revives = transitions.stream().anyMatch(one -> one instanceof Transition.Revived);
    if (!revives || host.capabilities(family).writesCounters()) {
      return transitions;
    }
    List<Transition> adapted = new ArrayList<>();
    for (Transition one : transitions) {
      adapted.add(
          one instanceof Transition.Revived revived
              ? new Transition.Revived(revived.address(), Counters.ZERO)
              : one);
    }
    return adapted;
  }

  /** The transactions, with carried counters going on from the last value known. */
  private static List<Block> blocks(Job job, ShadowCounters shadows, Pending pending) {
    Map<CounterId, Counters> starts = new HashMap<>();
    for (Pending.Shadow shadow : pending.shadows()) {
      if (shadow.start().known()) {
        starts.put(shadow.from(), shadow.start());
      }
    }
    Set<String> begun = new HashSet<>();
    List<Block> blocks = new ArrayList<>();
    for (Job.Step step : job.steps()) {
      Block block =
          step.block()
              .with(
                  line ->
                      line.carry().isPresent() && starts.containsKey(line.carry().get().from())
                          ? Block.starting(line, starts.get(line.carry().get().from()))
                          : line);
      boolean helped = !step.shadowed().isEmpty() || step.before().isEmpty();
      if (helped && begun.add(block.family() + "/" + block.table())) {
        block = block.after(shadows.first(block.family(), block.table()));
      }
      blocks.add(block);
    }
    return blocks;
  }

  /** What the ledger was brought to. */
  private record Settled(List<JournalEntry.Offset> offsets, Map<CounterId, Entry> ended) {}

  private Settled settle(Pending pending, List<Pending.Part> standing, Snapshot after)
      throws HostException {
    LedgerUpdate.Switches switches = switches(pending, standing, after);
    Map<CounterId, Entry> ended = Map.of();
    if (totals.isPresent()) {
      try {
        ended = totals.get().settle(pending, standing, switches, after);
      } catch (HostException e) {
        throw new HostException(
            Kind.LEFT,
            "the rules are changed, and the totals are not written yet: "
                + e.getMessage()
                + ". Make room; the next run of acct brings them up to date");
      }
    }
    return new Settled(offsets(pending, standing, switches), ended);
  }

  /** What carried and zeroed rules had at the end, and what the rebuilt ones began at. */
  static LedgerUpdate.Switches switches(
      Pending pending, List<Pending.Part> standing, Snapshot after) {
    Map<CounterId, Counters> ends = new LinkedHashMap<>();
    Map<CounterId, Counters> starts = new LinkedHashMap<>();
    for (Pending.Shadow shadow : pending.shadows()) {
      Optional<Counters> counted = after.onlyRule(shadow.from(), shadow.chain());
      boolean stands =
          standing.stream()
              .anyMatch(
                  part ->
                      part.family() == shadow.from().family()
                          && part.table().equals(shadow.from().table()));
      if (stands && shadow.start().known()) {
        starts.put(shadow.from(), shadow.start());
      }
      if (stands && counted.isPresent() && shadow.end(counted.get()).known()) {
        ends.put(shadow.from(), shadow.end(counted.get()));
      }
    }
    return new LedgerUpdate.Switches(ends, starts);
  }

  private static List<JournalEntry.Offset> offsets(
      Pending pending, List<Pending.Part> standing, LedgerUpdate.Switches switches) {
    List<JournalEntry.Offset> offsets = new ArrayList<>();
    for (Transition transition : pending.transitions(standing)) {
      if (transition instanceof Transition.Carried carried
          && switches.ends().containsKey(carried.from())
          && switches.starts().containsKey(carried.from())) {
        offsets.add(
            new JournalEntry.Offset(
                carried.to().toString(),
                ShadowCounters.difference(
                    switches.ends().get(carried.from()), switches.starts().get(carried.from()))));
      }
    }
    offsets.sort((a, b) -> a.address().compareTo(b.address()));
    return offsets;
  }

  /** The ledger has it all: what fails now leaves only chains that count nothing. */
  private void cleanUp(Snapshot after) {
    try {
      ShadowCounters.cleanUp(host, after);
    } catch (HostException e) {
      notices.accept(
          "helper chains (acct-carry-…) are left, the next run removes them: " + e.getMessage());
    }
    totals.ifPresent(Totals::finish);
  }
}
