package acct.compile;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.diagnostic.Spelling;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.Hook;
import acct.netfilter.Rule;
import acct.netfilter.TableName;
import acct.netfilter.Target;
import acct.policy.MatchKey;
import acct.policy.Policy;
import acct.text.Utf8Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns policies into the ruleset they ask for.
 *
 * <p>Each rule is read once ({@link Matching}) and then written out for every family it exists in.
 * A chain that has no rule in a family is not made there; what jumps to it in that family counts
 * and does not jump, which comes to the same.
 */
public final class Compiler {
  private final OwnerNames owners;
  private final Diagnostics diagnostics;
  private final Map<TableKey, TableBuilder> tables = new LinkedHashMap<>();

  private record TableKey(Family family, TableName name) {
    @Override
    public boolean equals(Object other) {
      return other instanceof TableKey key && family == key.family && name.equals(key.name);
    }

    @Override
    public int hashCode() {
      return 31 * family.hashCode() + name.hashCode();
    }
  }

  private static final class TableBuilder {
    private final List<Desired.Chain> chains = new ArrayList<>();
    private final List<Desired.Jump> jumps = new ArrayList<>();
    private final List<Desired.Rename> renames = new ArrayList<>();
  }

  /** A rule that could be read. */
  private record ReadRule(Policy.RuleSpec spec, Matching matching, Set<Family> families) {}

  /** An attachment that could be read. */
  private record ReadAttachment(Policy.Attachment spec, Matching matching) {}

  /** A chain with the rules and attachments that could be read. */
  private record ReadChain(
      Policy.Chain chain, List<ReadRule> rules, List<ReadAttachment> attachments) {
    boolean existsIn(Family family) {
      for (ReadRule rule : rules) {
        if (rule.families().contains(family)) {
          return true;
        }
      }
      return false;
    }
  }

  private Compiler(OwnerNames owners, Diagnostics diagnostics) {
    this.owners = owners;
    this.diagnostics = diagnostics;
  }

  /**
   * Compiles policies that make one desired state.
   *
   * @param overrides of their parameters
   * @param owners what names of users and groups become
   * @return what they ask for; with errors in the diagnostics it is not to be used
   */
  public static Desired compile(
      List<Policy> policies, Overrides overrides, OwnerNames owners, Diagnostics diagnostics) {
    overrides.checkKnown(policies, diagnostics);
    List<Policy> expanded = new ArrayList<>();
    for (Policy policy : policies) {
      expanded.add(Expander.expand(policy, overrides, diagnostics));
    }
    return new Compiler(owners, diagnostics).compileAll(expanded);
  }

  private Desired compileAll(List<Policy> policies) {
    checkNames(policies);
    Set<String> owners = new LinkedHashSet<>();
    Set<Family> families = new LinkedHashSet<>();
    Set<Family> required = new LinkedHashSet<>();
    Map<String, Set<Policy.Allow>> allowed = new HashMap<>();
    for (Policy policy : policies) {
      owners.add(policy.name());
      families.addAll(policy.families());
      required.addAll(policy.familiesWritten() ? policy.families() : List.of());
      allowed.put(policy.name(), policy.allow());
      compile(policy);
    }
    List<Desired.Table> built = new ArrayList<>();
    for (Map.Entry<TableKey, TableBuilder> entry : tables.entrySet()) {
      TableKey key = entry.getKey();
      TableBuilder table = entry.getValue();
      built.add(
          new Desired.Table(key.family(), key.name(), table.chains, table.jumps, table.renames));
    }
    if (!diagnostics.hasErrors()) {
      for (Desired.Table table : built) {
        TableCheck.check(table, diagnostics);
      }
    }
    return new Desired(owners, families, required, allowed, built);
  }

  /** A chain belongs to one policy, and a policy's name to one file. */
  private void checkNames(List<Policy> policies) {
    Map<String, Position> owners = new HashMap<>();
    Map<TableName, Map<String, Position>> chains = new HashMap<>();
    for (Policy policy : policies) {
      Position other = owners.putIfAbsent(policy.name(), policy.position());
      if (other != null && !policy.name().isEmpty()) {
        diagnostics.error(
            Code.DUPLICATE,
            policy.position(),
            "the policy \"" + policy.name() + "\" stands in " + other + " already");
      }
      Map<String, Position> inTable =
          chains.computeIfAbsent(policy.table(), table -> new HashMap<>());
      for (Policy.Chain chain : policy.chains()) {
        Position first = inTable.putIfAbsent(chain.name(), chain.position());
        if (first != null) {
          diagnostics.error(
              Code.DUPLICATE,
              chain.position(),
              "the chain " + chain.name() + " stands in " + first + " already");
        }
      }
    }
  }

  private void compile(Policy policy) {
    Map<String, ReadChain> chains = new LinkedHashMap<>();
    for (Policy.Chain chain : policy.chains()) {
      checkChainName(chain);
      List<ReadRule> rules = new ArrayList<>();
      for (Policy.RuleSpec spec : chain.rules()) {
        Optional<ReadRule> read = read(spec, policy);
        if (read.isPresent()) {
          rules.add(read.get());
        }
      }
      chains.putIfAbsent(chain.name(), new ReadChain(chain, rules, readAttachments(policy, chain)));
    }
    new Moves(policy).check(diagnostics);
    checkJumps(policy, chains);
    ChainGraph.check(policy, diagnostics);
    if (diagnostics.hasErrors()) {
      checkLabels(chains);
      return;
    }
    Map<String, Set<String>> names = new HashMap<>();
    for (Family family : policy.families()) {
      for (ReadChain chain : chains.values()) {
        build(policy, chain, chains, family)
            .forEach(
                rule ->
                    names
                        .computeIfAbsent(chain.chain().name(), none -> new HashSet<>())
                        .add(rule.name()));
      }
    }
    new Moves(policy).checkRules(names, diagnostics);
  }

  private void checkChainName(Policy.Chain chain) {
    if (ReservedNames.contains(chain.name())) {
      diagnostics.error(
          Code.BAD_VALUE,
          chain.position(),
          "\""
              + chain.name()
              + "\" is a built-in chain or a target of iptables; name it otherwise");
    }
  }

  private Optional<ReadRule> read(Policy.RuleSpec spec, Policy policy) {
    if (spec.comment().isPresent() && OwnerMark.owner(List.of(spec.comment().get())).isPresent()) {
      diagnostics.error(
          Code.BAD_VALUE,
          spec.position(),
          "the comment \"" + spec.comment().get() + "\" is acct's mark of a policy");
      return Optional.empty();
    }
    if (spec.sum() && spec.name().isEmpty()) {
      diagnostics.error(
          Code.BAD_VALUE, spec.position(), "sum: true adds rules of one name up; name the rule");
      return Optional.empty();
    }
    Optional<Matching> matching =
        Matching.of(
            spec.clauses(), spec.options(), policy.allow(), owners, spec.position(), diagnostics);
    if (matching.isEmpty()) {
      return Optional.empty();
    }
    Set<Family> families = common(matching.get().families(), policy.families());
    if (!spec.families().isEmpty() && !families.isEmpty()) {
      families = common(families, spec.families());
      if (families.isEmpty()) {
        diagnostics.error(
            Code.FAMILY,
            spec.position(),
            "the rule can't be of "
                + spec.families().get(0).label()
                + ": its match, or the policy, is of the other family");
        return Optional.empty();
      }
    }
    if (families.isEmpty() && !policy.families().isEmpty()) {
      diagnostics.error(
          Code.FAMILY,
          spec.position(),
          "the rule is of "
              + matching.get().families().iterator().next().label()
              + ", which is not in the policy's families");
      return Optional.empty();
    }
    return Optional.of(new ReadRule(spec, matching.get(), families));
  }

  private static Set<Family> common(Set<Family> some, List<Family> others) {
    if (others.containsAll(some)) {
      return some;
    }
    for (Family family : some) {
      if (others.contains(family)) {
        return family.alone();
      }
    }
    return Set.of();
  }

  private void checkJumps(Policy policy, Map<String, ReadChain> chains) {
    for (Policy.Chain chain : policy.chains()) {
      for (Policy.RuleSpec rule : chain.rules()) {
        checkJump(rule, chains);
      }
    }
  }

  private void checkJump(Policy.RuleSpec rule, Map<String, ReadChain> chains) {
    if (rule.jump().isPresent()) {
      Policy.JumpSpec jump = rule.jump().get();
      if (!jump.target().equals("RETURN") && !chains.containsKey(jump.target())) {
        unknownJump(jump, chains.keySet());
      }
    }
  }

  private void unknownJump(Policy.JumpSpec jump, Set<String> chains) {
    String what =
        ReservedNames.contains(jump.target())
            ? jump.target() + " decides about packets or alters them; a policy only counts"
            : "there is no chain " + jump.target() + " in the policy";
    List<String> allowed = new ArrayList<>(chains);
    allowed.add("RETURN");
    String meant =
        Spelling.nearest(jump.target(), allowed)
            .map(near -> "; did you mean " + near + "?")
            .orElse("; jump takes RETURN or " + String.join(", ", chains));
    diagnostics.error(Code.UNKNOWN_JUMP, jump.position(), what + meant);
  }

  private List<ReadAttachment> readAttachments(Policy policy, Policy.Chain chain) {
    List<ReadAttachment> read = new ArrayList<>();
    for (Policy.Attachment attachment : chain.attachments()) {
      Optional<Hook> hook = Hook.of(attachment.from().value());
      if (hook.isPresent() && !policy.table().hooks().contains(hook.get())) {
        diagnostics.error(
            Code.HOOK,
            attachment.position(),
            "table "
                + policy.table()
                + " has no "
                + hook.get()
                + "; it has "
                + String.join(", ", policy.table().hooks().stream().map(Hook::name).toList()));
        continue;
      }
      Optional<Hook> meant = Hook.of(attachment.from().value().toUpperCase(Locale.ROOT));
      if (hook.isEmpty() && meant.isPresent()) {
        diagnostics.error(
            Code.HOOK,
            attachment.position(),
            "the built-in chain is written " + meant.get() + ", not " + attachment.from());
        continue;
      }
      Optional<Matching> matching =
          Matching.of(
              attachment.match(),
              Optional.empty(),
              policy.allow(),
              owners,
              attachment.position(),
              diagnostics);
      if (matching.isPresent() && fitsHook(attachment, matching.get())) {
        read.add(new ReadAttachment(attachment, matching.get()));
      }
    }
    return read;
  }

  private void checkLabels(Map<String, ReadChain> chains) {
    for (ReadChain chain : chains.values()) {
      TakenNames taken = new TakenNames(chain.chain().name(), diagnostics);
      for (ReadRule rule : chain.rules()) {
        rule.spec().name().ifPresent(name -> taken.take(name.text(), rule.spec()));
      }
    }
  }

  private List<Desired.Counting> build(
      Policy policy, ReadChain chain, Map<String, ReadChain> chains, Family family) {
    if (!chain.existsIn(family)) {
      return List.of();
    }
    TableBuilder table =
        tables.computeIfAbsent(new TableKey(family, policy.table()), key -> new TableBuilder());
    ChainName name = ChainName.of(chain.chain().name());
    List<Desired.Counting> rules = new ArrayList<>(chain.rules().size());
    TakenNames taken = new TakenNames(chain.chain().name(), diagnostics);
    for (ReadRule rule : chain.rules()) {
      if (rule.families().contains(family)) {
        Target target = target(rule, chains, family);
        build(policy, rule.spec(), rule.matching().rules(family, target), taken, rules);
      }
    }
    Moves moves = new Moves(policy);
    moves.chain(chain.chain().name()).ifPresent(table.renames::add);
    table.chains.add(
        new Desired.Chain(
            name,
            policy.name(),
            chain.chain().position(),
            policy.unmanaged(),
            rules,
            moves.formerNames(chain.chain().name())));
    for (ReadAttachment attachment : chain.attachments()) {
      List<Family> only = attachment.spec().families();
      boolean here = only.isEmpty() || only.contains(family);
      if (here && attachment.matching().families().contains(family)) {
        attach(policy, name, attachment, family, table);
      }
    }
    return rules;
  }

  /**
   * A rule with a name is one counter, whatever a list makes of it. Without one each of its rules
   * has a name of its own, made from its match: so an element that comes or goes ends no other's
   * counter.
   */
  private static void build(
      Policy policy,
      Policy.RuleSpec spec,
      List<Rule> written,
      TakenNames taken,
      List<Desired.Counting> into) {
    boolean one = spec.name().isPresent() || spec.comment().isPresent();
    String base = spec.name().map(Policy.Written::text).orElse("");
    int number = 1;
    for (Rule rule : written) {
      if (base.isEmpty() || !one) {
        base = DerivedName.of(rule.body());
      }
      number = spec.sum() ? taken.nextPart(base) : number;
      Desired.Counting counting =
          Desired.Counting.of(
              new PartName(base, one ? number : 1),
              spec.comment().map(Utf8Bytes::encode),
              rule.body(),
              policy.name(),
              spec.onChange(),
              spec.position());
      taken.take(counting, spec);
      into.add(counting);
      number++;
    }
  }

  private static Target target(ReadRule rule, Map<String, ReadChain> chains, Family family) {
    if (rule.spec().jump().isEmpty()) {
      return Target.none();
    }
    String name = rule.spec().jump().get().target();
    if (name.equals("RETURN")) {
      return Target.returning();
    }
    return chains.get(name).existsIn(family) ? Target.call(ChainName.of(name)) : Target.none();
  }

  private void attach(
      Policy policy,
      ChainName chain,
      ReadAttachment attachment,
      Family family,
      TableBuilder table) {
    Policy.Attachment spec = attachment.spec();
    for (Rule rule : attachment.matching().rules(family, Target.call(chain))) {
      Desired.Jump jump =
          new Desired.Jump(
              spec.from(), chain, policy.name(), spec.place(), rule.body(), spec.position());
      if (hangsTwice(jump, table)) {
        diagnostics.error(
            Code.DUPLICATE,
            spec.position(),
            chain + " hangs in " + spec.from() + " already: it would count twice");
      } else {
        table.jumps.add(jump);
      }
    }
  }

  private static boolean hangsTwice(Desired.Jump jump, TableBuilder table) {
    for (Desired.Jump other : table.jumps) {
      if (other.from().equals(jump.from()) && other.body().equals(jump.body())) {
        return true;
      }
    }
    return false;
  }

  /** iptables refuses these in the built-in chain itself. */
  private boolean fitsHook(Policy.Attachment attachment, Matching matching) {
    Hook hook = Hook.of(attachment.from().value()).orElse(Hook.FORWARD);
    boolean ok = true;
    if (matching.has(MatchKey.IN_INTERFACE) && (hook == Hook.OUTPUT || hook == Hook.POSTROUTING)) {
      diagnostics.error(
          Code.HOOK,
          matching.positionOf(MatchKey.IN_INTERFACE),
          "a packet in " + hook + " has no inInterface any more; outInterface is known there");
      ok = false;
    }
    if (matching.has(MatchKey.OUT_INTERFACE) && (hook == Hook.INPUT || hook == Hook.PREROUTING)) {
      diagnostics.error(
          Code.HOOK,
          matching.positionOf(MatchKey.OUT_INTERFACE),
          "a packet in " + hook + " has no outInterface yet; inInterface is known there");
      ok = false;
    }
    return ok;
  }
}
