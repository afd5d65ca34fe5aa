package acct.compile;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.Rule;
import acct.netfilter.TableName;
import acct.netfilter.Target;
import acct.policy.Policy;
import acct.text.Utf8Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects what policies ask for in one table of one family. */
final class TableBuilder {
  private final Family family;
  private final TableName name;
  private final Diagnostics diagnostics;
  private final List<Desired.Chain> chains = new ArrayList<>();
  private final List<Desired.Jump> jumps = new ArrayList<>();
  private final List<Desired.Rename> renames = new ArrayList<>();

  TableBuilder(Family family, TableName name, Diagnostics diagnostics) {
    this.family = family;
    this.name = name;
    this.diagnostics = diagnostics;
  }

  /** What was collected. */
  Desired.Table table() {
    return new Desired.Table(family, name, chains, jumps, renames);
  }

  /**
   * Adds a chain that is in the table's family.
   *
   * @param chains of its policy
   * @return its rules
   */
  List<Desired.Counting> add(Policy policy, MatchedChain chain, Map<String, MatchedChain> chains) {
    ChainName name = ChainName.of(chain.chain().name());
    List<Desired.Counting> rules = new ArrayList<>(chain.rules().size());
    TakenNames taken = new TakenNames(chain.chain().name(), diagnostics);
    for (MatchedChain.Rule rule : chain.rules()) {
      if (rule.families().contains(family)) {
        Target target = target(rule, chains);
        build(policy, rule.spec(), rule.matching().rules(family, target), taken, rules);
      }
    }
    Moves moves = new Moves(policy);
    moves.chain(chain.chain().name()).ifPresent(renames::add);
    this.chains.add(
        new Desired.Chain(
            name,
            policy.name(),
            chain.chain().position(),
            policy.unmanaged(),
            rules,
            moves.formerNames(chain.chain().name())));
    for (MatchedChain.Attachment attachment : chain.attachments()) {
      List<Family> only = attachment.spec().families();
      boolean here = only.isEmpty() || only.contains(family);
      if (here && attachment.matching().families().contains(family)) {
        attach(policy, name, attachment);
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

  private Target target(MatchedChain.Rule rule, Map<String, MatchedChain> chains) {
    if (rule.spec().jump().isEmpty()) {
      return Target.none();
    }
    String name = rule.spec().jump().get().target();
    if (name.equals("RETURN")) {
      return Target.returning();
    }
    return chains.get(name).existsIn(family) ? Target.call(ChainName.of(name)) : Target.none();
  }

  private void attach(Policy policy, ChainName chain, MatchedChain.Attachment attachment) {
    Policy.Attachment spec = attachment.spec();
    for (Rule rule : attachment.matching().rules(family, Target.call(chain))) {
      Desired.Jump jump =
          new Desired.Jump(
              spec.from(), chain, policy.name(), spec.place(), rule.body(), spec.position());
      if (hangsTwice(jump)) {
        diagnostics.error(
            Code.DUPLICATE,
            spec.position(),
            chain + " hangs in " + spec.from() + " already: it would count twice");
      } else {
        jumps.add(jump);
      }
    }
  }

  private boolean hangsTwice(Desired.Jump jump) {
    for (Desired.Jump other : jumps) {
      if (other.from().equals(jump.from()) && other.body().equals(jump.body())) {
        return true;
      }
    }
    return false;
  }
}
