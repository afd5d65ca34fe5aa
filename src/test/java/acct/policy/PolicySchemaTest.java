package acct.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.diagnostic.Diagnostics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The published schema is what the table of keys says, and accepts what the reader accepts. */
class PolicySchemaTest {
  private static final Path FILE = Path.of("schema/policy.schema.json");

  /** Run with -Dacct.regenerate=true to write the file anew (make schema). */
  @Test
  void theCommittedSchemaIsWhatTheTableSays() throws IOException {
    String text = PolicySchema.text();
    if (Boolean.getBoolean("acct.regenerate")) {
      Files.writeString(FILE, text);
    }
    assertEquals(text, Files.readString(FILE), "run make schema");
  }

  static List<String> documents() {
    String head = "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: a}\n";
    String chain = head + "spec: {chains: [{name: C, rules: [";
    return List.of(
        head,
        "apiVersion: acct/v2\nkind: AccountingPolicy\nmetadata: {name: a}\nspec: {chains: [{name: C,"
            + " rules: [{}]}]}",
        chain + "{}]}]}",
        chain + "]}]}",
        chain + "{protocol: tcp, destinationPort: 80}]}]}",
        chain + "{protocol: tcp, destinationPort: [80, \"1000:2000\", http]}]}]}",
        chain + "{protocol: tcp, destinationPort: 65536}]}]}",
        chain + "{protocol: tcp, destinationPort: -1}]}]}",
        chain + "{protocol: tcp, destinationPort: true}]}]}",
        chain + "{protocol: tcp, destinationPort: null}]}]}",
        chain + "{protocol: tcp, destinationPort: []}]}]}",
        chain + "{protocol: tcp, destinationPort: [[80]]}]}]}",
        chain + "{protocol: tcp, destinationPort: {a: 1}}]}]}",
        chain + "{protocol: 0}]}]}",
        chain + "{protocol: 255}]}]}",
        chain + "{protocol: [tcp, udp]}]}]}",
        chain + "{source: 10.0.0.1}]}]}",
        chain + "{source: [10.0.0.1, 10.0.0.2]}]}]}",
        chain + "{source: example.com}]}]}",
        chain + "{source: 10}]}]}",
        chain + "{not: {source: [10.0.0.1]}}]}]}",
        chain + "{not: {source: 10.0.0.1}}]}]}",
        chain + "{not: {not: {source: 10.0.0.1}}}]}]}",
        chain + "{not: []}]}]}",
        chain + "{inInterface: eth0}]}]}",
        chain + "{inInterface: \"eth0 -j DROP\"}]}]}",
        chain + "{inInterface: abcdefghijklmnop}]}]}",
        chain + "{icmpType: echo-request}]}]}",
        chain + "{icmpType: 8}]}]}",
        chain + "{icmpType: [8]}]}]}",
        chain + "{icmpv6Type: \"1/3\"}]}]}",
        chain + "{name: \"a b\"}]}]}",
        chain + "{name: 5}]}]}",
        chain + "{name: a, sum: true, source: 10.0.0.1}, {name: a, sum: true}]}]}",
        chain + "{name: a, sum: yes}]}]}",
        chain + "{name: a, sum: \"true\"}]}]}",
        chain + "{name: a, sum: 1}]}]}",
        chain + "{name: a, description: 5}]}]}",
        chain + "{jump: RETURN}]}]}",
        chain + "{jump: \"-x\"}]}]}",
        chain + "{onChange: carry}]}]}",
        chain + "{onChange: keep}]}]}",
        chain + "{onChange: null}]}]}",
        chain + "{nmae: x}]}]}",
        chain + "5]}]}",
        head + "spec: {unmanagedRules: keep, chains: [{name: C, rules: [{}]}]}",
        head + "spec: {unmanagedRules: Keep, chains: [{name: C, rules: [{}]}]}",
        head + "spec: {unmanagedRules: [keep], chains: [{name: C, rules: [{}]}]}",
        head + "spec: {unmanagedRules: true, chains: [{name: C, rules: [{}]}]}",
        head + "spec: {table: nat, chains: [{name: C, rules: [{}]}]}",
        head + "spec: {table: raw, families: [ipv6], chains: [{name: C, rules: [{}]}]}",
        head + "spec: {families: [], chains: [{name: C, rules: [{}]}]}",
        head + "spec: {families: [ipv4, ipv4], chains: [{name: C, rules: [{}]}]}",
        head + "spec: {families: ipv4, chains: [{name: C, rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [INPUT], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [input], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [DOCKER-USER], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [\"a b\"], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [\"\"], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [\"-j\"], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [\"!x\"], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [\"a/b\\\"c\"], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [5], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [{chain: X, families: [ipv4]}], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [{chain: X, families: []}], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [{chain: X, families: [v4]}], rules: [{}]}]}",
        head + "spec: {chains: [{name: \"a:b\", rules: [{}]}]}",
        head + "spec: {chains: [{name: \"ä☃\", rules: [{}]}]}",
        head + "spec: {chains: [{name: \"-a\", rules: [{}]}]}",
        head + "spec: {chains: [{name: \"!a\", rules: [{}]}]}",
        head + "spec: {chains: [{name: \"a!\", rules: [{}]}]}",
        head + "spec: {chains: [{name: \"a/b\", rules: [{}]}]}",
        head + "spec: {chains: [{name: \"a\\\"b\", rules: [{}]}]}",
        head + "spec: {chains: [{name: \"a${b}\", rules: [{}]}]}",
        head + "spec: {chains: [{name: \"a$b\", rules: [{}]}]}",
        head + "spec: {chains: [{name: \"a\\tb\", rules: [{}]}]}",
        head
            + "spec: {moved: [{from: \"a:b/x\", to: \"ä/y z\"}], chains: [{name: C, rules: [{}]}]}",
        head + "spec: {moved: [{from: \"-a\", to: b}], chains: [{name: C, rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [{chain: INPUT}], rules: [{}]}]}",
        head
            + "spec: {chains: [{name: C, attach: [{chain: INPUT, position: middle}], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [{position: top}], rules: [{}]}]}",
        head
            + "spec: {chains: [{name: C, attach: [{chain: INPUT, match: {inInterface: lo}}], rules:"
            + " [{}]}]}",
        head
            + "spec: {chains: [{name: C, attach: [{chain: INPUT, match: {jump: X}}], rules: [{}]}]}",
        head + "spec: {chains: [{name: C, attach: [[]], rules: [{}]}]}",
        head + "spec: {chains: [{name: .C, rules: [{}]}]}",
        head + "spec: {chains: [{name: abcdefghijklmnopqrstuvwxyz0123, rules: [{}]}]}",
        head + "spec: {chains: [{rules: [{}]}]}",
        head + "spec: {chains: [{name: C}]}",
        head + "spec: {chains: {}}",
        head + "spec: []",
        "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: A}\nspec: {chains: [{name: C,"
            + " rules: [{}]}]}",
        "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {}\nspec: {chains: [{name: C, rules:"
            + " [{}]}]}",
        "[]",
        "text");
  }

  @ParameterizedTest
  @MethodSource("documents")
  void readerAndSchemaAcceptTheSameDocuments(String text) {
    Diagnostics diagnostics = new Diagnostics();
    Yaml document =
        YamlReader.read("p.yaml", text.getBytes(StandardCharsets.UTF_8), diagnostics).get(0);
    assertEquals(List.of(), diagnostics.sorted(), "not YAML");
    boolean schema = SchemaCheck.accepts(document);
    PolicyReader.read(document, diagnostics);
    assertEquals(
        schema,
        !diagnostics.hasErrors(),
        () -> "reader: " + diagnostics.sorted() + "\nschema: " + SchemaCheck.messages(document));
  }
}
