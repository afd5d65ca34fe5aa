package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.Resources;
import acct.netfilter.BadDumpException;
import acct.netfilter.BadValueException;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.KnownOptions;
import acct.netfilter.Lexer;
import acct.netfilter.LiveChain;
import acct.netfilter.Match;
import acct.netfilter.RestoreLine;
import acct.netfilter.RuleBody;
import acct.netfilter.RuleParser;
import acct.netfilter.Ruleset;
import acct.netfilter.SaveParser;
import acct.netfilter.TableName;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * What acct writes for a match is taken by iptables, and saved as the same: every match that was
 * recorded is written in acct's form, saved, read, and written again.
 */
class CanonicalFormIT {
  /** Where every match may stand, rpfilter too. */
  private static final TableName TABLE = new TableName("mangle");

  /** What needs a file on a BPF file system. */
  private static final Set<String> NOT_HERE = Set.of("bpf --object-pinned");

  private static final Set<String> IPV6_ONLY = Set.of("ah --ahlen", "ah --ahres");

  /** Of all cases. */
  private final Set<String> words = new TreeSet<>();

  private Namespace namespace;
  private Setup setup;

  /** The matches that this backend has saved, each once. */
  private Set<RuleBody> recorded() throws Exception {
    Set<RuleBody> bodies = new LinkedHashSet<>();
    for (JsonNode record : Resources.records("canon.jsonl")) {
      boolean here =
          record.get("family").asString().equals(setup.family().label())
              && record.get("backend").asString().equals(setup.backend().label())
              && !record.get("saved").isNull();
      if (here) {
        List<String> saved = new ArrayList<>();
        if (record.get("saved").isArray()) {
          record.get("saved").forEach(one -> saved.add(one.asString()));
        } else {
          saved.add(record.get("saved").asString());
        }
        for (String text : saved) {
          body(text).ifPresent(bodies::add);
        }
      }
    }
    for (String line : Files.readAllLines(Resources.ROOT.resolve("option-cases.txt"))) {
      boolean here =
          !line.startsWith("#")
              && (line.startsWith("*")
                  || (line.charAt(0) == '4') == (setup.family() == Family.IPV4));
      if (here) {
        String text =
            line.substring(2).replace("<a>", setup.address(1)).replace("<b>", setup.address(9));
        bodies.add(body(text).orElseThrow(() -> new AssertionError(line)));
      }
    }
    return bodies;
  }

  private Optional<RuleBody> body(String text) throws Lexer.LexException {
    List<String> given = new Lexer().lex(Resources.bytes(text) + "\n").words();
    try {
      RuleBody body = RuleParser.parse(given, setup.family()).body();
      words.addAll(given);
      return body.matchWords().isEmpty() || isOpaque(body)
          ? Optional.empty()
          : Optional.of(RuleParser.parse(body.matchWords(), setup.family()).body());
    } catch (BadValueException e) {
      return Optional.empty();
    }
  }

  private static boolean isOpaque(RuleBody body) {
    return body.matches().stream().anyMatch(match -> match instanceof Match.Opaque);
  }

  private static String chain(int number) {
    return "T" + number;
  }

  private boolean isTaken(List<Integer> numbers, List<List<String>> words) {
    StringBuilder script = new StringBuilder("*mangle\n");
    numbers.forEach(number -> script.append("-N ").append(chain(number)).append('\n'));
    for (int number : numbers) {
      List<String> chain = List.of(chain(number));
      script.append(RestoreLine.of(Counters.ZERO, "-A", chain, words.get(number))).append('\n');
    }
    List<String> restore = List.of(setup.command() + "-restore", "--noflush");
    return namespace.run(restore, script.append("COMMIT\n").toString()).status() == 0;
  }

  /** Writes each into a chain of its own; those that are refused stand in none. */
  private Set<Integer> refused(List<Integer> numbers, List<List<String>> words) {
    Set<Integer> refused = new TreeSet<>();
    if (numbers.isEmpty() || isTaken(numbers, words)) {
      return refused;
    }
    if (numbers.size() == 1) {
      refused.addAll(numbers);
      return refused;
    }
    int middle = numbers.size() / 2;
    refused.addAll(refused(numbers.subList(0, middle), words));
    refused.addAll(refused(numbers.subList(middle, numbers.size()), words));
    return refused;
  }

  private Ruleset saved() throws BadDumpException {
    return SaveParser.parse(Resources.bytes(namespace.run(setup.save(), "").ok().out()));
  }

  private static List<String> words(Ruleset saved, int number) {
    return saved
        .table(TABLE)
        .chain(new ChainName(chain(number)))
        .map(LiveChain::rules)
        .filter(rules -> rules.size() == 1)
        .map(rules -> rules.get(0).words())
        .orElse(List.of());
  }

  /** Sets and nfacct objects that the records name. */
  private void makeObjects() {
    String family = setup.family() == Family.IPV4 ? "inet" : "inet6";
    for (String name : List.of("s4", "s6", "my.set-1_x")) {
      namespace.run("ipset", "create", name, "hash:ip", "family", family).ok();
    }
    namespace.run("ipset", "create", "s4p", "hash:ip,port", "family", family).ok();
    namespace.run("ipset", "create", "s4c", "hash:ip", "family", family, "counters").ok();
    for (String name : List.of("http-traffic", "abcdefghijklmnopqrstuvwxyz01234")) {
      namespace.run("nfacct", "add", name).ok();
    }
  }

  /** Every option stands in a case, whether acct writes it or another for it. */
  private void assertAllCovered() {
    List<String> missing =
        KnownOptions.all().stream()
            .filter(one -> one.family().isEmpty() || one.family().get() == setup.family())
            .filter(one -> !words.contains(one.option()))
            .map(KnownOptions.OfExtension::toString)
            .filter(one -> !NOT_HERE.contains(one))
            .filter(one -> setup.family() == Family.IPV6 || !IPV6_ONLY.contains(one))
            .toList();
    assertEquals(List.of(), missing, "options without a case");
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void whatIsWrittenIsTakenSavedAndWrittenAgainAsTheSame(Setup where) throws Exception {
    try (Namespace opened = Namespace.open()) {
      namespace = opened;
      setup = where;
      makeObjects();
      List<RuleBody> bodies = List.copyOf(recorded());
      List<List<String>> written = new ArrayList<>();
      List<Integer> numbers = new ArrayList<>();
      for (RuleBody body : bodies) {
        numbers.add(written.size());
        written.add(body.words(List.of()));
      }
      Set<Integer> refused = refused(numbers, written);
      Ruleset first = saved();
      namespace.run(setup.command(), "-t", "mangle", "-F").ok();
      namespace.run(setup.command(), "-t", "mangle", "-X").ok();
      List<String> wrong = new ArrayList<>();
      List<List<String>> again = new ArrayList<>();
      List<Integer> taken = new ArrayList<>();
      for (int number : numbers) {
        List<String> saved = words(first, number);
        RuleBody read = RuleParser.parseLive(saved, setup.family()).body();
        again.add(read.words(List.of()));
        if (refused.contains(number)) {
          wrong.add("refused: " + written.get(number));
        } else if (!read.equals(bodies.get(number))) {
          wrong.add("saved otherwise: " + written.get(number) + " as " + saved);
        } else {
          taken.add(number);
        }
      }
      Set<Integer> refusedAgain = refused(taken, again);
      Ruleset second = saved();
      for (int number : taken) {
        boolean same =
            !refusedAgain.contains(number) && words(second, number).equals(words(first, number));
        if (!same) {
          wrong.add(
              "not the same again: " + words(first, number) + ", then " + words(second, number));
        }
      }
      assertEquals(List.of(), wrong, String.join("\n", wrong));
      assertAllCovered();
    }
  }
}
