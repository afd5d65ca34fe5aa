package acct.reconcile;

import acct.compile.Desired;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.Iptables;
import acct.netfilter.Family;
import acct.plan.Differ;
import acct.plan.Fingerprint;
import acct.plan.Plan;
import acct.plan.TablePlan;
import acct.view.RestoreScript;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Closes the difference between what the policies ask for and what the kernel has.
 *
 * <ol>
 *   <li>Read the live ruleset of each family, and plan. Nothing to do: done, no restore is run.
 *   <li>For each family, one run of iptables-restore; each table is one transaction in it.
 *   <li>When a restore fails and the ruleset has moved since it was read, start over, once.
 *   <li>Read again. The plan must be empty now, and the rules of others what they were.
 * </ol>
 */
public final class Reconciler {
  private final Desired desired;
  private final Function<Family, Iptables> commands;
  private final Consumer<String> notices;
  private final Map<Family, Iptables> byFamily = new EnumMap<>(Family.class);

  /**
   * A loop for these policies on this machine.
   *
   * @param commands the iptables commands of a family
   * @param notices what to tell the user on the way
   */
  public Reconciler(
      Desired desired, Function<Family, Iptables> commands, Consumer<String> notices) {
    this.desired = desired;
    this.commands = commands;
    this.notices = notices;
  }

  private Iptables iptables(Family family) {
    return byFamily.computeIfAbsent(family, commands);
  }

  /**
   * Reads the live rulesets.
   *
   * <p>A family that no policy asks for is looked at too, for what was asked for once may still
   * stand there; but a machine need not have it.
   */
  public List<Differ.Live> read() throws HostException {
    List<Differ.Live> live = new ArrayList<>();
    for (Family family : Family.values()) {
      Iptables iptables = iptables(family);
      try {
        live.add(
            new Differ.Live(
                family, iptables.save(), iptables.saveCommand(), Optional.of(iptables.backend())));
      } catch (HostException e) {
        if (desired.families().contains(family) || e.kind() != Kind.MISSING) {
          throw e;
        }
      }
    }
    return live;
  }

  /** Reads and plans. */
  public Plan plan() throws HostException {
    return Differ.diff(desired, read());
  }

  /**
   * Applies.
   *
   * @param shown is given the plan before anything is written
   * @return the plan that was carried out; one that is refused or does nothing was not
   * @throws HostException where something failed; the message says what stands
   */
  public Plan apply(Consumer<Plan> shown) throws HostException {
    List<Differ.Live> before = read();
    Plan plan = Differ.diff(desired, before);
    shown.accept(plan);
    if (plan.isRefused() || !plan.isChanged()) {
      return plan;
    }
    try {
      write(plan);
    } catch (HostException e) {
      List<Differ.Live> now = read();
      Plan again = Differ.diff(desired, now);
      if (Fingerprint.of(again).equals(Fingerprint.of(plan)) || again.isRefused()) {
        throw e;
      }
      notices.accept("the ruleset has changed since it was read; planning again, once");
      shown.accept(again);
      before = now;
      plan = again;
      write(again);
    }
    verify(plan, before);
    return plan;
  }

  private void write(Plan plan) throws HostException {
    Set<Family> done = new LinkedHashSet<>();
    for (Family family : Family.values()) {
      String script = RestoreScript.of(plan, family);
      if (script.isEmpty()) {
        continue;
      }
      try {
        iptables(family).restore(script);
        done.add(family);
      } catch (HostException e) {
        String stands =
            done.isEmpty()
                ? "nothing was changed in the table that failed"
                : done.iterator().next().label()
                    + " is applied, "
                    + family.label()
                    + " is not; mend the cause and apply again";
        throw new HostException(e.kind(), e.getMessage() + "\n" + stands);
      }
    }
  }

  private void verify(Plan plan, List<Differ.Live> before) throws HostException {
    List<Differ.Live> after = read();
    Plan rest = Differ.diff(desired, after);
    if (rest.isChanged()) {
      throw new HostException(
          Kind.FAILED,
          "applied, but the kernel shows something else than was asked for: a second plan would"
              + " still do "
              + rest.changes().size()
              + " things: "
              + rest.changes().stream()
                  .limit(3)
                  .map(change -> change.address().toString())
                  .toList());
    }
    for (int i = 0; i < before.size(); i++) {
      Family family = before.get(i).family();
      List<TablePlan> tables =
          plan.tables().stream().filter(table -> table.family() == family).toList();
      List<String> had = Others.of(before.get(i).ruleset(), tables);
      List<String> has = Others.of(after.get(i).ruleset(), tables);
      if (!had.equals(has)) {
        notices.accept(
            "rules of others in "
                + family.label()
                + " are not what they were before: another program has changed them meanwhile");
      }
    }
  }
}
