package acct.dataplane.iptables;

import acct.dataplane.Capabilities;
import acct.dataplane.Snapshot;
import acct.dataplane.Transaction;
import acct.diagnostic.Diagnostic;
import acct.host.HostException;
import acct.netfilter.Family;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the kernel does for {@link IptablesDataplane}: it gives its rules, and takes transactions.
 * {@link IptablesKernel} is that of this machine; tests have one in memory.
 */
public interface Kernel {
  /** What a family's commands can do. */
  Capabilities capabilities(Family family) throws HostException;

  /** The time through which counters count on here ({@link acct.host.Epoch}). */
  String epoch() throws HostException;

  /** Begins to read these families for the next read, where that goes on beside other work. */
  default void readAhead(Set<Family> families) {}

  /** Reads the families that are there; those needed have to be. */
  Snapshot read(Set<Family> needed) throws HostException;

  /** Reads those families alone, where they are there. */
  Snapshot readOnly(Set<Family> families) throws HostException;

  /** Why a family was not read that need not be there; empty where nobody has tried. */
  String whyNot(Family family);

  /** Warnings of rules that are not read here. */
  List<Diagnostic> warnings(Set<Family> families) throws HostException;

  /**
   * Carries out one transaction.
   *
   * @throws HostException where it was not carried out; nothing of it stands then
   */
  void write(Transaction transaction) throws HostException;

  /**
   * Carries out a transaction that {@link Script} has written before.
   *
   * @throws HostException where it was not carried out; nothing of it stands then
   */
  void write(Family family, String script) throws HostException;

  /** The command that writes a family's rules, for messages. */
  String restoreCommand(Family family);

  /** The names of objects of a kind that are there; nothing where that can't be told. */
  Optional<Set<String>> names(KernelObjects.Kind kind);

  /** The nfacct objects that have a quota: a rule that names one matches only beyond it. */
  Set<String> quotas();

  /**
   * A place of its own, empty, that takes what this kernel takes.
   *
   * @throws HostException MISSING or PERMISSION where none is to be had
   */
  Staged openStage() throws HostException;

  /** A kernel to try things in. */
  interface Staged extends AutoCloseable {
    /** What takes the transactions. */
    Kernel kernel();

    /**
     * Makes objects that rules name; whether that could be done.
     *
     * @param names of one kind
     */
    boolean create(KernelObjects.Kind kind, Set<String> names, Family family);

    @Override
    void close();
  }
}
