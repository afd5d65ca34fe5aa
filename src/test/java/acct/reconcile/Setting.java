package acct.reconcile;

import acct.Plans;
import acct.compile.Desired;
import acct.counter.CounterId;
import acct.counter.KnownNames;
import acct.counter.Ledger;
import acct.dataplane.Dataplane;
import acct.dataplane.iptables.IptablesDataplane;
import acct.host.HostException;
import acct.model.ModelKernel;
import acct.netfilter.Backend;
import acct.netfilter.Family;
import acct.plan.Intent;
import acct.plan.Plan;
import acct.state.Journal;
import acct.state.JournalEntry;
import acct.state.JournalFile;
import acct.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** A kernel in memory, a state directory, and acct's use cases on them. */
final class Setting {
  final ModelKernel kernel;
  final Dataplane dataplane;
  final List<String> notices = new ArrayList<>();
  final List<Plan> shown = new ArrayList<>();
  private final StateDirectory directory;

  Setting(Backend.Kind kind, Path directory) throws HostException {
    this.kernel = new ModelKernel(kind);
    this.dataplane = new IptablesDataplane(kernel);
    this.directory = StateDirectory.open(directory.resolve("state"));
  }

  Keeping keeping(String command) {
    Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    Journal journal =
        new Journal(
            directory.journal(),
            clock,
            new Random(),
            new Journal.Header(command, "anna", List.of(), Optional.empty()));
    Totals totals = new Totals(directory, dataplane, clock, journal, notices::add);
    return new Keeping(Optional.of(journal), Optional.of(totals), Optional.of(directory));
  }

  /** A loop for a policy. */
  Reconciler reconciler(String spec) {
    Desired desired = Plans.desired(Plans.policy(spec));
    return new Reconciler(
        desired,
        Intent.PLAIN,
        dataplane,
        keeping("apply"),
        true,
        KnownNames.NONE,
        event -> {
          if (event instanceof ReconcileEvent.Notice notice) {
            notices.add(notice.message());
          }
        });
  }

  ApplyOutcome apply(String spec) throws HostException {
    return reconciler(spec).apply(shown::add);
  }

  UndoOutcome undo() throws HostException {
    Keeping keeping = keeping("undo");
    Recovery.run(dataplane, keeping, notices::add);
    Undo undo =
        new Undo(
            dataplane,
            keeping.journal().orElseThrow(),
            keeping.totals().orElseThrow(),
            notices::add);
    return undo.run(Undo.last(entries()));
  }

  List<Zeroing.Zeroed> zero(String... names) throws HostException {
    return new Zeroing(dataplane, keeping("zero"), notices::add).run(Set.of(names));
  }

  Ledger.Observed snapshot() throws HostException {
    return SnapshotTotals.run(dataplane, keeping("snapshot"), notices::add);
  }

  List<JournalEntry> entries() throws HostException {
    return book().entries();
  }

  JournalEntry.Book book() throws HostException {
    List<String> lines = new ArrayList<>();
    directory
        .journal()
        .read(
            new JournalFile.Reader() {
              @Override
              public void line(String line) {
                lines.add(line);
              }

              @Override
              public void unreadable() {
                throw new AssertionError("a line that is no text");
              }
            });
    return JournalEntry.read(lines);
  }

  Ledger ledger() throws HostException {
    return directory.ledger().load();
  }

  /** Packets of each rule in the ledger, by chain and name, both families together. */
  Map<String, Long> totals() throws HostException {
    Map<String, Long> totals = new TreeMap<>();
    ledger()
        .entries()
        .forEach(
            (id, entry) -> {
              if (id instanceof CounterId.Rule rule) {
                totals.merge(
                    rule.chain() + "/" + rule.label(),
                    entry.total().packets().longValueExact(),
                    Long::sum);
              }
            });
    return totals;
  }

  /** A packet comes in. */
  void send(String source) {
    kernel.packet(Family.IPV4, "INPUT", source + "/32", 100);
  }
}
