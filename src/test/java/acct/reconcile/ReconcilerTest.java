package acct.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.netfilter.Backend;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.Ruleset;
import acct.state.JournalEntry;
import acct.state.JournalText;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How an apply and an undo end, on a kernel in memory: each outcome, and what stands then. */
class ReconcilerTest {
  private static final String ANNA =
      "families: [ipv4]\n"
          + "chains: [{name: A, attach: [INPUT], rules: [{name: anna, source: 10.0.0.1}]}]";
  private static final String BERT =
      "families: [ipv4]\n"
          + "chains: [{name: A, attach: [INPUT], rules: ["
          + "{name: bert, source: 10.0.0.2}, {name: anna, source: 10.0.0.1}]}]";
  private static final String TWO_FAMILIES =
      "families: [ipv4, ipv6]\n" + "chains: [{name: A, attach: [INPUT], rules: [{name: all}]}]";

  @TempDir private Path directory;
  private Setting setting;

  @BeforeEach
  void open() throws HostException {
    setting = new Setting(Backend.Kind.NFT, directory);
  }

  private JournalText.Outcome lastOutcome() throws HostException {
    List<JournalEntry> entries = setting.entries();
    return entries.get(entries.size() - 1).end().orElseThrow().outcome();
  }

  @Test
  void whatIsMissingIsAppliedAndReadBack() throws HostException {
    ApplyOutcome outcome = setting.apply(ANNA);
    assertTrue(assertInstanceOf(ApplyOutcome.Applied.class, outcome).plan().isChanged());
    assertEquals(1, setting.shown.size());
    assertEquals(JournalText.Outcome.APPLIED, lastOutcome());
    setting.send("10.0.0.1");
    setting.snapshot();
    assertEquals(Map.of("A/anna", 1L), setting.totals());
  }

  @Test
  void withNothingToDoNothingIsWritten() throws HostException {
    setting.apply(ANNA);
    setting.kernel.on(number -> {});
    assertInstanceOf(ApplyOutcome.NothingToDo.class, setting.apply(ANNA));
    assertEquals(0, setting.kernel.writes());
    assertEquals(1, setting.entries().size());
  }

  @Test
  void aRefusedPlanWritesNothing() throws HostException {
    setting.kernel.load(
        Family.IPV4, "*filter\n-N A\n-A A -s 10.9.9.9 -j ACCEPT\n-A INPUT -j A\nCOMMIT\n");
    setting.kernel.on(number -> {});
    ApplyOutcome outcome = setting.apply(ANNA);
    assertInstanceOf(ApplyOutcome.Refused.class, outcome);
    assertEquals(0, setting.kernel.writes());
    assertTrue(setting.entries().isEmpty());
  }

  @Test
  void whatIsRefusedAtOnceChangesNothing() throws HostException {
    Ruleset before = setting.kernel.ruleset(Family.IPV4);
    setting.kernel.refusing(refused(1, Kind.PERMISSION));
    ApplyOutcome.RolledBack outcome =
        assertInstanceOf(ApplyOutcome.RolledBack.class, setting.apply(ANNA));
    assertEquals(Kind.PERMISSION, outcome.cause());
    assertEquals(before, setting.kernel.ruleset(Family.IPV4));
    assertEquals(JournalText.Outcome.UNDONE, lastOutcome());
  }

  @Test
  void aSecondTransactionThatIsRefusedTakesTheFirstBack() throws HostException {
    setting.kernel.refusing(refused(lastWriteOf(TWO_FAMILIES), Kind.FAILED));
    ApplyOutcome.RolledBack outcome =
        assertInstanceOf(ApplyOutcome.RolledBack.class, setting.apply(TWO_FAMILIES));
    assertTrue(outcome.message().contains("undone: ipv4 filter"), outcome.message());
    assertEquals(List.of(), chains());
    assertEquals(JournalText.Outcome.UNDONE, lastOutcome());
    assertInstanceOf(ApplyOutcome.Applied.class, setting.apply(TWO_FAMILIES));
  }

  @Test
  void whatCannotBeTakenBackIsSaid() throws HostException {
    int last = lastWriteOf(TWO_FAMILIES);
    setting.kernel.refusing(
        number ->
            number >= last
                ? Optional.of(new HostException(Kind.FAILED, "refused"))
                : Optional.empty());
    ApplyOutcome.PartlyApplied outcome =
        assertInstanceOf(ApplyOutcome.PartlyApplied.class, setting.apply(TWO_FAMILIES));
    assertTrue(
        outcome.message().contains("what stands of the change: ipv4 filter"), outcome.message());
    assertEquals(JournalText.Outcome.FAILED, lastOutcome());
    assertEquals(List.of("A"), chains());
    setting.kernel.refusing(number -> Optional.empty());
    assertInstanceOf(ApplyOutcome.Applied.class, setting.apply(TWO_FAMILIES));
  }

  /** The number of the write that carries out the last transaction, in a setting of its own. */
  private int lastWriteOf(String spec) throws HostException {
    Setting trial = new Setting(Backend.Kind.NFT, directory.resolve("trial"));
    trial.kernel.on(number -> {});
    trial.apply(spec);
    return trial.kernel.writes();
  }

  private static IntFunction<Optional<HostException>> refused(int write, Kind kind) {
    return number ->
        number == write ? Optional.of(new HostException(kind, "refused")) : Optional.empty();
  }

  private List<String> chains() {
    return setting.kernel.ruleset(Family.IPV4).tables().values().stream()
        .flatMap(table -> table.chains().keySet().stream())
        .filter(chain -> !chain.isBuiltIn())
        .map(ChainName::value)
        .toList();
  }

  @Test
  void aCounterThatFallsMeanwhileIsSaid() throws HostException {
    setting.apply(ANNA);
    setting.send("10.0.0.1");
    boolean[] done = {false};
    setting.kernel.on(
        number -> {
          // Between the transaction and the look at what came of it.
          if (isIn("bert") && !done[0]) {
            done[0] = true;
            setting.kernel.load(Family.IPV4, "*filter\n-Z A 1\nCOMMIT\n");
          }
        });
    ApplyOutcome.AppliedWithDamage outcome =
        assertInstanceOf(ApplyOutcome.AppliedWithDamage.class, setting.apply(BERT));
    assertTrue(outcome.message().contains("from [1:100] to [0:0]"), outcome.message());
    assertEquals(JournalText.Outcome.APPLIED, lastOutcome());
  }

  private boolean isIn(String label) {
    return setting.kernel.ruleset(Family.IPV4).toString().contains(label);
  }

  @Test
  void whatAnotherProgramChangesMeanwhileIsPlannedAgain() throws HostException {
    setting.apply(ANNA);
    boolean[] done = {false};
    setting.kernel.on(
        number -> {
          if (isIn("bert") && !done[0]) {
            done[0] = true;
            setting.kernel.load(Family.IPV4, "*filter\n-I INPUT 1 -s 10.8.8.8\n-D A 1\nCOMMIT\n");
          }
        });
    assertInstanceOf(ApplyOutcome.Applied.class, setting.apply(BERT));
    assertTrue(
        setting.notices.stream().anyMatch(notice -> notice.contains("planning again")),
        setting.notices.toString());
    assertInstanceOf(ApplyOutcome.NothingToDo.class, setting.apply(BERT));
  }

  @Test
  void anotherProgramThatNeverStopsIsGivenUpOn() throws HostException {
    setting.apply(ANNA);
    int[] added = {0};
    setting.kernel.on(
        number -> {
          if (isIn("bert")) {
            added[0]++;
            setting.kernel.load(
                Family.IPV4,
                "*filter\n-I INPUT 1 -s 10.8.8." + added[0] % 250 + "\n-D A 1\nCOMMIT\n");
          }
        });
    assertInstanceOf(ApplyOutcome.AppliedWithDamage.class, setting.apply(BERT));
    assertTrue(setting.shown.size() <= 6, setting.shown.size() + " plans");
  }

  @Test
  void whatWasShownAndDeclinedIsNotDone() {
    HostException declined = new HostException(Kind.FAILED, "not confirmed");
    HostException e =
        assertThrows(
            HostException.class,
            () ->
                setting
                    .reconciler(ANNA)
                    .apply(
                        plan -> {
                          throw declined;
                        }));
    assertEquals(declined, e);
    assertEquals(List.of(), chains());
  }

  @Test
  void undoBringsBackWhatTheApplyEnded() throws HostException {
    setting.apply(BERT);
    setting.send("10.0.0.2");
    setting.apply(ANNA);
    assertInstanceOf(UndoOutcome.Undone.class, setting.undo());
    setting.send("10.0.0.2");
    setting.snapshot();
    assertEquals(2L, setting.totals().get("A/bert"));
    HostException e = assertThrows(HostException.class, () -> setting.undo());
    assertEquals(Kind.FAILED, e.kind());
  }

  @Test
  void anUndoThatIsRefusedChangesNothing() throws HostException {
    setting.apply(BERT);
    setting.apply(ANNA);
    setting.kernel.refusing(refused(1, Kind.PERMISSION));
    UndoOutcome.NothingDone outcome =
        assertInstanceOf(UndoOutcome.NothingDone.class, setting.undo());
    assertEquals(Kind.PERMISSION, outcome.cause());
    setting.kernel.refusing(number -> Optional.empty());
    assertInstanceOf(UndoOutcome.Undone.class, setting.undo());
  }

  @Test
  void undoFitsOnlyWhatTheApplyLeft() throws HostException {
    setting.apply(ANNA);
    setting.kernel.load(Family.IPV4, "*filter\n-D A 1\nCOMMIT\n");
    HostException e = assertThrows(HostException.class, () -> setting.undo());
    assertEquals(Kind.STALE, e.kind());
  }
}
