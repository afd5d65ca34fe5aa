package acct.netfilter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The canonical form against what real iptables made of 1,588 rule texts: as written and as saved
 * are one, and different saved forms stay different. Each exception stands with its reason in
 * canon-exceptions.tsv; one that is no longer needed fails the test.
 */
class CanonTest {
  /** A rule text that was recorded. */
  private record Case(String id, Family family, String spec, List<String> saved) {}

  private static List<Case> cases() {
    return Stream.of("canon.jsonl", "canon-versions.jsonl")
        .flatMap(file -> Resources.records(file).stream())
        .filter(record -> !record.get("saved").isNull())
        .map(CanonTest::of)
        .toList();
  }

  private static Case of(JsonNode record) {
    List<String> saved = new ArrayList<>();
    if (record.get("saved").isArray()) {
      record.get("saved").forEach(line -> saved.add(line.asString()));
    } else {
      saved.add(record.get("saved").asString());
    }
    Family family = Family.of(record.get("family").asString()).orElseThrow();
    String id = record.get("id").asString();
    return new Case(id, family, record.get("spec").asString(), saved);
  }

  /** The reasons of the exceptions of one kind, by "spec" or by "saved ~ saved". */
  private static Map<String, String> exceptions(String kind) throws IOException {
    Map<String, String> exceptions = new HashMap<>();
    for (String line :
        Files.readAllLines(
            Resources.CORPUS.resolveSibling("canon-exceptions.tsv"), StandardCharsets.UTF_8)) {
      String[] cells = line.split("\t");
      if (!line.startsWith("#") && cells[0].equals(kind)) {
        exceptions.put(cells[1], cells[2]);
      }
    }
    return exceptions;
  }

  private static Optional<Rule> rule(String text, Family family) throws Lexer.LexException {
    List<String> words = new Lexer().lex(Resources.bytes(text) + "\n").words();
    try {
      return Optional.of(RuleParser.parse(words, family));
    } catch (BadValueException e) {
      return Optional.empty();
    }
  }

  @Test
  void asWrittenAndAsSavedAreOne() throws Exception {
    Map<String, String> exceptions = exceptions("spec");
    Set<String> needed = new HashSet<>();
    List<String> wrong = new ArrayList<>();
    int equal = 0;
    for (Case one : cases()) {
      List<Rule> written = new ArrayList<>();
      for (String spec : AddressLists.split(one.spec())) {
        rule(spec, one.family()).ifPresent(written::add);
      }
      List<Rule> saved = new ArrayList<>();
      for (String line : one.saved()) {
        rule(line, one.family()).ifPresent(saved::add);
      }
      if (!saved.isEmpty() && written.equals(saved)) {
        equal++;
      } else if (exceptions.containsKey(one.spec())) {
        needed.add(one.spec());
      } else {
        wrong.add(one + "\n    written " + written + "\n    saved   " + saved);
      }
    }
    System.out.printf(
        "canonical form: %d records, %d equal, %d texts excepted%n",
        cases().size(), equal, needed.size());
    assertEquals("", String.join("\n", wrong));
    assertEquals(exceptions.keySet(), needed, "exceptions that are not needed");
  }

  @Test
  void differentSavedFormsStayDifferent() throws Exception {
    Map<String, String> exceptions = exceptions("same");
    Set<String> needed = new HashSet<>();
    List<String> wrong = new ArrayList<>();
    int different = 0;
    for (Family family : Family.values()) {
      Map<Rule, String> seen = new HashMap<>();
      Set<List<String>> forms = new HashSet<>();
      for (JsonNode record : Resources.records("canon.jsonl")) {
        if (record.get("saved").isNull() || of(record).family() != family) {
          continue;
        }
        for (String saved : of(record).saved()) {
          List<String> words = new Lexer().lex(Resources.bytes(saved) + "\n").words();
          Optional<Rule> rule = rule(saved, family);
          if (!forms.add(words) || rule.isEmpty()) {
            continue;
          }
          different++;
          String other = seen.putIfAbsent(rule.get(), saved.strip());
          if (other != null) {
            String pair = other + " ~ " + saved.strip();
            if (exceptions.containsKey(pair)) {
              needed.add(pair);
            } else {
              wrong.add(pair);
            }
          }
        }
      }
    }
    System.out.printf(
        "canonical form: %d saved forms stay different, %d pairs excepted%n",
        different, needed.size());
    assertEquals("", String.join("\n", wrong));
    assertEquals(exceptions.keySet(), needed, "exceptions that are not needed");
  }

  @Test
  void theWordsOfACanonicalRuleMeanTheSameAgain() throws Exception {
    for (Case one : cases()) {
      for (String line : one.saved()) {
        Optional<Rule> rule = rule(line, one.family());
        if (rule.isPresent()) {
          assertEquals(
              rule.get(), RuleParser.parse(rule.get().words(), one.family()), () -> one.toString());
        }
      }
    }
  }
}
