package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.counter.HelperChains;
import acct.state.JournalEntry;
import acct.state.JournalNote;
import acct.state.Logged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * acct is killed before and after each command that it runs, and at each system call that brings a
 * file to the disk, while packets pass at all these moments. Afterwards any next command works, and
 * what ledger, journal and kernel have is what was sent. {@code make stress} kills more often.
 */
class KilledIT {
  private static final int KILLS = Integer.getInteger("acct.stress.kills", 3);

  /** More than any of the operations runs, so that the last points are behind its end. */
  private static final int COMMANDS = 18;

  private static final int SYNCS = 14;

  private static final String FOREIGN = "acct-carry-0badcafe-1";

  @TempDir private Path directory;

  /** What is killed. */
  private enum Operation {
    /** A rule moves over a RETURN: its counter is carried. */
    MOVE(true),
    /** A rule means something else: its counter ends. */
    CHANGE(false),
    ZERO(true),
    SNAPSHOT(true),
    RESTORE(false),
    UNDO(true),
    PRUNE(false);

    /** Whether packets that pass between the last reading and the transaction are counted. */
    private final boolean exact;

    Operation(boolean exact) {
      this.exact = exact;
    }
  }

  private enum Signal {
    KILL("KILL"),
    TERM("TERM"),
    /** As Ctrl-C sends it, to the process group. */
    INT("INT");

    private final String option;

    Signal(String option) {
      this.option = option;
    }
  }

  record Case(Operation operation, Setup setup) {}

  static Stream<Case> cases() {
    return Stream.of(Operation.values())
        .flatMap(operation -> Setup.ipv4().map(setup -> new Case(operation, setup)));
  }

  private void script(String name, String text) throws IOException {
    Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + text);
    assertTrue(file.toFile().setExecutable(true));
  }

  /**
   * Commands that send a packet at the moments they are told, and kill acct at the one they are
   * told. Two of them may be at work at a time, and Ctrl-C reaches both: a packet is noted all the
   * same.
   */
  private Path commands(Setup setup) throws IOException {
    String four = "iptables-" + setup.backend().label();
    String six = "ip6tables-" + setup.backend().label();
    script(four, "exec /usr/sbin/" + four + " \"$@\"\n");
    script(six, "exec /usr/sbin/" + six + " \"$@\"\n");
    for (String name : List.of(four + "-save", six + "-save", four + "-restore")) {
      boolean write = name.endsWith("-restore");
      String before = write || name.startsWith("ip6") ? "$EXACT" : "$PACKETS";
      String after = write ? "$PACKETS" : "$EXACT";
      script(
          name,
          """
          cd %s; : >busy.$$
          n=$(flock busy.lock sh -c 'n=$(($(cat count) + 1)); echo $n >count; echo $n')
          packet() { [ "$1" = yes ] && (trap '' INT; ping -q -c 1 -W 1 127.0.1.1 >/dev/null && echo >>sent); }
          end() { [ "$AT" = "$n-$1" ] && read -r pid <pid && kill -s $SIGNAL -- "$pid"; }
          packet %s; end before
          /usr/sbin/%s "$@"; status=$?
          packet %s; end after
          rm busy.$$; exit $status
          """
              .formatted(directory, before, name, after));
    }
    Files.writeString(directory.resolve("sent"), "");
    return directory.resolve(four);
  }

  private static String rules(boolean above) {
    List<String> rules = new ArrayList<>();
    rules.add("{name: r1, protocol: tcp, destinationPort: 1, jump: RETURN}");
    rules.add("{name: r2, protocol: tcp, destinationPort: 2, jump: RETURN}");
    rules.add(above ? 0 : 2, counted("one", ""));
    return String.join(", ", rules);
  }

  private static String counted(String name, String more) {
    return "{name: "
        + name
        + ", destination: 127.0.1.1, protocol: icmp, icmpType: echo-request"
        + more
        + "}";
  }

  private static Path policy(Acct acct, String name, String chain, String rules) {
    return acct.policy(
        name,
        "families: [ipv4]\nchains: [{name: "
            + chain
            + ", attach: [INPUT], rules: ["
            + rules
            + "]}]");
  }

  private static Path policy(Acct acct, Operation operation, int round) {
    boolean even = round % 2 == 0;
    String rules =
        switch (operation) {
          case CHANGE -> counted("one", even ? "" : ", inInterface: lo");
          case ZERO, SNAPSHOT, RESTORE, PRUNE -> counted("one", "");
          case MOVE, UNDO -> rules(even);
        };
    return policy(acct, "p", "A", rules);
  }

  /** What the operation needs, done without a kill; and its words. */
  private List<String> prepared(Acct acct, Operation operation, int round) throws IOException {
    return switch (operation) {
      case MOVE, CHANGE ->
          acct.command("apply", "--no-rehearsal", policy(acct, operation, round).toString());
      case ZERO -> acct.command("zero", "A/one");
      case SNAPSHOT -> acct.command("snapshot");
      case RESTORE -> acct.command("restore");
      case UNDO -> {
        acct.run("apply", "--no-rehearsal", policy(acct, operation, round).toString()).ok();
        yield acct.command("undo");
      }
      case PRUNE -> {
        Path other = policy(acct, "q", "B", counted("two", ""));
        acct.run("apply", "--no-rehearsal", other.toString()).ok();
        yield acct.command(
            "apply", "--no-rehearsal", "--prune", policy(acct, operation, round).toString());
      }
    };
  }

  private static String foreign() {
    return ":"
        + FOREIGN
        + " - [0:0]\n[7:700] -A FORWARD -s 198.51.100.1/32 -j ACCEPT\n[9:900] -A "
        + FOREIGN
        + " -s 198.51.100.2/32 -j DROP\n";
  }

  /** What was counted, by ledger and kernel (show) and by the journal. */
  private long counted(Acct acct, String... rules) throws IOException {
    long packets = 0;
    for (Logged logged :
        JournalEntry.read(Files.readAllLines(directory.resolve("state/journal.jsonl"))).all()) {
      if (logged instanceof JournalNote note && note.event() != JournalNote.Event.RESET) {
        for (JournalNote.Line line : note.lines()) {
          for (String rule : rules) {
            boolean same = line.address().endsWith("/filter/" + rule);
            packets += same ? line.amount().packets().longValueExact() : 0;
          }
        }
      }
    }
    String shown = acct.run("show", "--output", "tsv").ok().out();
    for (String line : shown.lines().skip(1).toList()) {
      for (String rule : rules) {
        packets +=
            line.contains("\t" + rule.replace('/', '\t') + "\t")
                ? Long.parseLong(line.split("\t")[5])
                : 0;
      }
    }
    return packets;
  }

  /** The totals, without the moment since which they count. */
  private static String shown(Acct acct) {
    StringBuilder shown = new StringBuilder();
    for (String line : acct.run("show", "--output", "tsv").ok().out().lines().toList()) {
      String[] columns = line.split("\t", -1);
      shown.append(String.join(" ", List.of(columns).subList(0, 7))).append('\n');
    }
    return shown.toString();
  }

  private long sent() throws IOException {
    return Files.readAllLines(directory.resolve("sent")).size();
  }

  /** Commands outlive acct; Ctrl-C ends those that only read. */
  private void awaitCommands() throws Exception {
    for (int i = 0; i < 20_000; i++) {
      try (Stream<Path> files = Files.list(directory)) {
        if (files.noneMatch(KilledIT::isBusy)) {
          return;
        }
      } catch (NoSuchFileException e) {
        // One has ended while they were listed.
      }
      Thread.sleep(1);
    }
    throw new AssertionError("a command never ends");
  }

  private static boolean isBusy(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith("busy.") && Files.exists(Path.of("/proc", name.substring(5)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsKilledIsResolvedByTheNextRun(Case what) throws Exception {
    Operation operation = what.operation();
    Random random = new Random(what.toString().hashCode());
    try (Namespace namespace = Namespace.open()) {
      Path iptables = commands(what.setup());
      Acct acct = new Acct(namespace, what.setup(), directory).by(iptables);
      Map<String, String> quiet = Map.of("PACKETS", "yes", "EXACT", "no", "AT", "", "SIGNAL", "");
      Map<String, String> still = Map.of("PACKETS", "no", "EXACT", "no", "AT", "", "SIGNAL", "");
      acct.load("*filter\n" + foreign() + "COMMIT\n");
      List<String> others = acct.others(chain -> chain.equals("A") || chain.equals("B"));
      assertEquals(2, others.size(), others.toString());
      acct.with(quiet);
      Files.writeString(directory.resolve("count"), "0");
      acct.run("apply", "--no-rehearsal", policy(acct, operation, 0).toString()).ok();
      long lost = 0;
      Map<String, Integer> outcomes = new TreeMap<>();
      for (int i = 1; i <= KILLS; i++) {
        List<String> words = prepared(acct, operation, i);
        awaitCommands();
        if (operation == Operation.RESTORE) {
          acct.with(still);
          namespace.run("ping", "-q", "-c", "1", "127.0.1.1").ok();
          Files.writeString(directory.resolve("sent"), "\n", StandardOpenOption.APPEND);
          acct.run("snapshot").ok();
        }
        lost = sent() - counted(acct, "A/one");
        long two = counted(acct, "B/two");
        long before = sent();
        if (operation == Operation.RESTORE) {
          acct.load("*filter\n" + foreign() + "COMMIT\n");
        }
        Signal signal = Signal.values()[i % 3];
        boolean inSync = random.nextInt(3) == 0;
        String at = (1 + random.nextInt(COMMANDS)) + (random.nextBoolean() ? "-before" : "-after");
        int sync = 1 + random.nextInt(SYNCS);
        String about = operation + " " + signal + (inSync ? " sync " + sync : " command " + at);
        Files.writeString(directory.resolve("count"), "0");
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT", "setsid"));
        if (inSync) {
          String inject = "inject=fsync,rename,unlink:signal=SIG" + signal + ":when=" + sync;
          command.addAll(List.of("strace", "-f", "-qq", "-o", "/dev/null"));
          command.addAll(List.of("-e", "trace=fsync,rename,unlink", "-e", inject));
        }
        String pid = (signal == Signal.INT ? "-" : "") + "$$";
        command.addAll(List.of("sh", "-c", "echo " + pid + " >\"$PIDFILE\"; exec \"$@\"", "sh"));
        command.addAll(words);
        Process process =
            namespace.start(
                command,
                Map.of(
                    "EXACT",
                    operation.exact ? "yes" : "no",
                    "AT",
                    inSync ? "" : at,
                    "SIGNAL",
                    signal.option,
                    "PIDFILE",
                    directory.resolve("pid").toString()));
        Namespace.Result killed = Namespace.finish(process, "");
        awaitCommands();
        about += " ended with " + killed.status() + ": " + killed.err();
        assertFalse(killed.err().contains("Exception in"), about);

        // Whoever only reads must see the same as who resolves it.
        boolean readFirst = random.nextBoolean() && operation != Operation.RESTORE;
        String read = "";
        boolean ends = operation == Operation.ZERO || operation == Operation.CHANGE;
        if (readFirst && ends) {
          // Where it stands, the ended total is in the log only when it is resolved.
          acct.with(still);
          read = shown(acct);
        } else if (readFirst) {
          assertEquals(sent() - lost, counted(acct, "A/one"), "read first: " + about);
        }
        // A snapshot of a firewall that was flushed has nothing to say.
        String next =
            operation == Operation.RESTORE
                ? "restore"
                : !read.isEmpty() || random.nextBoolean() ? "snapshot" : "apply";
        List<String> more =
            !next.equals("apply")
                ? List.of()
                : List.of("--no-rehearsal", policy(acct, operation, i).toString());
        Namespace.Result after = acct.run(next, more.toArray(String[]::new));
        assertEquals(0, after.status(), about + after.err());
        awaitCommands();
        if (!read.isEmpty()) {
          assertEquals(read, shown(acct), "read first: " + about);
        }
        acct.with(operation == Operation.RESTORE ? still : quiet);
        assertEquals(sent() - lost, counted(acct, "A/one"), next + " after " + about + after.err());
        long grown = counted(acct, "B/two") - two;
        assertTrue(grown >= 0 && grown <= sent() - before, grown + " in B: " + about);
        assertEquals(others, acct.others(chain -> chain.equals("A") || chain.equals("B")), about);
        assertFalse(HelperChains.anyIn(acct.live()), about);
        outcomes.merge(signal + " " + (killed.status() == 0 ? "done" : "killed"), 1, Integer::sum);
      }
      System.err.printf(
          "%s %s: %s; %d packets, all counted%n",
          operation, what.setup().backend(), outcomes, sent());
    }
  }
}
