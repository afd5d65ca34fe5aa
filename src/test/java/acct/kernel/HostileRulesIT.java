package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.LiveRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rules in acct's chains whose comments would be commands if a script had them as they are:
 * whatever acct does, no rule of others changes, and no command is in a script that the plan has
 * not.
 */
class HostileRulesIT {
  private static final int ROUNDS = Integer.getInteger("acct.stress.hostile", 1);
  private static final int MOST_BYTES = 255;

  private static final List<String> PIECES =
      List.of(
          "\n",
          "\n-I INPUT -j DROP\n",
          "-I INPUT -j DROP",
          "\nCOMMIT\n*filter\n-A INPUT -j DROP\nCOMMIT\n",
          "\"",
          "\\",
          "'",
          "\r",
          "\t",
          "\u00e9",
          "\u00ff\u00fe",
          "# ",
          "[0:0] -I INPUT -j DROP",
          ":INPUT DROP [0:0]",
          " ",
          "-j DROP -m comment --comment ",
          "x".repeat(120));

  /**
   * What no script may do in a chain of others: more than to write or delete a jump to a chain of
   * acct's. A rehearsal, in a namespace of its own, writes a rule without words for each of
   * others'.
   */
  private static final Pattern IN_OTHERS =
      Pattern.compile("(\\[\\d+:\\d+] )?-[AIDRZF] (INPUT|FORWARD|OUTPUT)\\b(?!$)(?!.* -j [CD]$).*");

  @TempDir private Path directory;

  private Namespace namespace;
  private Setup setup;
  private Acct acct;

  /** The commands of iptables, which keep what they are given to restore. */
  private Path commands() throws IOException {
    for (String name : List.of("iptables-", "ip6tables-")) {
      String command = name + setup.backend().label();
      for (String end : List.of("", "-save", "-restore")) {
        String run = "/usr/sbin/" + command + end + " \"$@\"\n";
        String text =
            end.equals("-restore")
                ? "tee -a " + directory.resolve("scripts") + " | " + run
                : "exec " + run;
        Path file = Files.writeString(directory.resolve(command + end), "#!/bin/sh\n" + text);
        assertTrue(file.toFile().setExecutable(true));
      }
    }
    Files.writeString(directory.resolve("scripts"), "");
    return directory.resolve("iptables-" + setup.backend().label());
  }

  /** Runs iptables with words of any bytes. */
  private void iptables(List<String> words) {
    String input = String.join("\0", words) + "\0";
    namespace.run(List.of("xargs", "-0", "-s", "100000", setup.command(), "-w", "5"), input).ok();
  }

  private Path policy(String more, String rules) {
    return acct.policy(
        "p",
        "families: "
            + setup.families()
            + more
            + "\nchains: [{name: C, attach: [INPUT], rules: ["
            + rules
            + "]}]");
  }

  private static String hostile(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i >= 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.substring(0, Math.min(MOST_BYTES, text.length()));
  }

  /** As in the attack: a tail behind 10,240 bytes that is a command of its own. */
  private static List<String> tooLong() {
    List<String> comments = new ArrayList<>();
    for (int i = 0; i < 45; i++) {
      comments.add(" -I INPUT -j DROP ".repeat(14));
    }
    return comments;
  }

  /** Inserts a rule with these comments into acct's chain, where somebody may put it. */
  private void insert(List<String> comments) {
    List<String> words = new ArrayList<>(List.of("-I", "C", "-p", "udp"));
    comments.forEach(comment -> words.addAll(List.of("-m", "comment", "--comment", comment)));
    iptables(words);
  }

  private List<String> others() {
    return acct.others(List.of("C", "D")::contains);
  }

  private void assertHarmless(List<String> before, String what) throws IOException {
    assertEquals(before, others(), what);
    for (LiveRule rule : acct.rules("INPUT")) {
      assertTrue(!rule.words().contains("DROP") || rule.words().contains("gre"), what);
    }
    Path scripts = directory.resolve("scripts");
    for (String line : Files.readString(scripts, StandardCharsets.ISO_8859_1).split("\n")) {
      assertTrue(!IN_OTHERS.matcher(line).matches(), what + ": " + line);
    }
    Files.writeString(scripts, "");
  }

  private void attack(List<List<String>> rules, String what) throws IOException {
    List<String> before = others();
    final Path plain = policy("", "{name: one, protocol: udp}, {name: two}");
    acct.apply(plain);
    rules.forEach(this::insert);
    assertHarmless(before, what + ": apply");
    // A reboot: nothing is there but what the firewall's service has loaded.
    acct.run("snapshot").ok();
    acct.run("zero", "C").ok();
    assertHarmless(before, what + ": zero");
    iptables(List.of("-D", "INPUT", "-m", "comment", "--comment", "acct:p", "-j", "C"));
    iptables(List.of("-F", "C"));
    iptables(List.of("-X", "C"));
    String state = directory.resolve("state").toString();
    namespace.run(Acct.DIST.resolve("bin/acct-boot").toString(), state).ok();
    assertHarmless(before, what + ": boot");
    acct.run("restore").ok();
    assertHarmless(before, what + ": restore");

    rules.forEach(this::insert);
    Path keep =
        policy("\nunmanagedRules: keep", "{name: new, protocol: tcp}, {name: one, protocol: udp}");
    acct.apply(keep);
    assertHarmless(before, what + ": apply beside them");
    acct.run("apply", "--no-rehearsal", plain.toString());
    Path changed = policy("", "{name: one, protocol: udp}, {name: two, protocol: gre}");
    acct.run("apply", "--no-rehearsal", changed.toString()).ok();
    assertEquals(2, acct.rules("C").size(), what);
    assertHarmless(before, what + ": apply that removes them");
    // A rule that can't be written does not come back; undo says so, and ends with 1.
    assertTrue(acct.run("undo").status() <= 1, what);
    assertTrue(acct.rules("C").size() >= 3, what);
    assertHarmless(before, what + ": undo");

    Path other =
        acct.policy(
            "q",
            "families: "
                + setup.families()
                + "\nchains: [{name: D, attach: [OUTPUT], rules: [{}]}]");
    acct.run("apply", "--prune", other.toString()).ok();
    assertEquals(List.of(), acct.rules("C"), what);
    acct.run("apply", "--prune", policy("", "{name: one}").toString()).ok();
    assertHarmless(before, what + ": prune");
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void noCommentBecomesACommand(Setup where) throws Exception {
    long seed = Long.getLong("acct.stress.seed", System.nanoTime());
    Random random = new Random(seed);
    try (Namespace opened = Namespace.open()) {
      namespace = opened;
      setup = where;
      acct = new Acct(opened, where, directory).by(commands());
      acct.load(
          "*filter\n[7:700] -A INPUT -p gre -j DROP\n[9:900] -A FORWARD -p 50 -j ACCEPT\nCOMMIT\n");
      attack(List.of(List.of("x\n-I INPUT -j DROP\n")), "newline");
      attack(List.of(tooLong()), "long line");
      for (int i = 0; i < ROUNDS; i++) {
        List<List<String>> rules = new ArrayList<>();
        for (int n = random.nextInt(3); n >= 0; n--) {
          List<String> comments = new ArrayList<>();
          for (int c = random.nextInt(3); c >= 0; c--) {
            comments.add(hostile(random));
          }
          rules.add(comments);
        }
        attack(rules, "seed " + seed + ", round " + i);
      }
    }
  }
}
