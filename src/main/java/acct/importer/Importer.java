package acct.importer;

import acct.compile.ReservedNames;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.BadValueException;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveTable;
import acct.netfilter.Rule;
import acct.netfilter.RuleParser;
import acct.netfilter.TableName;
import acct.netfilter.Target;
import acct.netfilter.Words;
import acct.policy.Policy;
import acct.policy.PolicyPatterns;
import acct.text.Utf8Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the policy that describes live chains: those that are named, and those they jump to. What a
 * policy can't say, a verdict above all, becomes an error with its line in the dump.
 */
public final class Importer {
  /**
   * The live table of a family.
   *
   * @param dump where it comes from, for messages
   */
  public record Source(Family family, LiveTable table, String dump) {}

  private final String owner;
  private final List<Source> sources;
  private final Diagnostics diagnostics;
  private final Set<ChainName> chains = new LinkedHashSet<>();
  private final Map<ChainName, Map<Family, List<LiveLine>>> rules = new LinkedHashMap<>();

  private Importer(String owner, List<Source> sources, Diagnostics diagnostics) {
    this.owner = owner;
    this.sources = List.copyOf(sources);
    this.diagnostics = diagnostics;
  }

  /**
   * Makes a policy.
   *
   * @param owner its name
   * @param named the chains to begin with; each is in one of the sources at least
   * @return not to be used with errors in the diagnostics
   */
  public static Policy policy(
      String owner,
      TableName table,
      List<ChainName> named,
      List<Source> sources,
      Diagnostics diagnostics) {
    Importer importer = new Importer(owner, sources, diagnostics);
    named.forEach(importer::collect);
    List<Policy.Chain> made = new ArrayList<>();
    Attachments attachments =
        new Attachments(owner, importer.sources, importer.chains, diagnostics);
    for (ChainName chain : importer.chains) {
      made.add(importer.chain(chain, attachments));
    }
    List<Family> families = sources.stream().map(Source::family).sorted().toList();
    Set<Policy.Allow> allow = EnumSet.noneOf(Policy.Allow.class);
    importer.rules.values().forEach(of -> of.values().forEach(lines -> allow(lines, allow)));
    return new Policy(
        owner,
        Position.file(owner),
        families,
        true,
        table,
        Policy.Unmanaged.REMOVE,
        allow,
        List.of(),
        List.of(),
        made);
  }

  /** What the host does by these very rules is wanted already. */
  private static void allow(List<LiveLine> lines, Set<Policy.Allow> into) {
    for (LiveLine line : lines) {
      line.rule().body().features().forEach(feature -> into.add(Policy.Allow.of(feature)));
      if (line.rule().body().hasUnknownMatch()) {
        into.add(Policy.Allow.UNKNOWN_MATCHES);
      }
    }
  }

  /**
   * Each with those it jumps to behind it; with a stack of its own, for a host may chain thousands.
   */
  private void collect(ChainName start) {
    Deque<ChainName> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      ChainName chain = open.pop();
      if (chains.add(chain)) {
        List<ChainName> reached = new ArrayList<>(read(chain));
        Collections.reverse(reached);
        reached.forEach(open::push);
      }
    }
  }

  /** Reads a chain, and returns those it jumps to. */
  private Set<ChainName> read(ChainName chain) {
    Map<Family, List<LiveLine>> byFamily = new LinkedHashMap<>();
    rules.put(chain, byFamily);
    if (!checkName(chain)) {
      return Set.of();
    }
    Set<ChainName> reached = new LinkedHashSet<>();
    for (Source source : sources) {
      Optional<LiveChain> live = source.table().chain(chain);
      if (live.isPresent()) {
        byFamily.put(source.family(), read(source, live.get(), reached));
      }
    }
    return reached;
  }

  private boolean checkName(ChainName chain) {
    String name = Words.display(chain.value());
    boolean reserved = ReservedNames.contains(chain.value());
    String text = Utf8Bytes.decode(chain.value());
    boolean utf8 = Utf8Bytes.encode(text).equals(chain.value());
    if (!reserved && utf8 && text.matches(PolicyPatterns.CHAIN)) {
      return true;
    }
    diagnostics.error(
        Code.BAD_VALUE,
        Position.file(sources.get(0).dump()),
        reserved
            ? "\"" + name + "\" is a built-in chain or a target of iptables, and no policy's"
            : "\""
                + name
                + "\": the name of a policy's chain is UTF-8, with no blanks, control characters, \" or /,"
                + " and does not begin with - or !");
    return false;
  }

  private List<LiveLine> read(Source source, LiveChain chain, Set<ChainName> reached) {
    List<LiveLine> lines = new ArrayList<>();
    if (chain.rules().isEmpty()) {
      diagnostics.error(
          sources.size() > 1 ? Code.FAMILY : Code.BAD_VALUE,
          Position.file(source.dump()),
          "chain " + chain.name() + " has no rules, and a policy's chain has at least one");
    }
    for (LiveRule live : chain.rules()) {
      Position position = new Position(source.dump(), live.line(), 0);
      Rule rule = RuleParser.parseLive(live.words(), source.family());
      Optional<String> more = moreThanCounting(rule.body().target(), source.table(), reached);
      if (more.isPresent()) {
        refuse(Code.DECIDES, position, chain.name(), live, more.get());
        continue;
      }
      try {
        Wording.Said said = Wording.of(rule.body(), source.family(), position);
        lines.add(new LiveLine(position, rule, said));
      } catch (BadValueException e) {
        refuse(Code.BAD_VALUE, position, chain.name(), live, e.getMessage());
      }
    }
    return lines;
  }

  private void refuse(Code code, Position at, ChainName chain, LiveRule live, String why) {
    String words = Words.display(Words.join(live.words()));
    diagnostics.error(code, at, chain + ": \"" + words + "\": " + why);
  }

  /** Why a rule is none of accounting; nothing when it is. What it jumps to is added. */
  private static Optional<String> moreThanCounting(
      Target target, LiveTable table, Set<ChainName> reached) {
    if (target instanceof Target.None || target.isReturn()) {
      return Optional.empty();
    }
    if (target instanceof Target.Goto) {
      return Optional.of("a goto does not come back, and a policy has none");
    }
    if (!(target instanceof Target.Jump jump)) {
      return Optional.of("the rule can't be read");
    }
    Optional<ChainName> chain = table.chains().keySet().stream().filter(target::calls).findFirst();
    chain.ifPresent(reached::add);
    return chain.isPresent()
        ? Optional.empty()
        : Optional.of(jump.name() + " decides about packets or alters them; a policy only counts");
  }

  private Policy.Chain chain(ChainName name, Attachments attachments) {
    List<LiveLine> merged = merge(rules.get(name));
    List<Policy.Attachment> attached = attachments.of(name);
    return new Policy.Chain(
        Utf8Bytes.decode(name.value()), Position.file(owner), attached, RuleNames.named(merged));
  }

  /** The rules of both families as one list, in which each family finds its own in their order. */
  private List<LiveLine> merge(Map<Family, List<LiveLine>> byFamily) {
    if (sources.size() < 2 || byFamily.isEmpty()) {
      return byFamily.values().stream().findFirst().orElse(List.of());
    }
    List<LiveLine> one = byFamily.getOrDefault(Family.IPV4, List.of());
    List<LiveLine> other = byFamily.getOrDefault(Family.IPV6, List.of());
    List<LiveLine> merged = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < one.size() || j < other.size()) {
      if (i < one.size() && one.get(i).isOfOneFamily()) {
        merged.add(one.get(i++));
      } else if (j < other.size() && other.get(j).isOfOneFamily()) {
        merged.add(other.get(j++));
      } else if (i < one.size() && j < other.size() && one.get(i).means(other.get(j))) {
        merged.add(one.get(i++));
        j++;
      } else if (i < one.size() && !isAmong(one.get(i), other, j)) {
        merged.add(one.get(i++).onlyIn(Family.IPV4));
      } else if (j < other.size()) {
        merged.add(other.get(j++).onlyIn(Family.IPV6));
      } else {
        merged.add(one.get(i++).onlyIn(Family.IPV4));
      }
    }
    return merged;
  }

  /** Whether the other family has such a rule from a place on. */
  private static boolean isAmong(LiveLine line, List<LiveLine> others, int from) {
    return others.subList(from, others.size()).stream().anyMatch(line::means);
  }
}
