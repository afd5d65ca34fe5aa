package acct.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.diagnostic.Diagnostics;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The agent's configuration: what is taken, what is told, and that its schema says the same. */
class AgentConfigReaderTest {
  private static final String FILE = "agent.yaml";

  /** A document in JSON, which is YAML too. */
  private static String document(String spec) {
    return "{\"apiVersion\": \"acct/v1\", \"kind\": \"Agent\", \"spec\": " + spec + "}";
  }

  private static Optional<AgentConfig> read(String text, Diagnostics diagnostics) {
    List<Yaml> documents =
        YamlReader.read(FILE, text.getBytes(StandardCharsets.UTF_8), diagnostics);
    return AgentConfigReader.read(documents.get(0), diagnostics);
  }

  private static boolean schemaAccepts(String text) throws IOException {
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);
    Schema schema =
        registry.getSchema(Files.readString(Path.of("schema/agent.schema.json")), InputFormat.JSON);
    return schema.validate(text, InputFormat.JSON).isEmpty();
  }

  @Test
  void whatIsLeftOutHasADefault() {
    Optional<AgentConfig> config = read(document("{\"policies\": [\"/p\"]}"), new Diagnostics());
    assertEquals(
        Optional.of(
            new AgentConfig(
                List.of("/p"), AgentConfig.Mode.ENFORCE, Duration.ofSeconds(60), false)),
        config);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true  | {\"policies\": [\"/p\"], \"mode\": \"observe\", \"interval\": \"5m\", \"prune\": true}",
        "true  | {\"policies\": [\"/p\", \"/q\"], \"mode\": \"enforce\"}",
        "false | {}",
        "false | {\"policies\": []}",
        "false | {\"policies\": \"/p\"}",
        "false | {\"policies\": [1]}",
        "false | {\"policies\": [\"/p\"], \"mode\": \"both\"}",
        "false | {\"policies\": [\"/p\"], \"interval\": \"soon\"}",
        "false | {\"policies\": [\"/p\"], \"interval\": 60}",
        "false | {\"policies\": [\"/p\"], \"prune\": \"yes\"}",
        "false | {\"policies\": [\"/p\"], \"history\": {}}",
        "false | []",
      })
  void readerAndSchemaAgree(boolean valid, String spec) throws IOException {
    String text = document(spec);
    Diagnostics diagnostics = new Diagnostics();
    assertEquals(valid, read(text, diagnostics).isPresent(), diagnostics.sorted().toString());
    assertEquals(valid, !diagnostics.hasErrors());
    assertEquals(valid, schemaAccepts(text));
  }

  @ParameterizedTest
  @CsvSource({"5s,5", "10m,600", "2h,7200", "1d,86400"})
  void durations(String text, long seconds) {
    assertEquals(Optional.of(Duration.ofSeconds(seconds)), AgentConfigReader.duration(text));
  }

  @ParameterizedTest
  @CsvSource({"4s", "2d", "99999d"})
  void anIntervalHasLimits(String interval) {
    Diagnostics diagnostics = new Diagnostics();
    read(document("{\"policies\": [\"/p\"], \"interval\": \"" + interval + "\"}"), diagnostics);
    assertEquals(1, diagnostics.sorted().size());
  }
}
