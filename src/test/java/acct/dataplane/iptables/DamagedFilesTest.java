package acct.dataplane.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.counter.CounterId;
import acct.counter.Pending;
import acct.counter.PendingText;
import acct.counter.Transition;
import acct.dataplane.iptables.FakeIptables.Ran;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that acct reads again, damaged at random: it says which file is wrong and ends with a
 * status of its own, and never with a stack trace.
 */
@TestInstance(Lifecycle.PER_CLASS)
class DamagedFilesTest {
  private static final int TRIES = Integer.getInteger("acct.damaged.tries", 60);
  private static final Set<Integer> STATUSES = Set.of(2, 0, 1, 3, 4, 5, 64);
  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final Pattern VALUE =
      Pattern.compile("(?<=:) ?(\"(?:[^\"\\\\]|\\\\.)*\"|\\d+|true|false|null)");
  private static final List<String> NUMBERS =
      List.of("-1", "0", "99999999999999999", "253402300800", "1e400", "9".repeat(100_000), "");
  private static final List<String> VALUES =
      List.of("null", "7", "-7", "1e999", "true", "\"\"", "\"é\\u0000\"", "[]", "{}", "[[7]]");

  private static final String OLD =
      Plans.policy("chains: [{name: A, attach: [INPUT], rules: [{name: x}, {name: y, mark: 1}]}]");
  private static final String POLICY =
      Plans.policy("chains: [{name: A, attach: [INPUT], rules: [{name: x}, {name: z, mark: 7}]}]");

  private Path directory;
  private FakeIptables fake;
  private Path state;
  private String journal;
  private String ledger;
  private String pending;
  private Path plan;
  private String savedPlan;

  @BeforeAll
  void makeWholeFiles() throws IOException {
    directory = Files.createTempDirectory("acct-damaged");
    fake = new FakeIptables(directory, "v1.8.11 (nf_tables)");
    state = directory.resolve("state");
    for (String policy : List.of(OLD, POLICY, OLD)) {
      fake.thatObeys(policy);
      Ran ran = fake.acct("apply", policy);
      assertEquals(0, ran.status(), ran.err());
    }
    journal = Files.readString(state.resolve("journal.jsonl"));
    ledger = Files.readString(state.resolve("ledger"));
    pending = pendingText();
    // A plan with nothing to do: where the damage hurts nothing, it is applied in each try.
    Path policy = Files.writeString(directory.resolve("next.yaml"), OLD);
    plan = directory.resolve("plan.json");
    Ran saved = acct("plan", "--out", plan.toString(), "--iptables", iptables(), policy.toString());
    assertEquals(0, saved.status(), saved.err());
    savedPlan = Files.readString(plan);
  }

  @AfterAll
  void removeThem() throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private String iptables() {
    return fake.iptables().orElseThrow().toString();
  }

  private static Ran acct(String... words) {
    return FakeIptables.inside(List.of(words));
  }

  private static String pendingText() {
    TableName table = new TableName("filter");
    CounterId y = new CounterId.Rule(Family.IPV4, table, new ChainName("A"), "y");
    CounterId z = new CounterId.Rule(Family.IPV4, table, new ChainName("A"), "z");
    List<Transition> transitions =
        List.of(new Transition.Ended(y, new Counters(3, 4)), new Transition.Begun(z));
    Pending.Part part =
        new Pending.Part(Family.IPV4, table, "before", Optional.empty(), transitions);
    Pending.Shadow shadow =
        new Pending.Shadow(y, new ChainName("acct-carry-x-1"), Counters.ZERO, new Counters(1, 2));
    return PendingText.write(
        new Pending(
            "id",
            "apply",
            List.of("t"),
            "epoch",
            Instant.EPOCH,
            List.of(part),
            false,
            List.of(shadow)));
  }

  private void writeWhole() throws IOException {
    Files.writeString(state.resolve("journal.jsonl"), journal);
    Files.writeString(state.resolve("ledger"), ledger);
    Files.deleteIfExists(state.resolve("pending"));
    Files.writeString(plan, savedPlan);
  }

  private Ran show(String... more) {
    List<String> words = new ArrayList<>(List.of("show", "--iptables", iptables()));
    words.addAll(List.of("--state-dir", state.toString()));
    words.addAll(List.of(more));
    return FakeIptables.inside(words);
  }

  private Ran undo() {
    return acct("undo", "--dry-run", "--iptables", iptables(), "--state-dir", state.toString());
  }

  private Ran log(String output) {
    return acct("log", "--output", output, "--state-dir", state.toString());
  }

  /** Damages a file many times; another seed with {@code -Dacct.damaged.seed}. */
  private static void damage(
      String whole, Path file, Function<Random, Damage> damages, Commands commands)
      throws IOException {
    long seed = Long.getLong("acct.damaged.seed", 1);
    for (int i = 0; i < TRIES; i++) {
      Random random = new Random(seed * 1_000_003 + i);
      byte[] bytes = damages.apply(random).of(whole);
      Files.write(file, bytes);
      for (Ran ran : commands.run()) {
        String what = "try " + i + ", status " + ran.status() + ": " + ran.err();
        assertTrue(STATUSES.contains(ran.status()), what);
        assertFalse(ran.err().contains("internal error"), what);
        assertFalse(ran.err().contains("Exception"), what);
        assertTrue(ran.err().length() < 60_000, what);
        boolean named = ran.err().contains(file.toString()) || ran.err().contains("journal");
        // What a ledger has of other counters is shown as not in the kernel, with status 2.
        boolean stale = List.of(2, 5, 64).contains(ran.status());
        assertTrue(ran.status() == 0 || stale || named, what);
      }
    }
  }

  private interface Damage {
    byte[] of(String whole);
  }

  private interface Commands {
    List<Ran> run() throws IOException;
  }

  private static String pick(List<String> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }

  private static Damage ofBytes(Random random) {
    return whole -> {
      byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
      if (random.nextBoolean()) {
        return java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      return bytes;
    };
  }

  private static String replaced(String whole, Pattern what, String by, Random random) {
    List<MatchResult> all = what.matcher(whole).results().toList();
    MatchResult one = all.get(random.nextInt(all.size()));
    return whole.substring(0, one.start()) + by + whole.substring(one.end());
  }

  private static Damage ofJson(Random random) {
    if (random.nextInt(3) == 0) {
      return ofBytes(random);
    }
    return whole -> {
      String damaged =
          switch (random.nextInt(5)) {
            case 0 -> replaced(whole, NUMBER, pick(NUMBERS, random), random);
            case 1 -> whole.replaceFirst("\\{", "{\"formatVersion\":\"1.0\",");
            case 2 -> replaced(whole, VALUE, "[".repeat(100_000), random);
            case 3 -> replaced(whole, VALUE, "{\"a\":".repeat(900) + "1" + "}".repeat(900), random);
            default -> replaced(whole, VALUE, pick(VALUES, random), random);
          };
      return damaged.getBytes(StandardCharsets.UTF_8);
    };
  }

  /**
   * With a sum that is right in most cases, as somebody would write it who wants to be believed.
   */
  private static Damage ofCells(Random random) {
    if (random.nextInt(4) == 0) {
      return ofBytes(random);
    }
    return whole -> {
      int end = whole.lastIndexOf("\nend\t") + 1;
      String body = whole.substring(0, end);
      body =
          switch (random.nextInt(5)) {
            case 0 -> replaced(body, NUMBER, pick(NUMBERS, random), random);
            case 1 -> replaced(body, Pattern.compile("\t[^\t\n]*"), "", random);
            case 2 -> replaced(body, Pattern.compile("\t[^\t\n]*"), "\té\\", random);
            case 3 -> replaced(body, Pattern.compile("[^\n]*\n"), "", random);
            default -> body + replaced(body, Pattern.compile("\t"), "\n", random);
          };
      CRC32 sum = new CRC32();
      sum.update(body.getBytes(StandardCharsets.UTF_8));
      String last = whole.substring(end, whole.lastIndexOf('\t') + 1);
      return (body + last + Long.toHexString(sum.getValue()) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    };
  }

  @Test
  void aDamagedJournal() throws IOException {
    writeWhole();
    damage(
        journal,
        state.resolve("journal.jsonl"),
        DamagedFilesTest::ofJson,
        () -> List.of(log("text"), log("json"), undo()));
  }

  @Test
  void aDamagedLedger() throws IOException {
    writeWhole();
    damage(
        ledger,
        state.resolve("ledger"),
        DamagedFilesTest::ofCells,
        () -> List.of(show(), show("--output", "json")));
  }

  @Test
  void aDamagedPendingFile() throws IOException {
    writeWhole();
    damage(pending, state.resolve("pending"), DamagedFilesTest::ofCells, () -> List.of(show("A")));
  }

  @Test
  void aDamagedPlan() throws IOException {
    writeWhole();
    damage(
        savedPlan,
        plan,
        DamagedFilesTest::ofJson,
        () ->
            List.of(
                acct(
                    "apply",
                    "--iptables",
                    iptables(),
                    "--state-dir",
                    state.toString(),
                    "--no-rehearsal",
                    plan.toString())));
    writeWhole();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"file\": \"|\"file\": 7, \"was\": \"",
        "\"prune\": false|\"prune\": \"yes\"",
        "\"set\": []|\"set\": {}",
        "\"inputs\": {|\"inputs\": [], \"more\": {",
        "\"planId\": \"|\"planId\": \"x\", \"planId\": \"",
        "\"policies\": [|\"policies\": [], \"values\": [",
        "apiVersion|\u20ac"
      })
  void aPlanThatAcctCannotHaveWritten(String change) throws IOException {
    writeWhole();
    String[] sides = change.split("\\|", -1);
    String damaged = savedPlan.replace(sides[0], sides[1]);
    assertFalse(damaged.equals(savedPlan), change);
    Files.writeString(plan, damaged);
    Ran ran = acct("apply", "--iptables", iptables(), plan.toString());
    assertEquals(3, ran.status(), ran.err());
    assertEquals(
        "acct: " + plan + " is no plan that acct plan --out has saved, or it is damaged\n",
        ran.err());
  }

  @Test
  void unreadableLinesAreNoEmptyJournal() throws IOException {
    writeWhole();
    Path file = state.resolve("journal.jsonl");
    Files.writeString(file, "{}\n");
    assertEquals(
        "acct: 1 line of the journal can't be read and is left out (torn by a crash, damaged, or of"
            + " a later version): "
            + file
            + "\n",
        log("text").err());
    Files.writeString(file, "{}\n{}\n");
    assertTrue(log("text").err().startsWith("acct: 2 lines of the journal can't be read and are"));
    Files.writeString(file, "");
    assertTrue(log("text").err().endsWith(" is empty: nothing was applied yet\n"));
  }
}
