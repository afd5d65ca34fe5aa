package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands that are run often must not load. */
class StartupIT {
  @TempDir private Path directory;

  private String classes(Acct acct, String command, String... words) throws IOException {
    Path classes = directory.resolve("classes");
    acct.with(Map.of("ACCT_JAVA_OPTIONS", "-Xlog:class+load:file=" + classes))
        .run(command, words)
        .ok();
    return Files.readString(classes);
  }

  /**
   * A record's own equals and hashCode are put together by method handles at their first call,
   * which costs some 15 ms of each command.
   */
  @Test
  void equalityOfRecordsIsNotMadeAtTheStart() throws Exception {
    Setup setup = Setup.all().findFirst().orElseThrow();
    String spec =
        """
        chains:
        - name: A
          attach: [INPUT, {chain: OUTPUT, match: {outInterface: eth0}}]
          rules:
          - {name: ports, protocol: tcp, destinationPort: ["80:90", 443]}
          - {name: in, inInterface: eth0, source: 10.0.0.0/8}
        """;
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      String policy = acct.policy("p", "families: " + setup.families() + "\n" + spec).toString();
      for (List<String> words :
          List.of(
              List.of("plan", policy),
              List.of("apply", policy),
              List.of("apply", policy),
              List.of("show"),
              List.of("snapshot"))) {
        String loaded =
            classes(acct, words.get(0), words.subList(1, words.size()).toArray(String[]::new));
        assertTrue(loaded.contains(" acct.cli.Main "), loaded);
        assertFalse(loaded.contains("java.lang.runtime.ObjectMethods"), words.toString());
      }
    }
  }
}
