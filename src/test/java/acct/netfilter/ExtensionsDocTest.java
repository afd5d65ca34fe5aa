package acct.netfilter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.diagnostic.Diagnostic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** docs/extensions.md says of each extension what the code does with it. */
class ExtensionsDocTest {
  /** The cells of each row, by the name in the first. */
  private static Map<String, List<String>> rows(String column) throws IOException {
    Map<String, List<String>> rows = new TreeMap<>();
    boolean inTable = false;
    for (String line : Files.readAllLines(Path.of("docs/extensions.md"), StandardCharsets.UTF_8)) {
      List<String> cells = cells(line);
      if (cells.isEmpty()) {
        inTable = false;
      } else if (cells.get(0).equals(column)) {
        inTable = true;
      } else if (inTable && cells.get(0).startsWith("`")) {
        List<String> before = rows.put(cells.get(0).replace("`", ""), cells);
        assertEquals(null, before, "twice: " + line);
      }
    }
    return rows;
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    if (line.startsWith("|")) {
      for (String cell : line.substring(1, line.lastIndexOf('|')).split("\\|", -1)) {
        cells.add(cell.strip());
      }
    }
    return cells;
  }

  private static String code(Iterable<String> words) {
    StringBuilder text = new StringBuilder();
    for (String word : words) {
      text.append(text.isEmpty() ? "" : " ").append('`').append(word).append('`');
    }
    return text.toString();
  }

  private static String label(Effect effect) {
    return switch (effect) {
      case READS -> "reads";
      case OWN_STATE -> "own state";
      case NAMED_OBJECT -> "named object";
      case SHARED_STATE -> "writes";
    };
  }

  private static String label(Optional<Family> family) {
    return family.isEmpty() ? "both" : family.get() == Family.IPV4 ? "IPv4" : "IPv6";
  }

  @Test
  void everyMatchOfTheTableIsThereAsItIs() throws IOException {
    Map<String, List<String>> rows = rows("match");
    for (Extension extension : Extension.all()) {
      List<String> writing = new ArrayList<>();
      for (Option option : extension.options()) {
        if (option.writes() != Option.Writes.NEVER) {
          writing.add(option.name());
        }
      }
      List<String> feature = extension.feature().map(KernelFeature::label).stream().toList();
      List<String> cells = rows.remove(extension.name());
      assertTrue(cells != null, extension.name());
      assertEquals(
          List.of(
              code(List.of(extension.name())),
              label(MatchTable.familyOf(extension.name())),
              label(extension.effect()),
              code(feature),
              code(writing)),
          cells.subList(0, 5));
    }
    for (Map.Entry<String, List<String>> row : rows.entrySet()) {
      String label =
          MatchTable.extension(row.getKey()).map(of -> label(of.effect())).orElse("unknown");
      assertEquals(label, row.getValue().get(2), row.getKey());
    }
    assertTrue(rows.size() >= 16, rows.keySet().toString());
  }

  @Test
  void anUnknownMatchNeedsToBeAllowed() throws IOException {
    for (List<String> cells : rows("match").values()) {
      String name = cells.get(0).replace("`", "");
      if (cells.get(2).equals("unknown") && !name.equals("comment")) {
        String rule = "{name: r, options: '-m " + name + " --x 1'}";
        assertTrue(errors("A", rule).toString().contains("unknown-matches"), name);
      }
    }
  }

  @Test
  void noTargetIsTheNameOfAChainOrWhereARuleJumps() throws IOException {
    Map<String, List<String>> rows = rows("target");
    assertTrue(rows.size() > 70, "targets: " + rows.size());
    for (String name : rows.keySet()) {
      assertTrue(
          errors(name, "{name: r}").toString().contains("a target of iptables"), "chain " + name);
      List<String> jump = errors("A", "{name: r, jump: " + name + "}");
      assertEquals(name.equals("RETURN"), jump.isEmpty(), name + jump);
    }
  }

  private static List<String> errors(String chain, String rule) {
    String spec = "chains: [{name: " + chain + ", attach: [OUTPUT], rules: [" + rule + "]}]";
    return Plans.findings(Plans.policy(spec)).stream()
        .filter(Diagnostic::isError)
        .map(Diagnostic::message)
        .toList();
  }
}
