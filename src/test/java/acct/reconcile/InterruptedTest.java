package acct.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.counter.HelperChains;
import acct.host.HostException;
import acct.model.ModelKernel;
import acct.netfilter.Backend;
import acct.netfilter.Family;
import acct.state.JournalNote;
import acct.state.Logged;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * acct ends before or behind each single read and write, while packets pass before and behind each:
 * whatever it was doing, the next run resolves it, and every packet is in exactly one total.
 * KilledIT does the same to a process on the real kernel.
 */
class InterruptedTest {
  private static final String BEFORE =
      "families: [ipv4]\n"
          + "chains: [{name: A, attach: [INPUT], rules: ["
          + "{name: anna, source: 10.0.0.1}, {name: bert, source: 10.0.0.2},"
          + " {name: out, source: 10.0.0.9, jump: RETURN}]}]";

  /** anna goes below the RETURN: its rule is written anew there, and its counter carried. */
  private static final String MOVED =
      "families: [ipv4]\n"
          + "chains: [{name: A, attach: [INPUT], rules: ["
          + "{name: bert, source: 10.0.0.2}, {name: out, source: 10.0.0.9, jump: RETURN},"
          + " {name: anna, source: 10.0.0.1}]}]";

  private static final String RENAMED =
      "families: [ipv4]\n"
          + "moved: [{from: A, to: B}]\n"
          + "chains: [{name: B, attach: [INPUT], rules: ["
          + "{name: anna, source: 10.0.0.1}, {name: bert, source: 10.0.0.2},"
          + " {name: out, source: 10.0.0.9, jump: RETURN}]}]";

  @TempDir private Path directory;

  /** What acct does when it is interrupted. */
  private enum Operation {
    MOVE {
      @Override
      void run(Setting setting) throws HostException {
        setting.apply(MOVED);
      }
    },
    RENAME {
      @Override
      void run(Setting setting) throws HostException {
        setting.apply(RENAMED);
      }
    },
    ZERO {
      @Override
      void run(Setting setting) throws HostException {
        setting.zero("A");
      }
    },
    UNDO {
      @Override
      void prepare(Setting setting) throws HostException {
        setting.apply(MOVED);
      }

      @Override
      void run(Setting setting) throws HostException {
        setting.undo();
      }
    },
    SNAPSHOT {
      @Override
      void run(Setting setting) throws HostException {
        setting.snapshot();
      }
    };

    void prepare(Setting setting) throws HostException {}

    abstract void run(Setting setting) throws HostException;
  }

  /** Packets that were sent to each since it is counted. */
  private static final class Traffic {
    private final Setting setting;
    private long anna;
    private long bert;

    Traffic(Setting setting) {
      this.setting = setting;
    }

    void pass() {
      setting.send("10.0.0.1");
      setting.send("10.0.0.2");
      setting.send("10.0.0.2");
      anna++;
      bert += 2;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "MOVE,NFT",
    "MOVE,LEGACY",
    "RENAME,NFT",
    "RENAME,LEGACY",
    "ZERO,NFT",
    "ZERO,LEGACY",
    "UNDO,NFT",
    "UNDO,LEGACY",
    "SNAPSHOT,NFT",
    "SNAPSHOT,LEGACY"
  })
  void everyPacketIsInOneTotal(Operation operation, Backend.Kind backend) throws HostException {
    int last = run(operation, backend, 0);
    assertTrue(last > 1, "steps: " + last);
    for (int killed = 1; killed <= last; killed++) {
      run(operation, backend, killed);
    }
  }

  /** Runs it once, and returns how many steps it took. */
  private int run(Operation operation, Backend.Kind backend, int killed) throws HostException {
    Setting setting = new Setting(backend, directory.resolve(operation + "-" + killed));
    setting.apply(BEFORE);
    Traffic traffic = new Traffic(setting);
    traffic.pass();
    operation.prepare(setting);
    setting.kernel.on(
        number -> {
          traffic.pass();
          if (number == killed) {
            throw new ModelKernel.Killed();
          }
        });
    boolean ended = false;
    try {
      operation.run(setting);
    } catch (ModelKernel.Killed e) {
      ended = true;
    }
    assertEquals(killed > 0, ended, "killed at " + killed);
    int steps = setting.kernel.steps();
    setting.kernel.on(number -> {});
    traffic.pass();
    setting.snapshot();
    String when = operation + " on " + backend + ", killed at step " + killed;
    assertEquals(Map.of("anna", traffic.anna, "bert", traffic.bert), counted(setting), when);
    assertFalse(HelperChains.anyIn(setting.kernel.ruleset(Family.IPV4)), when);
    setting.snapshot();
    assertEquals(Map.of("anna", traffic.anna, "bert", traffic.bert), counted(setting), when);
    return steps;
  }

  /** What the ledger has, with what a zero has ended. */
  private static Map<String, Long> counted(Setting setting) throws HostException {
    Map<String, Long> counted = new HashMap<>();
    setting
        .totals()
        .forEach(
            (name, packets) -> counted.merge(name.replaceFirst(".*/", ""), packets, Long::sum));
    Set<String> notes = new HashSet<>();
    for (Logged logged : setting.book().all()) {
      boolean zeroed =
          logged instanceof JournalNote note
              && note.event() == JournalNote.Event.ZEROED
              && notes.add(note.id());
      if (zeroed) {
        for (JournalNote.Line line : ((JournalNote) logged).lines()) {
          BigInteger packets = line.amount().packets();
          counted.merge(
              line.address().replaceFirst(".*/", ""), packets.longValueExact(), Long::sum);
        }
      }
    }
    // What came in by the jump, and a rule that no packet is for.
    counted.keySet().retainAll(Set.of("anna", "bert"));
    return counted;
  }
}
