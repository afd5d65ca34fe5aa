package acct.compile;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.netfilter.Family;
import acct.netfilter.Hook;
import acct.policy.MatchKey;
import acct.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads what the rules and attachments of a policy's chains match; what is wrong is reported. */
final class ChainMatcher {
  private final Policy policy;
  private final OwnerNames owners;
  private final Diagnostics diagnostics;

  ChainMatcher(Policy policy, OwnerNames owners, Diagnostics diagnostics) {
    this.policy = policy;
    this.owners = owners;
    this.diagnostics = diagnostics;
  }

  /** A chain, without what can't be read. */
  MatchedChain read(Policy.Chain chain) {
    checkChainName(chain);
    List<MatchedChain.Rule> rules = new ArrayList<>();
    for (Policy.RuleSpec spec : chain.rules()) {
      Optional<MatchedChain.Rule> read = rule(spec);
      if (read.isPresent()) {
        rules.add(read.get());
      }
    }
    return new MatchedChain(chain, rules, attachments(chain));
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

  private Optional<MatchedChain.Rule> rule(Policy.RuleSpec spec) {
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
    return Optional.of(new MatchedChain.Rule(spec, matching.get(), families));
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

  private List<MatchedChain.Attachment> attachments(Policy.Chain chain) {
    List<MatchedChain.Attachment> read = new ArrayList<>();
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
        read.add(new MatchedChain.Attachment(attachment, matching.get()));
      }
    }
    return read;
  }

  /** iptables refuses these in the built-in chain itself. */
  private boolean fitsHook(Policy.Attachment attachment, Matching matching) {
    Hook hook = Hook.of(attachment.from().value()).orElse(Hook.FORWARD);
    boolean ok = true;
    if (matching.has(MatchKey.IN_INTERFACE) && (hook == Hook.OUTPUT || hook == Hook.POSTROUTING)) {
      diagnostics.error(
          Code.HOOK,
          matching.positionOf(MatchKey.IN_INTERFACE),
          "inInterface is not known in " + hook + "; use outInterface there");
      ok = false;
    }
    if (matching.has(MatchKey.OUT_INTERFACE) && (hook == Hook.INPUT || hook == Hook.PREROUTING)) {
      diagnostics.error(
          Code.HOOK,
          matching.positionOf(MatchKey.OUT_INTERFACE),
          "outInterface is not known in " + hook + "; use inInterface there");
      ok = false;
    }
    return ok;
  }
}
