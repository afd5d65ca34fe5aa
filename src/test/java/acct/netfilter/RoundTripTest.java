package acct.netfilter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What acct prints it reads back: words, rules, whole dumps. */
class RoundTripTest {
  private static final List<String> CORE =
      List.of(
          "-s 10.%d.0.0/16",
          "-d 192.0.2.%d",
          "-i eth%d",
          "-o ppp+",
          "-p udp",
          "-p %d",
          "-f",
          "--source 10.0.0.%d/255.255.255.0",
          "--in-interface br-%d.7");

  /** Matches that remember nothing. */
  private static final List<String> STATELESS =
      List.of(
          "-m multiport --dports %d,80:90",
          "-m multiport ! --sports %d",
          "-m conntrack --ctstate RELATED,ESTABLISHED",
          "-m conntrack ! --ctstate NEW --ctproto %d",
          "-m state --state NEW",
          "-m mark ! --mark %d/0xff",
          "-m connmark --mark 0x%d",
          "-m mac --mac-source 00:11:22:AA:bb:%d",
          "-m string --algo kmp --string \"-j A\\\"B %d\" --to 1500",
          "-m string --algo bm --hex-string \"|0d 0a|\"",
          "-m length --length %d:",
          "-m ttl --ttl-eq %d",
          "-m dscp --dscp-class AF21",
          "-m tos --tos 0x10/0x3f",
          "-m owner ! --uid-owner %d",
          "-m addrtype --src-type LOCAL,UNICAST",
          "-m pkttype --pkt-type multicast",
          "-m time --timestart 08:00 --timestop 18:00:30 --weekdays Mon,Fri",
          "-m iprange --src-range 192.0.2.1-192.0.2.%d",
          "-m icmp --icmp-type %d/1",
          "-m tcp --tcp-flags SYN,ACK SYN --dport %d",
          "-m tcp --syn",
          "-m udp --sport 0:65535",
          "-m physdev --physdev-in vnet%d",
          "-m helper --helper ftp",
          "-m connbytes --connbytes %d: --connbytes-mode bytes --connbytes-dir both",
          "-m policy --dir in --pol ipsec --reqid %d --proto esp");

  /** Matches whose order means something, and those that acct doesn't know. */
  private static final List<String> STATEFUL =
      List.of(
          "-m set --match-set clients%d src,dst",
          "-m limit --limit %d/min --limit-burst 7",
          "-m statistic --mode random --probability 0.%d",
          "-m statistic --mode nth --every 9 --packet 3",
          "-m quota --quota %d",
          "-m recent --rcheck --seconds %d --name DEFAULT --rsource",
          "-m nosuch --x %d ! --y",
          "-m nosuch");

  private static final List<String> TARGETS =
      List.of(
          "",
          "",
          "-j RETURN",
          "-j CHAIN.1",
          "-g ELSEWHERE",
          "-j DROP",
          "-j LOG --log-prefix \"a b\" --log-level info",
          "-j NOSUCH --what ever",
          "-j MARK --set-mark 7");

  private static final List<Character> SPECIAL =
      List.of(' ', '"', '\\', '\'', '\n', '\t', '-', '!', '[', '#', '*');

  private static <T> T any(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static List<String> lexed(String line) {
    try {
      Lexer.Line lexed = new Lexer().lex(line);
      assertFalse(lexed.openQuote(), line);
      return lexed.words();
    } catch (Lexer.LexException e) {
      throw new AssertionError(line, e);
    }
  }

  private static Rule parse(List<String> words) {
    try {
      return RuleParser.parse(words, Family.IPV4);
    } catch (BadValueException e) {
      throw new AssertionError(words.toString(), e);
    }
  }

  /** Some of a list, each spelled with a number, no option of the core twice. */
  private static List<List<String>> some(Random random, List<String> from, int most) {
    List<List<String>> some = new ArrayList<>();
    List<String> shuffled = new ArrayList<>(from);
    Collections.shuffle(shuffled, random);
    List<String> had = new ArrayList<>();
    for (String fragment : shuffled.subList(0, random.nextInt(most + 1))) {
      List<String> words = lexed(fragment.replace("%d", "" + (10 + random.nextInt(80))));
      String option = words.get(0).startsWith("--") ? words.get(0).substring(1, 3) : words.get(0);
      if (option.equals("-m") || !had.contains(option)) {
        had.add(option);
        boolean negated = !option.equals("-m") && random.nextInt(3) == 0;
        List<String> whole = new ArrayList<>(negated ? List.of("!") : List.of());
        whole.addAll(words);
        some.add(whole);
      }
    }
    return some;
  }

  private static List<String> flat(List<List<String>> parts) {
    return parts.stream().flatMap(List::stream).toList();
  }

  private static String bytes(Random random, int most) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(most);
    for (int i = 0; i < length; i++) {
      char special = any(random, SPECIAL);
      text.append(random.nextBoolean() ? (char) random.nextInt(256) : special);
    }
    return text.toString();
  }

  private static List<String> randomRule(Random random) {
    List<List<String>> parts = new ArrayList<>(some(random, CORE, 4));
    parts.addAll(some(random, STATELESS, 3));
    parts.addAll(some(random, STATEFUL, 2));
    if (random.nextBoolean()) {
      parts.add(List.of("-m", "comment", "--comment", bytes(random, 300)));
    }
    parts.add(lexed(any(random, TARGETS)));
    return flat(parts);
  }

  @Property(tries = 5000)
  void aRuleIsReadBackFromItsWordsAndItsText(@ForAll long seed) {
    Rule rule = parse(randomRule(new Random(seed)));
    assertEquals(rule, parse(rule.words()));
    assertEquals(rule.words(), parse(rule.words()).words());
    assertEquals(
        rule, parse(lexed("-A C " + Words.join(rule.words()) + "\n").subList(2, size(rule))));
  }

  /** The words of one rule say another only where they are just its own words. */
  @Property(tries = 5000)
  void aRuleIsSaidByItsOwnWordsOnly(@ForAll long seed) {
    Random random = new Random(seed);
    Rule rule = parse(randomRule(random));
    List<String> words = rule.words();
    assertTrue(rule.isSaidBy(words), words.toString());
    List<String> other = new ArrayList<>(words);
    int at = random.nextInt(words.size() + 1);
    switch (random.nextInt(3)) {
      case 0 -> other.add(at, any(random, List.of("", "!", "-m", "-s", "x")));
      case 1 -> other.subList(0, at).clear();
      default -> Collections.rotate(other, 1);
    }
    assertEquals(words.equals(other), rule.isSaidBy(other), other.toString());
  }

  private static int size(Rule rule) {
    return rule.words().size() + 2;
  }

  @Property(tries = 3000)
  void theOrderOfWhatRemembersNothingSaysNothing(@ForAll long seed) {
    Random random = new Random(seed);
    List<List<String>> parts = new ArrayList<>(some(random, CORE, 5));
    parts.addAll(some(random, STATELESS, 4));
    Rule one = parse(flat(parts));
    Collections.shuffle(parts, random);
    assertEquals(one.body(), parse(flat(parts)).body());
  }

  @Property(tries = 5000)
  void anyBytesSurviveAsWords(@ForAll long seed) {
    Random random = new Random(seed);
    List<String> words = new ArrayList<>(List.of("-A"));
    int count = random.nextInt(20);
    for (int i = 0; i < count; i++) {
      words.add(bytes(random, i == 0 ? Lexer.MAX_WORD_BYTES + 1 : 30));
    }
    assertEquals(words, lexed(Words.join(words)));
    assertEquals(words, lexed(Words.join(words) + "\n"));
    String quoted = String.join(" ", words.stream().map(Words::quote).toList());
    assertEquals(words, lexed(quoted));
  }

  private static Counters counters(Random random) {
    return new Counters(random.nextLong(), random.nextLong());
  }

  /** A table as iptables-save -c prints it; the chains go to the list. */
  private static String print(Random random, String table, List<LiveChain> chains) {
    StringBuilder head = new StringBuilder("# Generated by iptables-save v1.8.9 (nf_tables)\n");
    head.append('*').append(table).append('\n');
    StringBuilder tail = new StringBuilder();
    int count = 1 + random.nextInt(4);
    for (int c = 0; c < count; c++) {
      String policy = random.nextBoolean() ? "-" : "ACCEPT";
      Counters own = counters(random);
      head.append(":C").append(c).append(' ').append(policy).append(' ');
      head.append(own.bracketed()).append('\n');
      List<LiveRule> rules = new ArrayList<>();
      int size = random.nextInt(5);
      for (int r = 0; r < size; r++) {
        // A dump whose last word ends with CR is taken for one with CR LF and refused.
        List<String> words = parse(randomRule(random)).words();
        if (words.isEmpty() || words.get(words.size() - 1).endsWith("\r")) {
          words = List.of("-j", "RETURN");
        }
        Counters rule = counters(random);
        rules.add(new LiveRule(rule, words, 0));
        tail.append(rule.bracketed()).append(" -A C").append(c).append(' ');
        tail.append(Words.join(words)).append('\n');
      }
      chains.add(
          new LiveChain(
              new ChainName("C" + c),
              policy.equals("-") ? Optional.empty() : Optional.of(policy),
              own,
              rules));
    }
    return head.append(tail).append("COMMIT\n# Completed\n").toString();
  }

  @Property(tries = 1000)
  void aDumpIsReadBack(@ForAll long seed) throws BadDumpException {
    Random random = new Random(seed);
    StringBuilder dump = new StringBuilder();
    List<List<LiveChain>> tables = new ArrayList<>();
    List<String> names = List.of("filter", "mangle", "raw");
    for (String name : names) {
      List<LiveChain> chains = new ArrayList<>();
      dump.append(print(random, name, chains));
      tables.add(chains);
    }
    Ruleset read = SaveParser.parse(dump.toString());
    assertEquals(Optional.of(Family.IPV4), read.family());
    for (int t = 0; t < tables.size(); t++) {
      LiveTable table = read.table(new TableName(names.get(t)));
      List<LiveChain> had =
          table.chains().values().stream()
              .map(
                  chain ->
                      new LiveChain(
                          chain.name(),
                          chain.policy(),
                          chain.counters(),
                          chain.rules().stream()
                              .map(rule -> new LiveRule(rule.counters(), rule.words(), 0))
                              .toList()))
              .toList();
      assertEquals(tables.get(t), had);
    }
  }
}
