package acct.reconcile;

import acct.dataplane.Dataplane;
import acct.dataplane.Snapshot;
import acct.diagnostic.Code;
import acct.host.HostException;
import acct.netfilter.DumpHash;
import acct.netfilter.LiveRuleset;
import acct.plan.Plan;
import acct.state.InSyncFile;
import acct.state.InSyncFile.InSync;
import acct.text.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Ends an apply at once where the same policies met the same rules before and nothing was to be
 * done: a plan depends on nothing else. Counters are looked at all the same.
 */
public final class InSyncMemory {
  private final Dataplane dataplane;
  private final Keeping keeping;
  private final Consumer<String> notices;
  private final InSyncFile file;

  /**
   * The memory of a state directory.
   *
   * @param keeping which has totals
   */
  public InSyncMemory(
      Dataplane dataplane, Keeping keeping, InSyncFile file, Consumer<String> notices) {
    this.dataplane = dataplane;
    this.keeping = keeping;
    this.file = file;
    this.notices = notices;
  }

  /**
   * The time when nothing was to be done, where the live rules are still those that it was made of;
   * nothing where it has to be made again.
   *
   * @param inputs the hash of all that is asked for
   * @throws HostException where the rules can't be read, or are not those of the totals
   */
  public Optional<InSync> recall(String inputs) throws HostException {
    Optional<InSync> last = file.read();
    Optional<Totals> totals = keeping.totals();
    if (last.isEmpty() || totals.isEmpty() || !last.get().inputs().equals(inputs)) {
      return Optional.empty();
    }
    if (totals.get().pending().isPresent()) {
      return Optional.empty();
    }
    Snapshot now = dataplane.read(Set.of());
    boolean same = last.get().live().equals(hash(now, totals.get()));
    if (!same || !dataplane.warnings(now.families()).isEmpty()) {
      return Optional.empty();
    }
    totals.get().notice(totals.get().check(now), Map.of());
    return last;
  }

  /** Warnings of what is neither in the policies nor in the rules that were read. */
  private static final Set<Code> OF_HOST =
      EnumSet.of(Code.OTHER_BACKEND, Code.NO_FAMILY, Code.NO_INTERFACE);

  /**
   * Remembers that nothing was to be done. A plan with warnings of the host is not remembered:
   * those have to be looked for each time.
   *
   * @param said the lines that the plan printed
   * @param warned the lines that it printed on standard error
   */
  public void remember(
      String inputs, Plan plan, Snapshot read, List<String> said, List<String> warned)
      throws HostException {
    boolean ofHost =
        plan.diagnostics().stream().anyMatch(warning -> OF_HOST.contains(warning.code()));
    if (keeping.totals().isEmpty() || ofHost) {
      return;
    }
    for (LiveRuleset one : read.live()) {
      if (!DumpHash.isPlain(one.ruleset())) {
        return;
      }
    }
    InSync now = new InSync(inputs, hash(read, keeping.totals().get()), said, warned);
    if (!file.read().equals(Optional.of(now))) {
      try {
        file.write(now);
      } catch (HostException e) {
        notices.accept(e.getMessage() + ": the next apply makes its plan anew");
      }
    }
  }

  /** The rules, and the names that the ledger has for some of them. */
  private static String hash(Snapshot snapshot, Totals totals) throws HostException {
    StringBuilder hash = new StringBuilder();
    for (LiveRuleset one : snapshot.live()) {
      String backend = one.backend().map(Object::toString).orElse("");
      hash.append(one.family().label()).append('=').append(backend).append('=');
      hash.append(DumpHash.of(snapshot.texts().getOrDefault(one.family(), ""))).append(' ');
    }
    Map<String, String> names = new TreeMap<>();
    totals
        .ledger()
        .entries()
        .forEach(
            (id, entry) -> entry.policyName().ifPresent(name -> names.put(id.toString(), name)));
    return hash
        + (names.isEmpty() ? "" : Sha256.hex(names.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
