package acct.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.diagnostic.Diagnostics;
import acct.policy.Yaml;
import acct.policy.YamlReader;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.json.JsonMapper;

/** The jobs in examples/ci: they are YAML, and acct knows each command that they run. */
class CiExamplesTest {
  private static final Pattern COMMAND = Pattern.compile("(?m)^\\s*(?:- |run: )?acct ([^>\n]+)");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {"examples/ci/github.yml", "examples/ci/gitlab.yml", ".pre-commit-hooks.yaml"})
  void theyAreYaml(String file) throws IOException {
    Diagnostics diagnostics = new Diagnostics();
    List<Yaml> documents = YamlReader.read(file, Files.readAllBytes(Path.of(file)), diagnostics);
    assertEquals(List.of(), diagnostics.sorted());
    assertEquals(1, documents.size());
  }

  /** What a schema says against a file. */
  private static List<String> violations(String schema, String yaml) throws IOException {
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);
    try (InputStream in = CiExamplesTest.class.getResourceAsStream("/ci-schemas/" + schema)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Object document = new Load(LoadSettings.builder().build()).loadFromString(yaml);
      return registry
          .getSchema(text, InputFormat.JSON)
          .validate(JsonMapper.shared().writeValueAsString(document), InputFormat.JSON)
          .stream()
          .map(Object::toString)
          .toList();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "github-workflow.json, examples/ci/github.yml, runs-on:, run-on:",
    "gitlab-ci.json, examples/ci/gitlab.yml, script:, scripts:",
    "pre-commit-hooks.json, .pre-commit-hooks.yaml, entry:, entries:"
  })
  void theyAreAsThePublishedSchemasSay(String schema, String file, String right, String wrong)
      throws IOException {
    String yaml = Files.readString(Path.of(file));
    assertEquals(List.of(), violations(schema, yaml));
    String damaged = Pattern.compile(right, Pattern.MULTILINE).matcher(yaml).replaceFirst(wrong);
    assertNotEquals(yaml, damaged);
    assertNotEquals(List.of(), violations(schema, damaged));
  }

  @ParameterizedTest
  @ValueSource(strings = {"examples/ci/github.yml", "examples/ci/gitlab.yml"})
  void theirCommandsRun(String file) throws IOException {
    Path policies = Files.createDirectories(directory.resolve("policies"));
    Files.copy(Path.of("examples/seed.yaml"), policies.resolve("seed.yaml"));
    Matcher matcher = COMMAND.matcher(Files.readString(Path.of(file)));
    List<String> commands = new ArrayList<>();
    while (matcher.find()) {
      commands.add(matcher.group(1).strip());
    }
    assertTrue(commands.size() >= 3, commands.toString());
    for (String command : commands) {
      String here =
          command
              .replace("dumps/router1.v4", "examples/seed.v4")
              .replace(" policies ", " " + policies + " ");
      assertNotEquals(command, here);
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      Console console =
          new Console(
              new ByteArrayInputStream(new byte[0]),
              new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8),
              false);
      assertEquals(0, Main.run(List.of(here.split(" ")), console), err::toString);
      assertFalse(err.toString(StandardCharsets.UTF_8).contains("usage"), command);
    }
  }
}
