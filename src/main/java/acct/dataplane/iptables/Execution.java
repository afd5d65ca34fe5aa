package acct.dataplane.iptables;

import acct.counter.CounterId;
import acct.counter.Entry;
import acct.counter.LedgerUpdate;
import acct.counter.Offset;
import acct.counter.Pending;
import acct.counter.Transition;
import acct.dataplane.Executed;
import acct.dataplane.Run;
import acct.dataplane.Snapshot;
import acct.dataplane.Transaction;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.Tokens;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
 * Whenever acct is killed, the next run goes on from what is written down and from what stands in
 * the kernel. Nothing that is needed for it is removed before the ledger is on the disk.
 */
final class Execution {
  private final Kernel kernel;
  private final Run run;

  /** Executes for somebody, on a kernel. */
  Execution(Kernel kernel, Run run) {
    this.kernel = kernel;
    this.run = run;
  }

  /**
   * Executes a job.
   *
   * @throws HostException where it can't be told what stands, or the ledger can't be written; the
   *     next run of acct goes on from there
   */
  Executed execute(Job job) throws HostException {
    Set<Family> families = EnumSet.noneOf(Family.class);
    families.addAll(run.families());
    families.addAll(job.families());
    ShadowCounters shadows =
        ShadowCounters.named(kernel, families, Tokens.next(), subjects(job), marked(job));
    Pending pending = pending(job, shadows);
    run.recorder().begin(pending);
    try {
      shadows.prepare();
      pending = pending.prepared(shadows.known());
      run.recorder().begin(pending);
    } catch (HostException e) {
      return nothingDone(e, kernel.read(families));
    }
    Written written = write(blocks(job, shadows, pending));
    Snapshot after = readAfter(families, written.failure());
    return end(pending, written, after);
  }

  /**
   * What was written.
   *
   * @param failure why the next one was not
   */
  private record Written(int standing, Optional<HostException> failure) {}

  private Written write(List<Transaction> transactions) {
    int standing = 0;
    for (Transaction transaction : transactions) {
      try {
        kernel.write(transaction);
        standing++;
      } catch (HostException e) {
        return new Written(standing, Optional.of(e));
      }
    }
    return new Written(standing, Optional.empty());
  }

  private Executed end(Pending pending, Written written, Snapshot after) throws HostException {
    int standing = written.standing();
    if (standing == 0 && written.failure().isPresent()) {
      return nothingDone(written.failure().get(), after);
    }
    Settled settled = settle(pending, pending.parts().subList(0, standing), after);
    cleanUp(after);
    Snapshot rest = after.withoutHelpers();
    return written.failure().isPresent()
        ? new Executed.Stopped(rest, standing, written.failure().get(), settled.ended())
        : new Executed.Whole(rest, standing, settled.offsets(), settled.ended());
  }

  private Executed nothingDone(HostException failure, Snapshot now) {
    cleanUp(now);
    return new Executed.NothingDone(now.withoutHelpers(), failure);
  }

  /** What failed first is not forgotten when reading fails as well. */
  private Snapshot readAfter(Set<Family> families, Optional<HostException> failure)
      throws HostException {
    try {
      return kernel.read(families);
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
      for (Transaction.Carry carry : job.steps().get(i).shadowed()) {
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

  private Pending pending(Job job, ShadowCounters shadows) throws HostException {
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
        run.id(),
        run.command(),
        List.copyOf(run.owners()),
        kernel.epoch(),
        run.recorder().now(),
        parts,
        false,
        List.of());
  }

  /** Where iptables can't write a counter, a rule that comes back begins at zero. */
  private List<Transition> adapted(List<Transition> transitions, Family family)
      throws HostException {
    boolean revives = transitions.stream().anyMatch(one -> one instanceof Transition.Revived);
    if (!revives || kernel.capabilities(family).writesCounters()) {
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
  private static List<Transaction> blocks(Job job, ShadowCounters shadows, Pending pending) {
    Map<CounterId, Counters> starts = new HashMap<>();
    for (Pending.Shadow shadow : pending.shadows()) {
      if (shadow.start().known()) {
        starts.put(shadow.from(), shadow.start());
      }
    }
    Set<String> begun = new HashSet<>();
    List<Transaction> blocks = new ArrayList<>();
    for (Job.Step step : job.steps()) {
      Transaction block =
          step.block()
              .with(
                  line ->
                      line.carry().isPresent() && starts.containsKey(line.carry().get().from())
                          ? Transaction.starting(line, starts.get(line.carry().get().from()))
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
  private record Settled(List<Offset> offsets, Map<CounterId, Entry> ended) {}

  private Settled settle(Pending pending, List<Pending.Part> standing, Snapshot after)
      throws HostException {
    LedgerUpdate.Switches switches = Standing.switches(pending, standing, after);
    try {
      Map<CounterId, Entry> ended = run.recorder().settle(pending, standing, switches, after);
      return new Settled(offsets(pending, standing, switches), ended);
    } catch (HostException e) {
      throw new HostException(
          Kind.LEFT,
          "the rules are changed, and the totals are not written yet: "
              + e.getMessage()
              + ". Make room; the next run of acct brings them up to date");
    }
  }

  private static List<Offset> offsets(
      Pending pending, List<Pending.Part> standing, LedgerUpdate.Switches switches) {
    List<Offset> offsets = new ArrayList<>();
    for (Transition transition : pending.transitions(standing)) {
      if (transition instanceof Transition.Carried carried
          && switches.ends().containsKey(carried.from())
          && switches.starts().containsKey(carried.from())) {
        offsets.add(
            new Offset(
                carried.to(),
                ShadowCounters.difference(
                    switches.ends().get(carried.from()), switches.starts().get(carried.from()))));
      }
    }
    offsets.sort(Comparator.comparing(offset -> offset.counter().toString()));
    return offsets;
  }

  /** The ledger has it all: what fails now leaves only chains that count nothing. */
  private void cleanUp(Snapshot after) {
    try {
      ShadowCounters.cleanUp(kernel, after);
    } catch (HostException e) {
      run.notices()
          .accept(
              "helper chains (acct-carry-…) are left, the next run removes them: "
                  + e.getMessage());
    }
    run.recorder().finish();
  }
}
