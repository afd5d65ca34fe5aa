package acct.compile;

import acct.compile.ReadClauses.Read;
import acct.netfilter.Protocol;
import acct.netfilter.Value;
import acct.policy.MatchKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The words of the kernel rules that one rule's clauses make: a list that iptables takes whole
 * stays in one rule, every other list is multiplied out.
 */
final class RuleWords {
  private final ReadClauses clauses;

  RuleWords(ReadClauses clauses) {
    this.clauses = clauses;
  }

  /** The words of each kernel rule that the keys make. */
  List<List<String>> alternatives() {
    List<List<String>> alternatives = List.of(List.of());
    for (MatchKey key : writtenKeys()) {
      alternatives = extend(alternatives, key);
    }
    return alternatives;
  }

  /** The keys that add words, in the order of the words; an ICMP type brings its protocol along. */
  private Set<MatchKey> writtenKeys() {
    Set<MatchKey> keys = new TreeSet<>();
    keys.addAll(clauses.positive().keySet());
    keys.addAll(clauses.negative().keySet());
    if (clauses.has(MatchKey.ICMP_TYPE) || clauses.has(MatchKey.ICMPV6_TYPE)) {
      keys.add(MatchKey.PROTOCOL);
    }
    return keys;
  }

  private List<List<String>> extend(List<List<String>> alternatives, MatchKey key) {
    List<List<String>> endings = endings(key);
    if (endings.isEmpty()) {
      return alternatives;
    }
    List<List<String>> product = new ArrayList<>(alternatives.size() * endings.size());
    for (List<String> beginning : alternatives) {
      for (List<String> ending : endings) {
        List<String> words = new ArrayList<>(beginning);
        List<String> more =
            ending.contains(PROTOCOL_MATCH) ? withProtocol(beginning, ending) : ending;
        boolean open = opens(more) && isOpen(beginning, more.get(1));
        words.addAll(open ? more.subList(2, more.size()) : more);
        product.add(words);
      }
    }
    return product;
  }

  private static boolean opens(List<String> words) {
    return words.size() > 2 && words.get(0).equals("-m");
  }

  /**
   * Whether the rule has a match of that extension already: its options belong together, and nft
   * would save two matches of tcp as one. Ports of multiport are each a match of their own.
   */
  private static boolean isOpen(List<String> beginning, String extension) {
    if (extension.equals("multiport")) {
      return false;
    }
    for (int i = 0; i + 1 < beginning.size(); i++) {
      if (beginning.get(i).equals("-m") && beginning.get(i + 1).equals(extension)) {
        return true;
      }
    }
    return false;
  }

  /** Stands for the match of the rule's protocol, which only the whole rule knows. */
  private static final String PROTOCOL_MATCH = "(protocol)";

  private static List<String> withProtocol(List<String> beginning, List<String> ending) {
    String protocol = beginning.get(beginning.indexOf("-p") + 1);
    List<String> words = new ArrayList<>(ending);
    words.replaceAll(word -> word.equals(PROTOCOL_MATCH) ? name(protocol) : word);
    return words;
  }

  private static String name(String protocol) {
    return protocol.equals(Protocol.DCCP.toString()) ? "dccp" : protocol;
  }

  /** What a key adds to a rule's words; several for a list that becomes several rules. */
  private List<List<String>> endings(MatchKey key) {
    List<List<String>> endings = new ArrayList<>();
    Read yes = clauses.positive().get(key);
    Read no = clauses.negative().get(key);
    switch (key) {
      case SOURCE -> core(endings, "-s", yes, no);
      case DESTINATION -> core(endings, "-d", yes, no);
      case IN_INTERFACE -> core(endings, "-i", yes, no);
      case OUT_INTERFACE -> core(endings, "-o", yes, no);
      case PROTOCOL -> protocol(endings, yes, no);
      case SOURCE_PORT -> ports(endings, "--sport", "--sports", yes, no);
      case DESTINATION_PORT -> ports(endings, "--dport", "--dports", yes, no);
      case PORT -> ports(endings, "--ports", "--ports", yes, no);
      case ICMP_TYPE -> icmp(endings, "icmp", "--icmp-type", yes, no);
      case ICMPV6_TYPE -> icmp(endings, "icmp6", "--icmpv6-type", yes, no);
      default -> inExtension(endings, key, yes, no);
    }
    return endings;
  }

  /** {@code -m EXTENSION --option value}; the extension is written once in a rule. */
  private static void inExtension(List<List<String>> endings, MatchKey key, Read yes, Read no) {
    String extension = key.extension().orElseThrow().extension();
    Read read = yes != null ? yes : no;
    List<String> texts = new ArrayList<>();
    read.values().forEach(value -> texts.add(value.words().get(0)));
    if (key.lists() == MatchKey.Lists.COMMA) {
      String joined = String.join(",", texts);
      texts.clear();
      texts.add(joined);
    }
    for (String text : texts) {
      List<String> words = new ArrayList<>(List.of("-m", extension));
      if (yes == null) {
        words.add("!");
      }
      words.addAll(key.optionWords(text));
      endings.add(words);
    }
  }

  private static void core(List<List<String>> endings, String option, Read yes, Read no) {
    if (yes != null) {
      for (Value value : yes.values()) {
        endings.add(List.of(option, value.words().get(0)));
      }
    }
    if (no != null) {
      endings.add(List.of("!", option, no.first().words().get(0)));
    }
  }

  private void protocol(List<List<String>> endings, Read yes, Read no) {
    core(endings, "-p", yes, no);
    if (endings.isEmpty() && clauses.has(MatchKey.ICMP_TYPE)) {
      endings.add(List.of("-p", "icmp"));
    }
    if (endings.isEmpty() && clauses.has(MatchKey.ICMPV6_TYPE)) {
      endings.add(List.of("-p", "ipv6-icmp"));
    }
  }

  /**
   * One range is the protocol's own match; several, a second one beside it, and any of udplite,
   * which has no match of its own, are multiport's.
   */
  private void ports(List<List<String>> endings, String single, String several, Read yes, Read no) {
    boolean udplite =
        clauses.positive().containsKey(MatchKey.PROTOCOL)
            && clauses.positive().get(MatchKey.PROTOCOL).values().contains(Protocol.UDPLITE);
    List<String> words = new ArrayList<>();
    for (Read read : new Read[] {yes, no}) {
      if (read == null) {
        continue;
      }
      boolean own =
          read.values().size() == 1 && !udplite && words.isEmpty() && !single.equals(several);
      words.addAll(List.of("-m", own ? PROTOCOL_MATCH : "multiport"));
      if (read.clause().negated()) {
        words.add("!");
      }
      words.add(own ? single : several);
      words.add(own ? read.first().words().get(0) : read.portSet().toString());
    }
    if (!words.isEmpty()) {
      endings.add(words);
    }
  }

  private static void icmp(
      List<List<String>> endings, String match, String option, Read yes, Read no) {
    Read read = yes != null ? yes : no;
    if (read == null) {
      return;
    }
    List<String> words = new ArrayList<>(List.of("-m", match));
    if (yes == null) {
      words.add("!");
    }
    words.add(option);
    words.addAll(read.first().words());
    endings.add(words);
  }
}
