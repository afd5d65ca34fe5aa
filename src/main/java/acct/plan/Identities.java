package acct.plan;

import acct.compile.DerivedName;
import acct.compile.Desired;
import acct.compile.OwnerMark;
import acct.compile.PartName;
import acct.counter.Counted;
import acct.counter.LiveView;
import acct.netfilter.RuleBody;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says which live rule of a chain each desired rule is.
 *
 * <p>In a chain of acct's a rule is who its name says: the same name with another match has
 * changed, and the same match under another name is another rule, whose counter is somebody else's.
 * Only a rule without a comment has no name, and is known by its match. In a chain that acct takes
 * over, names are others' and mean nothing yet: there rules are known by their match, the one whose
 * comment is the policy's name first.
 *
 * <p>The parts of one rule (NAME, NAME#2 …) are one counter, so among themselves they are known by
 * their match, and keep their numbers.
 */
final class Identities {
  static final int NONE = -1;

  /** The name of a part as earlier versions of acct wrote it: NAME.2. */
  private static final Pattern OLD_PART = Pattern.compile("(.+)\\.([2-9]|[1-9][0-9]{1,5})");

  private final List<Desired.Counting> desired;
  private final List<LiveView.Parsed> live;
  private final Map<String, String> formerNames;
  private final String[] liveNames;
  private final Predicate<LiveView.Parsed> mayChange;

  /** The live rule of each desired one, and the other way round. */
  private final int[] from;

  private final int[] as;

  /** Made when it is first asked for. */
  private Set<String> derivedNames;

  private Identities(
      Desired.Chain chain,
      List<LiveView.Parsed> live,
      Map<String, String> known,
      Predicate<LiveView.Parsed> mayChange) {
    this.desired = chain.rules();
    this.live = live;
    this.formerNames = chain.formerNames();
    this.mayChange = mayChange;
    this.liveNames = names(live, known);
    this.from = new int[desired.size()];
    this.as = new int[live.size()];
    Arrays.fill(from, NONE);
    Arrays.fill(as, NONE);
  }

  /** The desired rules, with the numbers of parts that are there already. */
  List<Desired.Counting> desired() {
    return numbered();
  }

  /** The live rule that a desired one is, by their indices; NONE for a new one. */
  int from(int desiredRule) {
    return from[desiredRule];
  }

  /** What acct calls a live rule; nothing where it has no name. */
  Optional<String> name(int liveRule) {
    return Optional.ofNullable(liveNames[liveRule]);
  }

  /**
   * Pairs them.
   *
   * @param byName whether the live names are acct's
   * @param known what acct calls live rules whose comments are others, by their items
   * @param mayChange whether a live rule may become one with another match
   */
  static Identities of(
      Desired.Chain chain,
      List<LiveView.Parsed> live,
      boolean byName,
      Map<String, String> known,
      Predicate<LiveView.Parsed> mayChange) {
    Identities identities = new Identities(chain, live, known, mayChange);
    if (byName) {
      identities.byName(true);
      identities.byMeaning(identities::hasNoName);
    } else {
      identities.byName(false);
      identities.byMeaning(rule -> true);
      identities.byName(true);
    }
    return identities;
  }

  /** Each part that is there keeps its number, and new ones get the lowest that are free. */
  private List<Desired.Counting> numbered() {
    Map<String, Set<Integer>> taken = new HashMap<>();
    int[] numbers = new int[desired.size()];
    for (int j = 0; j < numbers.length; j++) {
      int number = from[j] == NONE ? 0 : number(from[j], desired.get(j));
      boolean free =
          number > 0
              && taken.computeIfAbsent(desired.get(j).name(), none -> new HashSet<>(2)).add(number);
      numbers[j] = free ? number : 0;
    }
    Map<String, Integer> next = new HashMap<>();
    List<Desired.Counting> all = new ArrayList<>(numbers.length);
    for (int j = 0; j < numbers.length; j++) {
      Desired.Counting rule = desired.get(j);
      if (numbers[j] == 0) {
        int number = next.getOrDefault(rule.name(), 1);
        while (taken.getOrDefault(rule.name(), Set.of()).contains(number)) {
          number++;
        }
        next.put(rule.name(), number + 1);
        numbers[j] = number;
      }
      all.add(rule.as(numbers[j]));
    }
    return all;
  }

  /** The number of the part that a live rule is; 0 where its name has another meaning. */
  private int number(int liveRule, Desired.Counting rule) {
    String name = liveNames[liveRule];
    if (name == null) {
      return 0;
    }
    int number = PartName.number(name, isComment(liveRule) ? rule.kernelWhole() : rule.name());
    PartName part = PartName.of(name);
    boolean renamed = rule.name().equals(formerNames.get(part.whole()));
    return number == 0 && renamed ? part.number() : number;
  }

  private static String[] names(List<LiveView.Parsed> live, Map<String, String> known) {
    String[] names = new String[live.size()];
    List<String> items =
        known.isEmpty()
            ? List.of()
            : Counted.items(live.stream().map(LiveView.Parsed::rule).toList());
    for (int i = 0; i < names.length; i++) {
      String comment = OwnerMark.label(live.get(i).rule().comments()).orElse(null);
      names[i] = known.isEmpty() ? comment : known.getOrDefault(items.get(i), comment);
    }
    return names;
  }

  private void pair(int liveRule, int desiredRule) {
    as[liveRule] = desiredRule;
    from[desiredRule] = liveRule;
  }

  private boolean means(int liveRule, int desiredRule) {
    return live.get(liveRule).rule().body().equals(desired.get(desiredRule).body());
  }

  /** The rules of one name. */
  private static final class Row {
    private final List<Integer> desired = new ArrayList<>(1);
    private final List<Integer> live = new ArrayList<>(1);
  }

  /**
   * Pairs what has the same name: first what means the same, then, of the rest, what has changed.
   *
   * @param changed whether to pair the rest
   */
  private void byName(boolean changed) {
    Map<String, Row> rows = rows();
    for (Row row : rows.values()) {
      if (row.live.isEmpty()) {
        continue;
      }
      pairEqual(row, true);
      pairEqual(row, false);
      if (changed) {
        pairChanged(row, true);
        pairChanged(row, false);
      }
    }
  }

  private Map<String, Row> rows() {
    Map<String, Row> rows = new LinkedHashMap<>(2 * desired.size());
    Map<String, Row> byKernelName = new HashMap<>(2 * desired.size());
    for (int i = 0; i < desired.size(); i++) {
      Desired.Counting rule = desired.get(i);
      Row row = rows.computeIfAbsent(rule.name(), none -> new Row());
      byKernelName.putIfAbsent(rule.kernelWhole(), row);
      if (from[i] == NONE) {
        row.desired.add(i);
      }
    }
    for (int i = 0; i < live.size(); i++) {
      if (as[i] == NONE && liveNames[i] != null) {
        Optional<Row> row = row(i, rows, byKernelName);
        if (row.isPresent()) {
          row.get().live.add(i);
        }
      }
    }
    return rows;
  }

  /** By what acct knows a rule as, else by its comment, else by what it is called now. */
  private Optional<Row> row(int liveRule, Map<String, Row> rows, Map<String, Row> byKernelName) {
    String name = liveNames[liveRule];
    Map<String, Row> known = isComment(liveRule) ? byKernelName : rows;
    PartName part = PartName.of(name);
    for (String whole : List.of(name, part.whole())) {
      Row row = known.getOrDefault(whole, rows.get(whole));
      if (row == null && formerNames.containsKey(whole)) {
        row = rows.get(formerNames.get(whole));
      }
      if (row != null) {
        return Optional.of(row);
      }
    }
    return oldWhole(name).map(rows::get);
  }

  /**
   * Pairs rules of a row that mean the same.
   *
   * @param exact whether the kernel's name has to be the same as well
   */
  private void pairEqual(Row row, boolean exact) {
    if (row.desired.size() == 1 && row.live.size() == 1) {
      int i = row.live.get(0);
      int j = row.desired.get(0);
      if (as[i] == NONE && from[j] == NONE && means(i, j)) {
        pair(i, j);
      }
      return;
    }
    Map<RuleBody, List<Integer>> byBody = new HashMap<>();
    for (int i : row.live) {
      if (as[i] == NONE) {
        byBody.computeIfAbsent(live.get(i).rule().body(), none -> new ArrayList<>(1)).add(i);
      }
    }
    for (int j : row.desired) {
      List<Integer> same =
          from[j] == NONE ? byBody.getOrDefault(desired.get(j).body(), List.of()) : List.of();
      for (int i : same) {
        if (as[i] == NONE && (!exact || isCalled(i, j))) {
          pair(i, j);
          break;
        }
      }
    }
  }

  private boolean isCalled(int liveRule, int desiredRule) {
    Desired.Counting rule = desired.get(desiredRule);
    String name = isComment(liveRule) ? rule.kernelName() : rule.label();
    return name.equals(liveNames[liveRule]);
  }

  /** Whether a live rule is called what its comment says. */
  private boolean isComment(int liveRule) {
    return OwnerMark.label(live.get(liveRule).rule().comments())
        .equals(Optional.ofNullable(liveNames[liveRule]));
  }

  private boolean isCalled(int liveRule, List<Integer> desiredRules) {
    for (int j : desiredRules) {
      if (isCalled(liveRule, j) || desired.get(j).name().equals(liveNames[liveRule])) {
        return true;
      }
    }
    return false;
  }

  private void pairChanged(Row row, boolean exact) {
    List<Integer> left = new ArrayList<>();
    for (int i : row.live) {
      boolean isOldPart = oldWhole(liveNames[i]).isPresent() && !isCalled(i, row.desired);
      if (as[i] == NONE && !isOldPart && mayChange.test(live.get(i))) {
        left.add(i);
      }
    }
    Map<String, Integer> byName = new HashMap<>();
    left.forEach(i -> byName.putIfAbsent(liveNames[i], i));
    int next = 0;
    for (int j : row.desired) {
      if (from[j] != NONE) {
        continue;
      }
      if (exact) {
        Integer i = byName.get(desired.get(j).kernelName());
        if (i != null && as[i] == NONE) {
          pair(i, j);
        }
        continue;
      }
      while (next < left.size() && as[left.get(next)] != NONE) {
        next++;
      }
      if (next < left.size()) {
        pair(left.get(next), j);
      }
    }
  }

  /**
   * Pairs what means the same, whatever its name: the k-th live rule with the k-th desired one, and
   * where there are too many live ones, those with the most packets.
   */
  private void byMeaning(Predicate<Integer> isFree) {
    Map<RuleBody, List<Integer>> liveRules = new LinkedHashMap<>();
    for (int i = 0; i < live.size(); i++) {
      if (as[i] == NONE && isFree.test(i)) {
        liveRules.computeIfAbsent(live.get(i).rule().body(), none -> new ArrayList<>(1)).add(i);
      }
    }
    if (liveRules.isEmpty()) {
      return;
    }
    Map<RuleBody, List<Integer>> wanted = new HashMap<>();
    for (int j = 0; j < desired.size(); j++) {
      if (from[j] == NONE) {
        wanted.computeIfAbsent(desired.get(j).body(), none -> new ArrayList<>(1)).add(j);
      }
    }
    liveRules.forEach(
        (body, rules) -> {
          List<Integer> places = wanted.getOrDefault(body, List.of());
          List<Integer> heaviest = heaviest(rules, places.size());
          for (int k = 0; k < heaviest.size(); k++) {
            pair(heaviest.get(k), places.get(k));
          }
        });
  }

  /** As many of the rules as there is room for, those with the most packets, in their order. */
  private List<Integer> heaviest(List<Integer> rules, int room) {
    if (rules.size() <= room) {
      return rules;
    }
    List<Integer> sorted = new ArrayList<>(rules);
    sorted.sort((a, b) -> Long.compareUnsigned(packets(b), packets(a)));
    List<Integer> kept = new ArrayList<>(sorted.subList(0, room));
    Collections.sort(kept);
    return kept;
  }

  private long packets(int liveRule) {
    return live.get(liveRule).live().counters().packets();
  }

  /**
   * Whether a live rule has no name that a policy gave it: no comment, or one that an earlier
   * version of acct made of the match of another element of its list ({@link #OLD_PART}).
   */
  private boolean hasNoName(int liveRule) {
    String name = liveNames[liveRule];
    if (name == null) {
      return true;
    }
    Optional<String> whole = oldWhole(name);
    return whole.isPresent() && derivedNames().contains(whole.get());
  }

  /** The NAME of a NAME.2; nothing for what is no such part. */
  private static Optional<String> oldWhole(String name) {
    Matcher part = OLD_PART.matcher(name);
    return part.matches() ? Optional.of(part.group(1)) : Optional.empty();
  }

  /** The names of live rules that were made from their matches. */
  private Set<String> derivedNames() {
    if (derivedNames == null) {
      derivedNames = new HashSet<>();
      for (int i = 0; i < live.size(); i++) {
        String name = liveNames[i];
        if (name != null && name.equals(DerivedName.of(live.get(i).rule().body()))) {
          derivedNames.add(name);
        }
      }
    }
    return derivedNames;
  }
}
