package acct.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as scripts see it: exit status, what goes to which stream, the JSON. */
class CliTest {
  private static final String SEED = "examples/seed.v4";

  @TempDir private Path directory;

  private record Ran(int status, String out, String err) {}

  private static Ran run(String input, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
    byte[] bytes = input.getBytes(StandardCharsets.ISO_8859_1);
    Console console = new Console(new ByteArrayInputStream(bytes), outStream, errStream, false);
    int status = Main.run(List.of(words), console);
    return new Ran(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static Ran acct(String... words) {
    return run("", words);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void aPlanAgainstADumpNeedsNoHost() {
    Ran ran = acct("plan", "examples/seed.yaml", "--against", SEED);
    assertEquals(0, ran.status(), ran.err());
    assertEquals("", ran.err());
    assertTrue(ran.out().contains("Plan: 4 to add, 4 to change."), ran.out());
  }

  @Test
  void pendingChangesAreAnExitStatusOnlyWhenAskedFor() {
    assertEquals(
        2, acct("plan", "--detailed-exitcode", "examples/seed.yaml", "--against", SEED).status());
  }

  @Test
  void theDumpMayComeFromStandardInput() throws IOException {
    Ran ran = run(Files.readString(Path.of(SEED)), "plan", "examples/seed.yaml", "--against", "-");
    assertEquals(0, ran.status(), ran.err());
  }

  @Test
  void anInvalidPolicyEndsWithThreeAndItsFindings() throws IOException {
    Path bad = file("bad.yaml", "apiVersion: acct/v1\nkind: Polcy\n");
    Ran ran = acct("validate", bad.toString());
    assertEquals(3, ran.status());
    assertEquals("", ran.out());
    assertTrue(ran.err().contains("bad.yaml:2:7: error: kind is AccountingPolicy"), ran.err());
    assertTrue(ran.err().contains("acct: 3 errors"), ran.err());
    assertEquals(3, acct("plan", bad.toString(), "--against", SEED).status());
  }

  @Test
  void findingsAreAlsoToldAsJsonAndAsAnnotations() throws IOException {
    Path bad = file("bad.yaml", "apiVersion: acct/v1\nkind: Polcy\n");
    Ran github = acct("validate", "--output", "github", bad.toString());
    assertEquals(3, github.status());
    assertTrue(github.out().contains("bad.yaml,line=2,col=7,title=ACCT004::kind is"), github.out());
    Ran json = acct("validate", "--output", "json", bad.toString());
    assertEquals("ACCT004", json(json).get("diagnostics").get(2).get("code").asString());
    assertEquals(64, acct("validate", "--output", "xml", bad.toString()).status());
  }

  @Test
  void atMostFiftyFindingsAreShown() throws IOException {
    String rules = "{nmae: x}, ".repeat(80);
    Path bad =
        file(
            "bad.yaml",
            "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: t}\nspec: {chains: [{name: A,"
                + " attach: [INPUT], rules: ["
                + rules
                + "]}]}\n");
    Ran ran = acct("validate", bad.toString());
    assertEquals(52, ran.err().lines().count(), ran.err());
    assertTrue(ran.err().contains("… and 30 more"));
  }

  @Test
  void wrongUsageEndsWithSixtyFour() {
    assertEquals(64, acct().status());
    assertEquals(64, acct("plam").status());
    assertTrue(acct("plam").err().contains("did you mean \"plan\"?"));
    assertEquals(64, acct("plan").status());
    assertEquals(64, acct("plan", "--nonsense", "x").status());
    assertEquals(64, acct("plan", "--output", "xml", "examples/seed.yaml").status());
    assertEquals(64, acct("schema", "house").status());
  }

  @Test
  void whatIsNotThereIsAnError() {
    assertEquals(1, acct("plan", "no-such.yaml", "--against", SEED).status());
    assertEquals(1, acct("plan", "examples/seed.yaml", "--against", "no-such.v4").status());
  }

  @Test
  void aDumpThatCantBeTrustedIsRefused() throws IOException {
    Path cut = file("cut.v4", "*filter\n:INPUT ACCEPT [0:0]\n");
    Ran ran = acct("plan", "examples/seed.yaml", "--against", "ipv4=" + cut);
    assertEquals(1, ran.status());
    assertTrue(ran.err().contains("cut.v4:1: error: table filter has no COMMIT"), ran.err());
  }

  @Test
  void theFamilyOfADumpIsNeverGuessedWithoutAGround() throws IOException {
    Path dump = file("dump", "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n");
    Ran ran = acct("plan", "examples/seed.yaml", "--against", dump.toString());
    assertEquals(1, ran.status());
    assertTrue(ran.err().contains("write --against ipv4="), ran.err());
    Ran wrong = acct("plan", "examples/seed.yaml", "--against", "ipv6=" + SEED);
    assertTrue(wrong.err().contains("is a dump of ipv4, not of ipv6"), wrong.err());
  }

  @Test
  void everyCommandHasItsHelp() {
    for (String command :
        List.of("plan", "apply", "validate", "import", "init", "schema", "version")) {
      Ran ran = acct(command, "--help");
      assertEquals(0, ran.status());
      assertTrue(ran.out().startsWith("usage: acct " + command), ran.out());
      assertEquals(ran.out(), acct("help", command).out());
    }
  }

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private static JsonNode json(Ran ran) throws IOException {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
            .getSchema(Files.readString(Path.of("schema/plan.schema.json")), InputFormat.JSON);
    assertEquals(List.of(), schema.validate(ran.out(), InputFormat.JSON), ran.out());
    return MAPPER.readTree(ran.out());
  }

  @Test
  void thePlanAsJsonIsAsItsSchemaSays() throws IOException {
    JsonNode plan = json(acct("plan", "--output", "json", "examples/seed.yaml", "--against", SEED));
    assertEquals("1.2", plan.get("formatVersion").asString());
    assertTrue(plan.get("changed").asBoolean());
    assertEquals(4, plan.get("counters").get("carried").asInt());
    JsonNode jump = plan.get("changes").get(0);
    assertEquals("ipv4/filter/INPUT/INET_IN", jump.get("address").asString());
    assertEquals("carried", jump.get("counter").get("fate").asString());
    JsonNode rule = plan.get("changes").get(3);
    assertEquals("ipv4/filter/INET_IN/nginx", rule.get("address").asString());
    assertEquals("-d 123.1.2.2/32", rule.get("after").asString());
    assertEquals(15, rule.get("source").get("line").asInt());
  }

  @Test
  void findingsAsJsonAreAsTheSchemaSays() throws IOException {
    Path bad = file("bad.yaml", "apiVersion: acct/v1\n");
    Ran ran = acct("plan", "--output", "json", bad.toString(), "--against", SEED);
    assertEquals(3, ran.status());
    assertEquals("ACCT003", json(ran).get("diagnostics").get(0).get("code").asString());
  }

  @Test
  void countersBeyondWhatJsonReadersHoldAreTexts() throws IOException {
    Path dump =
        file(
            "dump",
            "*filter\n:INET_IN - [0:0]\n[18446744073709551615:9007199254740992] -A INET_IN -s"
                + " 1.1.1.1/32\nCOMMIT\n");
    JsonNode plan =
        json(acct("plan", "--output", "json", "examples/seed.yaml", "--against", "" + dump));
    JsonNode ended =
        plan.get("changes")
            .valueStream()
            .filter(change -> change.get("action").asString().equals("remove"))
            .findFirst()
            .orElseThrow()
            .get("counter");
    assertEquals("18446744073709551615", ended.get("packets").asString());
    assertTrue(ended.get("packets").isString());
    assertTrue(ended.get("bytes").isNumber());
  }

  @Test
  void trafficIsNeverADifference() throws IOException {
    String dump = Files.readString(Path.of(SEED));
    Path later = file("later.v4", dump.replace("[48211:31870344]", "[99999:99999999]"));
    JsonNode before =
        json(acct("plan", "--output", "json", "examples/seed.yaml", "--against", SEED));
    JsonNode after =
        json(acct("plan", "--output", "json", "examples/seed.yaml", "--against", "" + later));
    assertEquals(before.get("planId"), after.get("planId"));
    assertEquals(before.get("base"), after.get("base"));
  }

  @Test
  void keptRulesThatNoPolicyHasStandBesideTheChanges() throws IOException {
    Path folder = Path.of("src/test/resources/golden/18-what-decides-is-kept");
    String policy = folder.resolve("policy.yaml").toString();
    String dump = folder.resolve("live.v4").toString();
    JsonNode plan = json(acct("plan", "--output", "json", policy, "--against", dump));
    assertEquals(2, plan.get("unmanaged").size());
    JsonNode drop = plan.get("unmanaged").get(0);
    assertEquals("ipv4/filter/GUARD/rest", drop.get("address").asString());
    assertTrue(drop.get("decides").asBoolean());
    assertEquals(11, drop.get("packets").asInt());
    assertEquals("ACCT027", plan.get("diagnostics").get(0).get("code").asString());
  }

  @Test
  void whatIsAskedForBesideThePoliciesNamesThePlanToo() throws IOException {
    String[] plain = {"plan", "--output", "json", "examples/seed.yaml", "--against", SEED};
    String[] prune = {
      "plan", "--prune", "--output", "json", "examples/seed.yaml", "--against", SEED
    };
    assertNotEquals(json(acct(plain)).get("base"), json(acct(prune)).get("base"));
    assertNotEquals(json(acct(plain)).get("planId"), json(acct(prune)).get("planId"));
  }

  @Test
  void aDumpWithoutCountersIsPlannedWithAWarning() {
    String dump = "src/test/resources/corpus/dumps/02-seed-sysconfig-fixed.v4";
    Ran ran = acct("plan", "examples/seed.yaml", "--against", dump);
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.err().contains("save it with iptables-save -c"), ran.err());
  }

  @Test
  void theRestoreScriptIsWhatApplyWouldRun() {
    Ran ran = acct("plan", "--output", "restore", "examples/seed.yaml", "--against", SEED);
    assertEquals(
        """
        # iptables-restore --noflush --counters
        *filter
        -D INET_IN 1
        [48211:31870344] -A INET_IN -d 123.1.2.1/32 -m comment --comment apache
        -A INET_IN -d 123.1.2.2/32 -m comment --comment nginx
        -A INET_IN -d 123.1.2.3/32 -m comment --comment mail
        -D INET_OUT 1
        [39022:204417811] -A INET_OUT -s 123.1.2.1/32 -m comment --comment apache
        -A INET_OUT -s 123.1.2.2/32 -m comment --comment nginx
        -A INET_OUT -s 123.1.2.3/32 -m comment --comment mail
        -D INPUT -j INET_IN
        -I INPUT 1 -m comment --comment acct:seed -j INET_IN
        -D OUTPUT -j INET_OUT
        -I OUTPUT 1 -m comment --comment acct:seed -j INET_OUT
        COMMIT
        """,
        ran.out());
  }

  @Test
  void initPrintsAPolicyThatIsValid() throws IOException {
    Ran plain = acct("init");
    assertEquals(0, plain.status());
    for (Ran ran : List.of(plain, acct("init", "web-1"))) {
      Path file = file("init.yaml", ran.out());
      Ran validated = acct("validate", file.toString());
      assertEquals(0, validated.status(), validated.err());
    }
    assertTrue(plain.out().startsWith("# yaml-language-server: $schema="), plain.out());
    assertTrue(acct("init", "web-1").out().contains("  name: \"web-1\"\n"));
    assertEquals(64, acct("init", "Web").status());
    assertEquals(64, acct("init", "a", "b").status());
  }

  @Test
  void aPolicyMayComeFromStandardInput() throws IOException {
    String policy = Files.readString(Path.of("examples/seed.yaml"));
    Ran ran = run(policy, "plan", "-", "--against", SEED);
    assertEquals(0, ran.status(), ran.err());
    assertEquals(acct("plan", "examples/seed.yaml", "--against", SEED).out(), ran.out());
    assertEquals(64, run(policy, "plan", "-", "--against", "-").status());
    Ran bad = run("kind: x", "validate", "-");
    assertTrue(bad.err().contains("(standard input):1:"), bad.err());
  }

  @Test
  void directoriesThatAreNotReadAreNamed() throws IOException {
    Files.copy(Path.of("examples/seed.yaml"), directory.resolve("a.yaml"));
    Files.createDirectories(directory.resolve("hosts"));
    Files.createDirectories(directory.resolve(".git"));
    Ran ran = acct("validate", directory.toString());
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.err().contains("not read: hosts/ in " + directory), ran.err());
    assertEquals("", acct("validate", "--quiet", directory.toString()).err());
  }

  @Test
  void coloursAreWhereTheyAreAskedFor() throws IOException {
    Path bad = file("bad.yaml", "apiVersion: acct/v1\nkind: Polcy\n");
    Ran always = acct("validate", "--color", "always", bad.toString());
    assertTrue(always.err().contains("\u001b[31merror:\u001b[0m"), always.err());
    assertFalse(acct("validate", "--color", "never", bad.toString()).err().contains("\u001b"));
    assertEquals(64, acct("validate", "--color", "red", bad.toString()).status());
    Ran plan = acct("plan", "--color", "always", "examples/seed.yaml", "--against", SEED);
    assertTrue(plan.out().contains("\u001b["), plan.out());
  }

  @Test
  void quietLeavesWarningsOutAndErrorsIn() throws IOException {
    String dump = "src/test/resources/corpus/dumps/02-seed-sysconfig-fixed.v4";
    String[] plan = {"plan", "--quiet", "examples/seed.yaml", "--against", dump};
    assertEquals("", acct(plan).err());
    Path bad = file("bad.yaml", "apiVersion: acct/v1\nkind: Polcy\n");
    assertTrue(acct("validate", "--quiet", bad.toString()).err().contains("error:"));
  }

  /** They are for one host as well as each by itself. */
  @Test
  void thePoliciesAreValidAsAWhole() {
    Ran ran = acct("validate", "policies");
    assertEquals(0, ran.status(), ran.err());
    assertEquals("valid\n", ran.out());
  }

  @Test
  void theAgentsConfigurationIsCheckedBesidePolicies() throws IOException {
    String text = "apiVersion: acct/v1\nkind: Agent\nspec:\n  policies: [/etc/acct]\n";
    Path good = file("agent.yaml", text);
    assertEquals(0, acct("validate", good.toString(), "examples/seed.yaml").status());
    assertEquals(0, acct("validate", good.toString()).status());
    Path bad = file("bad.yaml", text + "  interval: 1x\n");
    Ran ran = acct("validate", bad.toString());
    assertEquals(3, ran.status());
    assertTrue(ran.err().contains(bad + ":5:13: error: "), ran.err());
    assertEquals(3, acct("plan", good.toString(), "--against", SEED).status(), "it is no policy");
  }
}
