package acct.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Resources;
import acct.netfilter.BadDumpException;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveTable;
import acct.netfilter.RuleParser;
import acct.netfilter.Ruleset;
import acct.netfilter.SaveParser;
import acct.netfilter.TableName;
import acct.netfilter.Target;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What import prints describes the live chains: a plan of it touches no rule. */
class ImportTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  @TempDir private Path directory;

  private record Ran(int status, String out, String err) {}

  private static Ran acct(String... words) {
    return acct(List.of(words));
  }

  private static Ran acct(List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console =
        new Console(new ByteArrayInputStream(new byte[0]), outStream, errStream, false);
    int status = Main.run(words, console);
    return new Ran(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text, StandardCharsets.UTF_8);
  }

  /** A dump of table filter with these rules; CHAINS are declared, INPUT too. */
  private Path dump(String name, List<String> chains, String... rules) throws IOException {
    StringBuilder text = new StringBuilder("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n");
    chains.forEach(chain -> text.append(':').append(chain).append(" - [0:0]\n"));
    int packets = 1;
    for (String rule : rules) {
      text.append('[').append(packets++).append(":60] ").append(rule).append('\n');
    }
    return file(name, text.append("COMMIT\n").toString());
  }

  private Ran imported(String dump, String... rules) throws IOException {
    return acct("import", "--chain", "A", "ipv4=" + dump(dump, List.of("A"), rules));
  }

  /**
   * Plans a policy that was imported: no rule may change but by getting a name, with its counter,
   * and those have no comment of their own.
   */
  private void assertChangesNoRule(String policy, List<String> dumps, String what)
      throws IOException {
    Path file = file("imported.yaml", policy);
    assertEquals(0, acct("validate", file.toString()).status(), what + "\n" + policy);
    List<String> words = new ArrayList<>(List.of("plan", "--output", "json", file.toString()));
    for (String dump : dumps) {
      words.addAll(List.of("--against", dump));
    }
    Ran plan = acct(words);
    assertEquals(0, plan.status(), what + "\n" + policy + plan.err());
    JsonNode json = MAPPER.readTree(plan.out());
    // Old ip6tables-nft can't write counters: there a jump that is taken over begins anew.
    boolean writes = dumps.stream().noneMatch(dump -> dump.endsWith(".v6.nft"));
    assertTrue(!writes || json.get("counters").get("ended").asInt() == 0, what);
    for (JsonNode change : json.get("changes").values()) {
      boolean jump = change.get("kind").asString().equals("jump");
      assertTrue(jump || isNamed(change, writes), what + "\n" + policy + plan.out());
    }
  }

  private static boolean isNamed(JsonNode change, boolean writes) {
    String before = change.get("before").asString();
    String after = change.get("after").asString();
    boolean carried = change.get("counter").get("fate").asString().equals("carried");
    return change.get("action").asString().equals("change")
        && (carried || !writes)
        && withoutComments(before).equals(withoutComments(after));
  }

  private static String withoutComments(String rule) {
    return rule.replaceAll("-m comment --comment (\"([^\"\\\\]|\\\\.)*\"|[^ ]+)", "")
        // Written anew, a rule leaves the counters of its set alone.
        .replace("! --update-counters", "")
        .replaceAll(" +", " ")
        .strip();
  }

  private static List<Path> corpus() {
    List<Path> files = new ArrayList<>(Resources.files(Resources.CORPUS.resolve("dumps")));
    files.addAll(Resources.files(Resources.CORPUS.resolve("dumps/resaved")));
    files.removeIf(file -> Files.isDirectory(file) || file.toString().endsWith(".tsv"));
    return files;
  }

  private static Optional<Ruleset> parsed(Path file) {
    try {
      return Optional.of(SaveParser.parse(Resources.bytes(file)));
    } catch (BadDumpException e) {
      return Optional.empty();
    }
  }

  /** Whether its rules have no target but RETURN and chains of which the same is true. */
  private static boolean onlyCounts(LiveChain chain, LiveTable table, Family family) {
    for (LiveRule rule : chain.rules()) {
      Target target = RuleParser.parseLive(rule.words(), family).body().target();
      boolean stays = target instanceof Target.None || target.isReturn();
      boolean calls =
          table.chains().values().stream()
              .anyMatch(to -> target.calls(to.name()) && onlyCounts(to, table, family));
      if (!stays && !calls) {
        return false;
      }
    }
    return !chain.rules().isEmpty();
  }

  @Test
  void everyCountingChainOfTheCorpusComesBackAsItIs() throws IOException {
    int checked = 0;
    List<String> refused = new ArrayList<>();
    for (Path file : corpus()) {
      Optional<Ruleset> ruleset = parsed(file);
      Family family = file.toString().contains(".v6") ? Family.IPV6 : Family.IPV4;
      for (TableName table : TableName.ACCOUNTING) {
        if (ruleset.isEmpty()) {
          continue;
        }
        LiveTable live = ruleset.get().table(table);
        for (LiveChain chain : live.chains().values()) {
          if (chain.name().isBuiltIn() || !onlyCounts(chain, live, family)) {
            continue;
          }
          String what = file.getFileName() + " " + table + " " + chain.name();
          String dump = family.label() + "=" + file;
          String name = chain.name().value();
          Ran ran = acct("import", "--table", table.value(), "--chain", name, dump);
          if (ran.status() == 0) {
            assertChangesNoRule(ran.out(), List.of(dump), what);
            checked++;
          } else {
            refused.add(what + ": " + ran.err().lines().findFirst().orElse(""));
          }
        }
      }
    }
    System.out.println("import: " + checked + " chains checked; refused: " + refused.size());
    for (String line : refused) {
      boolean cannotBeSaid =
          line.contains("a policy's chain has 1 to 28")
              || line.contains("rules share the state of a --hashlimit-name");
      assertTrue(cannotBeSaid, line);
    }
    assertTrue(checked > 50, "chains checked: " + checked);
  }

  @Test
  void whatIsTypedIsTypedAndTheRestIsOptions() throws IOException {
    Ran ran =
        imported(
            "d.v4",
            "-A INPUT -j A",
            "-A A -s 10.0.0.1/32 -i eth1 -p tcp -m tcp --dport 80 -m comment --comment http",
            "-A A ! -d 10.0.0.0/8 -p udp -m multiport --sports 53,1000:2000",
            "-A A -p icmp -m icmp --icmp-type 8",
            "-A A -p tcp -m tcp --dport 80 --tcp-flags SYN SYN",
            "-A A -m string --string \"a \\\"b\\\" c\" --algo bm --to 65535",
            "-A A -m limit --limit 5/min -p tcp -m tcp --dport 81 -j RETURN");
    assertEquals(0, ran.status(), ran.err());
    assertEquals(
        """
        apiVersion: acct/v1
        kind: AccountingPolicy
        metadata:
          name: imported
        spec:
          families: [ipv4]
          chains:
            - name: A
              attach:
                - INPUT
              rules:
                - {name: http, inInterface: eth1, source: 10.0.0.1, protocol: tcp, destinationPort: 80}
                - {protocol: udp, sourcePort: [53, "1000:2000"], not: {destination: 10.0.0.0/8}}
                - {icmpType: 8}
                - {protocol: tcp, destinationPort: 80, tcpFlags: "SYN SYN"}
                - {string: "a \\"b\\" c", algo: bm}
                - {protocol: tcp, options: "-m limit --limit 5/min -m tcp --dport 81", jump: RETURN}
        """,
        ran.out().substring(ran.out().indexOf("apiVersion")));
    String first = ran.out().lines().findFirst().orElseThrow();
    Path schema = Path.of(first.replace("# yaml-language-server: $schema=", ""));
    assertTrue(Files.isReadable(schema) && schema.isAbsolute(), first);
    assertChangesNoRule(ran.out(), List.of("ipv4=" + directory.resolve("d.v4")), "typed");
  }

  /** What the host does by these very rules is wanted; but what writes is no policy's. */
  @Test
  void whatLiveRulesHaveSwitchedOnIsAllowedInTheirPolicy() throws IOException {
    Ran ran =
        imported(
            "d.v4",
            "-A INPUT -j A",
            "-A A -m conntrack --ctstate NEW",
            "-A A -m set --match-set clients src",
            "-A A -m condition --condition x");
    assertEquals(0, ran.status(), ran.err());
    assertTrue(
        ran.out().contains("  allow: [conntrack, unknown-matches]\n"), ran.out() + ran.err());
    assertChangesNoRule(ran.out(), List.of("ipv4=" + directory.resolve("d.v4")), "allowed");
    for (String match :
        List.of(
            "-m recent --set --name x --mask 255.255.255.255 --rsource",
            "-m socket --restore-skmark",
            "-m hashlimit --hashlimit-upto 5/sec --hashlimit-mode srcip --hashlimit-name x")) {
      Ran refused = imported("w.v4", "-A INPUT -j A", "-A A " + match);
      assertEquals(3, refused.status(), match + refused.out());
    }
  }

  @Test
  void commentsStayAsNamesOrBesideThemUnlessTheyAreOfSeveralRules() throws IOException {
    Ran ran =
        imported(
            "d.v4",
            "-A A -s 10.0.0.1/32 -m comment --comment twice",
            "-A A -s 10.0.0.2/32 -m comment --comment twice",
            "-A A -s 10.0.0.3/32 -m comment --comment \"two words\"",
            "-A A -s 10.0.0.4/32 -m comment --comment true",
            "-A A -s 10.0.0.4/32 -m comment --comment 1.5",
            "-A A -s 10.0.0.5/32",
            "-A A -s 10.0.0.5/32");
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("- {source: 10.0.0.1}\n"), ran.out());
    assertTrue(ran.out().contains("- {comment: \"two words\", source: 10.0.0.3}\n"), ran.out());
    assertTrue(ran.out().contains("{name: \"true\", source"), ran.out());
    assertTrue(ran.out().contains("{name: \"1.5\", source"), ran.out());
    assertTrue(ran.out().contains("{name: s-10.0.0.5_32-2, source: 10.0.0.5}"), ran.out());
    assertChangesNoRule(ran.out(), List.of("ipv4=" + directory.resolve("d.v4")), "names");
  }

  @Test
  void jumpsAreFollowedAndTheirPlacesTold() throws IOException {
    Path dump =
        dump(
            "d.v4",
            List.of("A", "B"),
            "-A INPUT -i eth0 -j A",
            "-A INPUT -j ACCEPT",
            "-A FORWARD -j DROP",
            "-A FORWARD -j A",
            "-A A -p tcp -j B",
            "-A B -s 10.0.0.1/32");
    Ran ran = acct("import", "--chain", "A", "--name", "1e5", "ipv4=" + dump);
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("name: \"1e5\""), ran.out());
    assertTrue(ran.out().contains("{chain: INPUT, match: {inInterface: eth0}}"), ran.out());
    assertTrue(ran.out().contains("{chain: FORWARD, position: anywhere}"), ran.out());
    assertTrue(ran.out().contains("- {protocol: tcp, jump: B}"), ran.out());
    assertTrue(ran.out().contains("- name: B"), ran.out());
    assertChangesNoRule(ran.out(), List.of("ipv4=" + dump), "jumps");
  }

  private void assertRefused(String why, String... rules) throws IOException {
    Ran ran = imported("refused.v4", rules);
    assertEquals(3, ran.status(), ran.err());
    assertEquals("", ran.out());
    assertTrue(ran.err().contains(why), ran.err());
  }

  @Test
  void whatDoesMoreThanCountIsNamedWithItsLine() throws IOException {
    assertRefused(
        "refused.v4:6: error: A: \"-j DROP\": DROP decides", "-A A -s 10.0.0.1/32", "-A A -j DROP");
    assertRefused("LOG decides about packets", "-A A -j LOG --log-prefix x");
    assertRefused("a goto does not come back", "-A A -g A");
    assertRefused("the rule can't be read", "-A A --nonsense 3");
    assertRefused("a ${", "-A A -m string --string \"${x}\" --algo bm");
    assertRefused("has no rules", "-A INPUT -j A");
    assertRefused("the same jump", "-A INPUT -j A", "-A INPUT -j A", "-A A -p tcp");
    assertRefused(
        "attach has keys only",
        "-A INPUT -m statistic --mode random --probability 0.5 -j A",
        "-A A -p tcp");
    assertRefused(
        "import it with --name web", "-A INPUT -m comment --comment acct:web -j A", "-A A -p tcp");
  }

  @Test
  void withoutAChainThoseThatOnlyCountAreListed() throws IOException {
    Path dump =
        dump(
            "d.v4",
            List.of("IN", "web", "DROPS", "TO_DROPS", "EMPTY", "BACK", "GOES", "LOOSE"),
            "-A INPUT -m comment --comment acct:shop -j IN",
            "-A FORWARD -j IN",
            "-A IN -p tcp -j web",
            "-A web -p tcp -m tcp --dport 80",
            "-A web -j RETURN",
            "-A DROPS -j DROP",
            "-A DROPS -p udp",
            "-A TO_DROPS -p udp",
            "-A TO_DROPS -j DROPS",
            "-A BACK -j RETURN",
            "-A GOES -g web",
            "-A LOOSE -s 10.0.0.1/32");
    Ran ran = acct("import", "ipv4=" + dump);
    assertEquals(0, ran.status(), ran.err());
    assertEquals(
        """
        CHAIN  TABLE   FAMILY  RULES  JUMPS FROM      POLICY
        IN     filter  ipv4    1      FORWARD, INPUT  shop
        web    filter  ipv4    2      GOES, IN        -
        LOOSE  filter  ipv4    1      -               -
        """,
        ran.out());
    assertTrue(ran.err().contains("--chain NAME"), ran.err());
    assertEquals("", acct("import", "--table", "raw", "ipv4=" + dump).out());
    assertEquals(
        "acct: there is no chain that only counts: nothing to import\n",
        acct("import", "--table", "raw", "ipv4=" + dump).err());
  }

  @Test
  void aChainThatHangsInAChainOfOthersIsImportedThere() throws IOException {
    String rules =
        "*filter\n:FORWARD ACCEPT [0:0]\n:DOCKER-USER - [0:0]\n:A - [0:0]\n"
            + "[9:900] -A FORWARD -j DOCKER-USER\n[1:60] -A DOCKER-USER -i eth0 -j A\n"
            + "[2:70] -A DOCKER-USER -j RETURN\n[3:80] -A A -p tcp\nCOMMIT\n";
    Path four = file("d.v4", rules);
    Path six = file("d.v6", rules.replace("[1:60] -A DOCKER-USER -i eth0 -j A\n", ""));
    Ran ran = acct("import", "--chain", "A", "ipv4=" + four);
    assertEquals(0, ran.status(), ran.err());
    assertTrue(
        ran.out().contains("        - {chain: DOCKER-USER, match: {inInterface: eth0}}\n"),
        ran.out());
    assertChangesNoRule(ran.out(), List.of("ipv4=" + four), "DOCKER-USER");
    Ran both = acct("import", "--chain", "A", "ipv4=" + four, "ipv6=" + six);
    assertEquals(0, both.status(), both.err());
    assertTrue(both.out().contains("{chain: DOCKER-USER, families: [ipv4], match"), both.out());
    assertChangesNoRule(both.out(), List.of("ipv4=" + four, "ipv6=" + six), "DOCKER-USER");
  }

  @Test
  void namesThatNoPolicyCanHaveAreRefused() throws IOException {
    Path dump = dump("d.v4", List.of("a/b", "LOG"), "-A a/b -p tcp", "-A LOG -p tcp");
    assertEquals(3, acct("import", "--chain", "a/b", "ipv4=" + dump).status());
    assertEquals(3, acct("import", "--chain", "LOG", "ipv4=" + dump).status());
    assertEquals(3, acct("import", "--chain", "INPUT", "ipv4=" + dump).status());
  }

  @Test
  void wrongUsageAndWhatIsNotThere() throws IOException {
    Path dump = dump("d.v4", List.of("ABC"), "-A ABC -p tcp");
    assertEquals(64, acct("import", "--chain", "A B", "" + dump).status());
    assertEquals(64, acct("import", "--chain", "A", "--name", "A", "" + dump).status());
    assertEquals(64, acct("import", "--chain", "A", "--table", "nat", "" + dump).status());
    Ran missing = acct("import", "--chain", "ABD", "ipv4=" + dump);
    assertEquals(1, missing.status());
    assertTrue(missing.err().contains("did you mean ABC?"), missing.err());
    Ran unsure = acct("import", "--chain", "ABC", "" + dump);
    assertEquals(1, unsure.status());
    assertTrue(unsure.err().contains("write ipv4="), unsure.err());
  }

  @Test
  void bothFamiliesMakeOnePolicyWhereTheyCan() throws IOException {
    Path four = dump("d.v4", List.of("A"), "-A INPUT -j A", "-A A -p tcp", "-A A -s 10.0.0.1/32");
    Path six =
        dump("d.v6", List.of("A"), "-A INPUT -j A", "-A A -s 2001:db8::1/128", "-A A -p tcp");
    List<String> dumps = List.of("ipv4=" + four, "ipv6=" + six);
    Ran ran = acct("import", "--chain", "A", dumps.get(0), dumps.get(1));
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("families: [ipv4, ipv6]"), ran.out());
    assertTrue(ran.out().contains("source: \"2001:db8::1\""), ran.out());
    assertChangesNoRule(ran.out(), dumps, "both");

    Path other = dump("other.v6", List.of("A"), "-A INPUT -j A", "-A A -p udp");
    Ran apart = acct("import", "--chain", "A", dumps.get(0), "ipv6=" + other);
    assertEquals(0, apart.status(), apart.err());
    assertTrue(apart.out().contains("{families: [ipv4], protocol: tcp}"), apart.out());
    assertTrue(apart.out().contains("{families: [ipv6], protocol: udp}"), apart.out());
    assertChangesNoRule(apart.out(), List.of(dumps.get(0), "ipv6=" + other), "apart");
  }

  /** Every match that has keys is imported by them, also in attach. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-m mac --mac-source 00:11:22:33:44:55|macSource: \"00:11:22:33:44:55\"",
        "-m mark --mark 0x1|mark:",
        "-m iprange --src-range 10.0.0.1-10.0.0.9|srcRange: 10.0.0.1-10.0.0.9",
        "-m conntrack --ctstate NEW,ESTABLISHED|ctstate: [NEW, ESTABLISHED]",
        "-m limit --limit 5/min|limit: 5/minute",
        "-m addrtype --src-type LOCAL|srcType: LOCAL",
        "-m dscp --dscp 0x2e|dscp: 46",
        "-m pkttype --pkt-type broadcast|pktType: broadcast",
        "-m time --timestart 08:00:00 --timestop 17:00:00|timestart: ",
        "-p tcp -m tcp --tcp-flags SYN,ACK SYN|tcpFlags: \"SYN,ACK SYN\"",
        "-m set --match-set clients src|matchSet: clients src",
        "-m set ! --match-set clients src|not: {matchSet: clients src}",
        "-m string --string x --algo bm|string: x, algo: bm",
        "-m length --length 100:200|length: ",
        "-m ttl --ttl-eq 64|ttl: 64",
      })
  void whatHasKeysIsImportedByThem(String match, String keys) throws IOException {
    Ran ran = imported("d.v4", "-A INPUT " + match + " -j A", "-A A " + match);
    assertEquals(0, ran.status(), match + "\n" + ran.err());
    assertFalse(ran.out().contains("options:"), ran.out());
    String bare = keys.replace("\"", "");
    String plain = ran.out().replace("\"", "");
    assertEquals(2, plain.split(Pattern.quote(bare), -1).length - 1, ran.out());
    assertChangesNoRule(ran.out(), List.of("ipv4=" + directory.resolve("d.v4")), match);
  }
}
