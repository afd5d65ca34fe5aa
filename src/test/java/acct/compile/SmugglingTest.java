package acct.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.dataplane.iptables.Script;
import acct.diagnostic.Diagnostics;
import acct.netfilter.BadValueException;
import acct.netfilter.Family;
import acct.netfilter.Lexer;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Rule;
import acct.netfilter.RuleParser;
import acct.netfilter.Ruleset;
import acct.plan.Differ;
import acct.plan.Plan;
import acct.policy.MatchForm;
import acct.policy.MatchKey;
import acct.policy.Policy;
import acct.policy.PolicyReader;
import acct.policy.Yaml;
import acct.policy.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Promise 5 under attack: whatever a policy or its parameters say, the script only counts, returns,
 * and jumps among the policy's own chains.
 */
class SmugglingTest {
  private static final List<String> PAYLOADS =
      List.of(
          "-j DROP",
          "-jDROP",
          "--jump DROP",
          "--jump=DROP",
          "--ju",
          "-g INPUT",
          "--goto=X",
          "-t nat",
          "-tnat",
          "--table=nat",
          "--tab",
          "-c 1 2",
          "--set-counters 1 2",
          "[1:2] -A A",
          "[1:2]",
          "-A INPUT -j DROP",
          "COMMIT",
          "*nat",
          ":X - [0:0]",
          "#",
          "!",
          "! -j DROP",
          "-F",
          "-fj DROP",
          "--",
          "-",
          "-m comment --comment acct:u",
          "--comment x",
          "--comm=x",
          "-m comment --comm x",
          "-m nosuch",
          "-m nosuch --x -j DROP",
          "-m nosuch --x -- -j DROP",
          "-m nosuch --x=-j",
          "-m nosuch --j DROP",
          "-m nosuch ! -j",
          "-m -j",
          "-m string --algo bm --string -j",
          "-m string --algo bm --string \"-j DROP",
          "-m recent --set",
          "-m recent --rcheck --name -j",
          "-m set --match-set -j DROP",
          "-m tcp --tcp-flags -j SYN",
          "-p tcp --syn",
          "--modprobe=/bin/sh",
          "-4",
          "-w 9",
          "${p}",
          "${p.x}",
          "${",
          "ACCEPT",
          "DROP",
          "\u0000",
          "\u00e9\u20ac",
          "\ud83d\ude00",
          "\u0085-j DROP",
          "\r-j DROP",
          "acct:u");

  private static final List<String> GLUE =
      List.of("", " ", " ", "\n", "\t", "\"", "\" ", "\\", "\\\"", "'", "=", ",", "\r\n");

  private int refused;
  private int held;

  private static <T> T any(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** An attempt: something valid or nothing, glue, one to three payloads, glue. */
  private static String hostile(Random random, String valid) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? valid : "");
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      text.append(any(random, GLUE)).append(any(random, PAYLOADS));
    }
    return text.append(any(random, GLUE)).toString();
  }

  /** A double-quoted scalar of YAML. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~' && !Character.isSurrogate(c)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  private static String policy(String owner, String chain, String rule, String parameter) {
    return "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: "
        + owner
        + "}\nspec:\n  allow: [unknown-matches]\n  parameters: {p: "
        + parameter
        + ", l: [x]}\n  chains:\n  - name: "
        + chain
        + "\n    attach: [INPUT]\n    rules:\n    - {"
        + rule
        + "}\n  - name: B\n    attach: [{chain: FORWARD, position: bottom}]\n    rules:\n"
        + "    - {name: b, jump: RETURN}\n";
  }

  /** A rule with a value of a key, and what the key needs beside it. */
  private static String rule(MatchKey key, String value) {
    StringBuilder rule = new StringBuilder();
    if (key.key().matches("port|.*Port|tcpFlags|syn")) {
      rule.append("protocol: tcp, ");
    }
    if (key == MatchKey.ALGO) {
      rule.append("string: x, ");
    }
    for (String needed : key.extension().map(MatchForm.InExtension::needs).orElse(List.of())) {
      rule.append(needed).append(": ");
      rule.append(MatchKey.of(needed).orElseThrow().example()).append(", ");
    }
    return rule.append(key.key()).append(": ").append(value).toString();
  }

  private void attempt(String text, Map<String, String> sets) {
    Diagnostics diagnostics = new Diagnostics();
    List<Policy> policies = new ArrayList<>();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (Yaml document : YamlReader.read("p.yaml", bytes, diagnostics)) {
      PolicyReader.read(document, diagnostics).ifPresent(policies::add);
    }
    Desired desired;
    try {
      desired =
          Compiler.compile(
              policies, new Overrides(Map.of(), sets), OwnerNames.REFUSED, diagnostics);
    } catch (RuntimeException e) {
      throw new AssertionError(text + sets, e);
    }
    if (diagnostics.hasErrors()) {
      refused++;
      return;
    }
    held++;
    Plan plan =
        Differ.diff(
            desired,
            List.of(
                new LiveRuleset(Family.IPV4, Ruleset.EMPTY, "4", Optional.empty()),
                new LiveRuleset(Family.IPV6, Ruleset.EMPTY, "6", Optional.empty())));
    for (Family family : Family.values()) {
      String script = Script.of(plan, family);
      try {
        check(script, desired, family);
      } catch (AssertionError | Lexer.LexException | BadValueException e) {
        throw new AssertionError(text + sets + "\n" + script, e);
      }
    }
  }

  private static void check(String script, Desired desired, Family family)
      throws Lexer.LexException, BadValueException {
    Map<String, List<Rule>> planned = new HashMap<>();
    List<String> targets = new ArrayList<>(List.of("RETURN"));
    for (Desired.Table table : desired.tables()) {
      for (Desired.Chain chain : table.chains()) {
        targets.add(chain.name().value());
      }
      if (table.family() == family) {
        for (Desired.Chain chain : table.chains()) {
          for (Desired.Counting rule : chain.rules()) {
            Rule one = new Rule(rule.body(), rule.comments());
            planned.computeIfAbsent(chain.name().value(), c -> new ArrayList<>()).add(one);
          }
        }
        for (Desired.Jump jump : table.jumps()) {
          Rule one = new Rule(jump.body(), jump.comments());
          planned.computeIfAbsent(jump.from().value(), c -> new ArrayList<>()).add(one);
        }
      }
    }
    String owner = desired.owners().iterator().next();
    Map<String, List<Rule>> written = new HashMap<>();
    for (String line : script.lines().toList()) {
      assertTrue(
          line.matches("\\*filter|COMMIT|-N [^\\s\"/!-][^\\s\"/]*|-[AI] [^\\n\\r\\x00]+"), line);
      if (line.startsWith("-") && !line.startsWith("-N ")) {
        Lexer.Line lexed = new Lexer().lex(line + "\n");
        assertTrue(!lexed.openQuote() && lexed.packets().isEmpty(), line);
        List<String> words = lexed.words();
        int first = words.get(0).equals("-I") ? 3 : 2;
        assertTrue(first == 2 || words.get(2).equals("1"), line);
        checkWords(words.subList(first, words.size()), targets, owner);
        Rule rule = RuleParser.parse(words.subList(first, words.size()), family);
        written.computeIfAbsent(words.get(1), c -> new ArrayList<>()).add(rule);
      }
    }
    assertEquals(planned, written);
  }

  /** As getopt goes through them, and not as acct's own parser does. */
  private static void checkWords(List<String> words, List<String> targets, String owner) {
    int end = words.size();
    if (end >= 2 && words.get(end - 2).equals("-j")) {
      assertTrue(targets.contains(words.get(end - 1)), "jumps elsewhere");
      end -= 2;
    }
    for (int i = 0; i < end; i++) {
      String word = words.get(i);
      String before = i == 0 ? "" : words.get(i - 1);
      if (before.equals("--comment")) {
        assertTrue(word.equals("acct:" + owner) || !word.contains(":"), "another's mark");
      } else if (word.startsWith("-") && !List.of("--string", "--hex-string").contains(before)) {
        String option = word.replaceFirst("=.*", "");
        boolean single = List.of("-m", "-s", "-d", "-i", "-o", "-p", "-f").contains(word);
        assertTrue(single || option.matches("--[a-z0-9][a-z0-9-]*"), word);
        for (String command : List.of("--jump", "--goto", "--table", "--modprobe")) {
          assertTrue(!command.startsWith(option), word);
        }
      }
    }
  }

  private void attemptAll(Random random) {
    for (MatchKey key : MatchKey.all()) {
      String bad = hostile(random, key.example());
      attempt(policy("t", "A", rule(key, quoted(bad)), "x"), Map.of());
      attempt(policy("t", "A", "not: {" + rule(key, quoted(bad)) + "}", "x"), Map.of());
      attempt(policy("t", "A", rule(key, "\"${p}\""), quoted(bad)), Map.of());
      attempt(policy("t", "A", rule(key, "\"${p}\""), "x"), Map.of("p", bad));
      attempt(policy("t", "A", rule(key, "\"${l}\""), "x"), Map.of("l", bad));
      String each = "forEach: {v: [" + quoted(bad) + "]}, name: \"n\", ";
      attempt(policy("t", "A", each + rule(key, "\"${v}\""), "x"), Map.of());
      attempt(policy("t", "A", rule(key, quoted(any(random, PAYLOADS))), "x"), Map.of());
    }
    for (int i = 0; i < 40; i++) {
      String bad = hostile(random, any(random, List.of("A", "x", "-m recent --rcheck")));
      String yaml = quoted(bad);
      attempt(policy(yaml, "A", "name: a", "x"), Map.of());
      attempt(policy("t", yaml, "name: a", "x"), Map.of());
      attempt(policy("t", "A", "name: " + yaml, "x"), Map.of());
      attempt(policy("t", "A", "name: \"a${p}\"", yaml), Map.of());
      attempt(policy("t", "A", "name: \"${p}\"", "x"), Map.of("p", bad));
      attempt(policy("t", "A", "jump: " + yaml, "x"), Map.of());
      attempt(policy("t", "A", "jump: \"${p}\"", "x"), Map.of("p", bad));
      attempt(policy("t", "A", "options: " + yaml, "x"), Map.of());
      attempt(policy("t", "A", "options: " + quoted(any(random, PAYLOADS)), "x"), Map.of());
      attempt(policy("t", "A", "protocol: [tcp, udp], options: " + yaml, "x"), Map.of());
      for (String options :
          List.of(
              "-m recent --rcheck --name ${p}",
              "-m nosuch --x ${p}",
              "-m nosuch --${p}",
              "-m ${p}",
              "${p}",
              "-m string --algo bm --string '${p}'",
              "-m string --algo bm --string \"a ${p}\"")) {
        attempt(policy("t", "A", "options: " + quoted(options), yaml), Map.of());
        attempt(policy("t", "A", "options: " + quoted(options), "x"), Map.of("p", bad));
      }
    }
  }

  @Test
  void nothingGetsThrough() {
    for (long seed = 0; seed < 8; seed++) {
      attemptAll(new Random(seed));
    }
    assertTrue(refused > 1000, "refused: " + refused);
    assertTrue(held > 100, "held: " + held);
  }
}
