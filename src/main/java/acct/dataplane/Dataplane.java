package acct.dataplane;

import acct.counter.Counted;
import acct.counter.CounterId;
import acct.counter.LedgerUpdate;
import acct.counter.Pending;
import acct.diagnostic.Diagnostic;
import acct.host.HostException;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.plan.Plan;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Where rules are read from and written to. What stands above it neither knows how rules are
 * written nor which commands do it.
 *
 * <p>All that writes is carried out in transactions, each whole or not at all. Under traffic the
 * counters that are kept, carried and ended are exact to the packet, and whatever interrupts acct,
 * {@link #standing} tells afterwards what was carried out.
 */
public interface Dataplane {
  /**
   * What a family's rules can be written with.
   *
   * @throws HostException where the family is not there
   */
  Capabilities capabilities(Family family) throws HostException;

  /** The time through which counters count on here ({@link acct.host.Epoch}). */
  String epoch() throws HostException;

  /**
   * Begins to read these families, where that goes on beside other work: the next read gives what
   * they had at some time since. What is written meanwhile is not missed, for then they are read
   * anew.
   */
  void readAhead(Set<Family> families);

  /**
   * Reads the live rulesets of all families that this machine has.
   *
   * <p>A family that no policy asks for is looked at too, for what was asked for once may still
   * stand there; but a machine need not have it.
   *
   * @param needed families that must be there
   */
  Snapshot read(Set<Family> needed) throws HostException;

  /** Reads those families alone, where this machine has them. */
  Snapshot readOnly(Set<Family> families) throws HostException;

  /** Why a family was not read that need not be there; empty where nobody has tried. */
  String whyNot(Family family);

  /** Warnings of rules that packets of these families pass and that are not read here. */
  List<Diagnostic> warnings(Set<Family> families) throws HostException;

  /**
   * Tries a plan where it touches nothing.
   *
   * @param before what the plan was made of
   * @param notices is told, once, when it can't be done here
   * @return what stands against the plan; nothing when all of it was taken
   */
  List<Diagnostic> rehearse(Plan plan, Snapshot before, Consumer<String> notices)
      throws HostException;

  /** The transactions that carry a plan out, in their order. */
  List<Transaction> transactions(Plan plan);

  /** The ways back from them, in the same order. */
  List<WayBack> waysBack(Plan plan);

  /**
   * Carries a plan out.
   *
   * @param before what the plan was made of
   * @throws HostException where it can't be told what stands, or the ledger can't be written; the
   *     next run of acct goes on from there
   */
  Executed execute(Run run, Plan plan, Snapshot before) throws HostException;

  /**
   * Takes transactions back.
   *
   * @param ways the newest first
   * @param now what was read after them
   * @throws HostException as {@link #execute} does
   */
  Executed takeBack(Run run, List<WayBack> ways, Snapshot now) throws HostException;

  /**
   * What is to begin anew.
   *
   * @param chain of acct's
   * @param count one of its rules or jumps
   * @param onlyInLedger whether the kernel's counter stays as it is, since the rule is of others
   */
  record ToZero(Counted.Chain chain, Counted.Count count, boolean onlyInLedger) {}

  /**
   * What came of a zero.
   *
   * @param inexact counters of which packets at the end may be in neither count
   */
  record Zeroed(Executed executed, Set<CounterId> inexact) {
    public Zeroed {
      inexact = Set.copyOf(inexact);
    }
  }

  /**
   * Sets counters to zero; of what is not written in the kernel, the total alone begins anew.
   *
   * @throws HostException as {@link #execute} does
   */
  Zeroed zero(Run run, List<ToZero> counters) throws HostException;

  /** The transactions of an interrupted run that stand. */
  List<Pending.Part> standing(Pending pending, Snapshot now);

  /** What carried and zeroed rules had at the end, and what the rebuilt ones began at. */
  LedgerUpdate.Switches switches(Pending pending, List<Pending.Part> standing, Snapshot now);

  /** Removes what an interrupted run has left beside its rules; nothing of it is counted. */
  void cleanUp(Snapshot snapshot) throws HostException;

  /**
   * What brings acct's chains back as they are now.
   *
   * @param omitted what can't be in it, each as CHAIN rule N, and why
   */
  record ForBoot(BootScript script, List<String> omitted) {
    public ForBoot {
      omitted = List.copyOf(omitted);
    }
  }

  /** What brings acct's chains of a family back as they are now. */
  ForBoot forBoot(LiveRuleset live);

  /**
   * Brings acct's chains of a table back.
   *
   * @throws HostException where it was not carried out; nothing of it stands then
   */
  void restore(Family family, BootScript.Table table) throws HostException;

  /**
   * Transactions of one family as they are given to a command.
   *
   * @param command the name of the command, {@code iptables-restore}
   * @param text its input, as bytes (see acct.netfilter)
   */
  record ScriptText(String command, String text) {}

  /** What an administrator, or a machine without acct, carries transactions out with. */
  ScriptText script(Family family, List<Transaction> transactions);
}
