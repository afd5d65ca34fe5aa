package acct.compile;

import acct.compile.ReadClauses.Read;
import acct.netfilter.BadValueException;
import acct.netfilter.Family;
import acct.netfilter.Match;
import acct.netfilter.PortSet;
import acct.netfilter.Protocol;
import acct.netfilter.Rule;
import acct.netfilter.RuleParser;
import acct.netfilter.Target;
import acct.netfilter.Value;
import acct.policy.MatchForm;
import acct.policy.MatchKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The kernel rules that one rule's clauses make: a list that iptables takes whole stays in one
 * rule, every other list is multiplied out.
 */
final class RuleWords {

  private final ReadClauses clauses;

  /**
   * A kernel rule, or a part of one.
   *
   * @param core options that need no extension: typed, since nearly every rule has just these
   * @param words of matches
   */
  record Words(List<Match.Setting> core, List<String> words) {
    /** The rule, with more words behind its own. */
    Rule rule(List<String> more, Target target, Family family) throws BadValueException {
      List<String> whole = words;
      if (!more.isEmpty()) {
        whole = new ArrayList<>(words);
        whole.addAll(more);
      }
      Rule rule = RuleParser.parse(core, whole, target, family);
      return whole.isEmpty() ? rule : new Rule(rule.body().guarded(), rule.comments());
    }

    private boolean isEmpty() {
      return core.isEmpty() && words.isEmpty();
    }

    private Words with(Words more) {
      if (isEmpty()) {
        return more;
      }
      List<Match.Setting> bothCores = new ArrayList<>(core);
      bothCores.addAll(more.core);
      List<String> bothWords = new ArrayList<>(words);
      List<String> added =
          more.words.contains(PROTOCOL_MATCH) ? withProtocol(more.words) : more.words;
      boolean open = opens(added) && isOpen(added.get(1));
      bothWords.addAll(open ? added.subList(2, added.size()) : added);
      return new Words(bothCores, bothWords);
    }

    private List<String> withProtocol(List<String> ending) {
      String protocol = "";
      for (Match.Setting setting : core) {
        if (setting.value() instanceof Protocol p) {
          protocol = p.equals(Protocol.DCCP) ? "dccp" : p.toString();
        }
      }
      List<String> filled = new ArrayList<>(ending);
      filled.set(filled.indexOf(PROTOCOL_MATCH), protocol);
      return filled;
    }

    private static boolean opens(List<String> words) {
      return words.size() > 2 && words.get(0).equals("-m");
    }

    /**
     * Whether the rule has a match of that extension already: its options belong together, and nft
     * would save two matches of tcp as one. Ports of multiport are each a match of their own.
     */
    private boolean isOpen(String extension) {
      if (extension.equals("multiport")) {
        return false;
      }
      for (int i = 0; i + 1 < words.size(); i++) {
        if (words.get(i).equals("-m") && words.get(i + 1).equals(extension)) {
          return true;
        }
      }
      return false;
    }
  }

  /** Stands for the match of the rule's protocol, which only the whole rule knows. */
  private static final String PROTOCOL_MATCH = "(protocol)";

  private static final Words NOTHING = new Words(List.of(), List.of());

  RuleWords(ReadClauses clauses) {
    this.clauses = clauses;
  }

  /** Each kernel rule that the keys make. */
  List<Words> alternatives() {
    List<Words> alternatives = List.of(NOTHING);
    if (icmpProtocol().isPresent()) {
      alternatives = List.of(core("-p", false, icmpProtocol().get()));
    }
    MatchKey done = null;
    for (Read read : clauses.all()) {
      if (read.key() != done) {
        done = read.key();
        alternatives = extend(alternatives, endings(done));
      }
    }
    return alternatives;
  }

  /** An ICMP type brings its protocol along. */
  private Optional<Protocol> icmpProtocol() {
    if (clauses.has(MatchKey.PROTOCOL)) {
      return Optional.empty();
    }
    for (Read read : clauses.all()) {
      if (read.key().form() instanceof MatchForm.Icmp icmp) {
        return Optional.of(icmp.protocol());
      }
    }
    return Optional.empty();
  }

  private static List<Words> extend(List<Words> alternatives, List<Words> endings) {
    List<Words> product = new ArrayList<>(alternatives.size() * endings.size());
    for (Words beginning : alternatives) {
      for (Words ending : endings) {
        product.add(beginning.with(ending));
      }
    }
    return product;
  }

  /** What a key adds to a rule; several for a list that becomes several rules. */
  private List<Words> endings(MatchKey key) {
    Optional<Read> yes = clauses.positive(key);
    Optional<Read> no = clauses.negative(key);
    return key.form()
        .match(
            new MatchForm.Cases<>() {
              @Override
              public List<Words> core(MatchForm.Core form) {
                return RuleWords.core(form.option(), yes, no);
              }

              @Override
              public List<Words> ports(MatchForm.Ports form) {
                return RuleWords.this.ports(form, yes, no);
              }

              @Override
              public List<Words> icmp(MatchForm.Icmp form) {
                return RuleWords.icmp(form, yes.or(() -> no).orElseThrow());
              }

              @Override
              public List<Words> inExtension(MatchForm.InExtension form) {
                return RuleWords.inExtension(key, form, yes, no);
              }
            });
  }

  private static List<Words> core(String option, Optional<Read> yes, Optional<Read> no) {
    List<Words> endings = new ArrayList<>(1);
    if (yes.isPresent()) {
      for (Value value : yes.get().values()) {
        endings.add(core(option, false, value));
      }
    }
    if (no.isPresent()) {
      endings.add(core(option, true, no.get().first()));
    }
    return endings;
  }

  private static Words core(String option, boolean negated, Value value) {
    return new Words(RuleParser.core(option, negated, value), List.of());
  }

  /**
   * {@code -m EXTENSION --option value}; the extension is written once in a rule. What is wanted
   * and what is not, of one key, are each a match of its own: a set that holds the packet, and one
   * that does not.
   */
  private static List<Words> inExtension(
      MatchKey key, MatchForm.InExtension form, Optional<Read> yes, Optional<Read> no) {
    if (yes.isEmpty() || no.isEmpty()) {
      return inExtension(key, form, yes.or(() -> no).orElseThrow());
    }
    List<Words> endings = new ArrayList<>();
    for (Words wanted : inExtension(key, form, yes.get())) {
      for (Words unwanted : inExtension(key, form, no.get())) {
        List<String> words = new ArrayList<>(wanted.words());
        words.addAll(unwanted.words());
        endings.add(new Words(List.of(), words));
      }
    }
    return endings;
  }

  private static List<Words> inExtension(MatchKey key, MatchForm.InExtension form, Read read) {
    List<String> texts = new ArrayList<>();
    read.values().forEach(value -> texts.add(value.words().get(0)));
    if (key.lists() == MatchKey.Lists.COMMA) {
      String joined = String.join(",", texts);
      texts.clear();
      texts.add(joined);
    }
    List<Words> endings = new ArrayList<>(texts.size());
    for (String text : texts) {
      List<String> words = match(form.extension(), read.negated());
      words.addAll(key.shape().optionWords(form.option(), text));
      endings.add(new Words(List.of(), words));
    }
    return endings;
  }

  private static List<String> match(String extension, boolean negated) {
    List<String> words = new ArrayList<>(List.of("-m", extension));
    if (negated) {
      words.add("!");
    }
    return words;
  }

  /**
   * One range is the protocol's own match; several, a second one beside it, and any of udplite,
   * which has no match of its own, are multiport's. What the kernel has no room for in one match is
   * another rule, and under not another match of the rule.
   */
  private List<Words> ports(MatchForm.Ports form, Optional<Read> yes, Optional<Read> no) {
    List<List<String>> matches = new ArrayList<>();
    if (yes.isPresent()) {
      for (PortSet set : yes.get().portSets()) {
        matches.add(ports(form, yes.get(), set, true));
      }
    }
    List<String> without = new ArrayList<>();
    if (no.isPresent()) {
      for (PortSet set : no.get().portSets()) {
        without.addAll(ports(form, no.get(), set, yes.isEmpty() && without.isEmpty()));
      }
    }
    if (matches.isEmpty()) {
      return List.of(new Words(List.of(), without));
    }
    List<Words> endings = new ArrayList<>(matches.size());
    for (List<String> match : matches) {
      List<String> words = new ArrayList<>(match);
      words.addAll(without);
      endings.add(new Words(List.of(), words));
    }
    return endings;
  }

  /**
   * The match of ports that fit into one.
   *
   * @param first whether no other ports of this side stand before it
   */
  private List<String> ports(MatchForm.Ports form, Read read, PortSet set, boolean first) {
    Optional<Read> protocol = clauses.positive(MatchKey.PROTOCOL);
    boolean udplite = protocol.isPresent() && protocol.get().values().contains(Protocol.UDPLITE);
    boolean own = read.values().size() == 1 && !udplite && first && form.single().isPresent();
    List<String> words = match(own ? PROTOCOL_MATCH : "multiport", read.negated());
    words.add(own ? form.single().get() : form.several());
    words.add(own ? read.first().words().get(0) : set.toString());
    return words;
  }

  private static List<Words> icmp(MatchForm.Icmp form, Read read) {
    List<String> words = match(form.extension(), read.negated());
    words.add(form.option());
    words.addAll(read.first().words());
    return List.of(new Words(List.of(), words));
  }
}
