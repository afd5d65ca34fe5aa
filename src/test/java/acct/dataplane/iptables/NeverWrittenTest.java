package acct.dataplane.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.netfilter.Family;
import acct.netfilter.Lexer;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Ruleset;
import acct.plan.Differ;
import acct.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What some version of iptables breaks on, and no script of acct's has for any. */
class NeverWrittenTest {
  private static final Pattern OPTION = Pattern.compile("-[A-Za-z]|--[a-z0-9-]+");

  /** The scripts of all golden folders, and of all policies against an empty machine. */
  private static List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : files(Path.of("src/test/resources/golden"), "script.restore")) {
      lines.addAll(Files.readAllLines(file));
    }
    for (Path file : files(Path.of("policies"), ".yaml")) {
      lines.addAll(script(Files.readString(file)));
    }
    lines.addAll(script(Files.readString(Path.of("examples/seed.yaml"))));
    assertTrue(lines.size() > 100, () -> "there are scripts: " + lines.size());
    return lines.stream().filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
  }

  private static List<Path> files(Path directory, String end) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
    }
  }

  private static List<String> script(String policy) {
    List<String> lines = new ArrayList<>();
    for (Family family : Family.values()) {
      LiveRuleset live = new LiveRuleset(family, Ruleset.EMPTY, "empty", Optional.empty());
      Plan plan = Differ.diff(Plans.desired(policy), List.of(live));
      lines.addAll(Script.of(plan, family).lines().toList());
    }
    return lines;
  }

  private static List<String> words(String line) throws Lexer.LexException {
    return new Lexer().lex(line + "\n").words();
  }

  /** nft crashes on a -R of a rule that the same block has appended (exit status 139). */
  @Test
  void noRuleIsReplacedInItsPlace() throws Exception {
    for (String line : lines()) {
      assertTrue(
          line.matches("(?s)[*:].*|COMMIT|(\\[\\d+:\\d+] )?-[ADIFXEN] .*"), "unexpected: " + line);
    }
  }

  /** 1.8.8 and 1.8.9 read -sx and --source=x as something else. */
  @Test
  void everyOptionStandsAloneAndItsValueIsAWordOfItsOwn() throws Exception {
    for (String line : lines()) {
      if (!line.startsWith("*") && !line.startsWith(":")) {
        for (String word : words(line)) {
          assertTrue(
              !word.startsWith("-") || OPTION.matcher(word).matches(), word + " in: " + line);
        }
      }
    }
  }

  @Test
  void anOptionThatAPolicyJoinsToItsValueIsRefusedOrWrittenApart() {
    for (String joined : List.of("-s10.0.0.1", "-ieth0", "-ptcp")) {
      assertTrue(Plans.findings(options(joined)).toString().contains("unknown option"), joined);
    }
    assertTrue(script(options("--source=10.0.0.1")).get(2).startsWith("-A A -s 10.0.0.1/32 "));
    assertTrue(script(options("-m cpu --cpu=1")).get(2).startsWith("-A A -m cpu --cpu 1 "));
  }

  private static String options(String options) {
    return Plans.policy(
        "chains: [{name: A, attach: [INPUT], rules: [{options: '" + options + "'}]}]");
  }

  /** nft knows the new name of a chain only in the next block. */
  @Test
  void aBlockThatRenamesDoesNothingElse() throws Exception {
    String block = "";
    int renaming = 0;
    for (String line : lines()) {
      block = line.startsWith("*") ? "" : block + line.charAt(0) + line.charAt(1);
      if (line.equals("COMMIT") && block.contains("-E")) {
        renaming++;
        assertEquals("CO", block.replace("-E", ""));
      }
    }
    assertTrue(renaming > 0, "there is one");
  }

  /** A declaration flushes a chain that exists, and sets a policy. */
  @Test
  void onlyChainsOfItsOwnAreDeclared() throws Exception {
    for (String line : lines()) {
      assertFalse(line.matches(":(INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING) .*"), line);
    }
  }
}
