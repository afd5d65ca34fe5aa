package acct.compile;

import acct.netfilter.BadValueException;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.Hook;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.Rule;
import acct.netfilter.RuleParser;
import acct.netfilter.Target;
import acct.netfilter.Words;
import acct.policy.Code;
import acct.policy.Diagnostics;
import acct.policy.Policy;
import acct.policy.Position;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds where the chains that are imported hang: the jumps to them from built-in chains. */
final class Attachments {
  /** A place where a chain hangs, in the families in which it does. */
  private record Found(ChainName chain, Hook hook, LiveLine jump, Set<Family> families) {}

  private final String owner;
  private final List<Importer.Source> sources;
  private final Set<ChainName> chains;
  private final Diagnostics diagnostics;
  private final Map<String, Found> found = new LinkedHashMap<>();
  private final Set<String> belowOthers = new HashSet<>();

  Attachments(
      String owner, List<Importer.Source> sources, Set<ChainName> chains, Diagnostics diagnostics) {
    this.owner = owner;
    this.sources = sources;
    this.chains = chains;
    this.diagnostics = diagnostics;
    for (Importer.Source source : sources) {
      source.table().chains().values().forEach(chain -> search(source, chain));
    }
  }

  private void search(Importer.Source source, LiveChain from) {
    Optional<Hook> hook = Hook.of(from.name().value());
    boolean othersAbove = false;
    for (LiveRule live : from.rules()) {
      Optional<ChainName> to = jumpsTo(live);
      if (to.isEmpty()) {
        othersAbove |= !isMarked(live, source);
        continue;
      }
      Rule rule = RuleParser.parseLive(live.words(), source.family());
      Position position = new Position(source.dump(), live.line(), 0);
      checkOwner(rule, to.get(), position);
      if (hook.isPresent() && rule.body().target().calls(to.get())) {
        attach(source, hook.get(), to.get(), rule, position, othersAbove);
      }
    }
  }

  private Optional<ChainName> jumpsTo(LiveRule live) {
    int at = live.words().lastIndexOf("-j");
    if (at < 0 || at + 1 == live.words().size()) {
      return Optional.empty();
    }
    Target target = new Target.Jump(live.words().get(at + 1), List.of());
    return chains.stream().filter(target::calls).findFirst();
  }

  private static boolean isMarked(LiveRule live, Importer.Source source) {
    return live.words().contains("comment")
        && OwnerMark.owner(RuleParser.parseLive(live.words(), source.family()).comments())
            .isPresent();
  }

  private void checkOwner(Rule rule, ChainName to, Position position) {
    Optional<String> marked = OwnerMark.owner(rule.comments());
    if (marked.isPresent() && !marked.get().equals(owner)) {
      diagnostics.error(
          Code.CONFLICT,
          position,
          "chain "
              + to
              + " belongs to the policy \""
              + marked.get()
              + "\" already; import it with --name "
              + marked.get());
    }
  }

  private void attach(
      Importer.Source source,
      Hook hook,
      ChainName to,
      Rule rule,
      Position position,
      boolean othersAbove) {
    try {
      Wording.Said said = Wording.of(rule.body(), source.family(), position);
      if (said.options().isPresent()) {
        throw new BadValueException(
            "attach has keys only, and none for \"" + said.options().get().text() + "\"");
      }
      String key = hook + " " + rule.body().text();
      LiveLine line = new LiveLine(position, rule, said);
      Found place =
          found.computeIfAbsent(key, k -> new Found(to, hook, line, EnumSet.noneOf(Family.class)));
      if (!place.families().add(source.family())) {
        throw new BadValueException("the same jump stands there twice: it counts twice");
      }
      if (othersAbove) {
        belowOthers.add(key);
      }
    } catch (BadValueException e) {
      diagnostics.error(
          Code.BAD_VALUE,
          position,
          "the jump from "
              + hook
              + ", \""
              + Words.display(Words.join(rule.words()))
              + "\": "
              + e.getMessage());
    }
  }

  /** Where a chain hangs. */
  List<Policy.Attachment> of(ChainName chain) {
    List<Policy.Attachment> attachments = new ArrayList<>();
    found.forEach(
        (key, place) -> {
          if (place.chain().equals(chain)) {
            checkFamilies(place);
            Policy.Place at = belowOthers.contains(key) ? Policy.Place.ANYWHERE : Policy.Place.TOP;
            attachments.add(
                new Policy.Attachment(
                    place.jump().position(), place.hook(), at, place.jump().said().clauses()));
          }
        });
    return attachments;
  }

  private void checkFamilies(Found place) {
    for (Importer.Source source : sources) {
      boolean would =
          place.jump().said().families().contains(source.family())
              && source.table().chain(place.chain()).isPresent();
      if (would && !place.families().contains(source.family())) {
        diagnostics.error(
            Code.FAMILY,
            place.jump().position(),
            place.chain()
                + " hangs in "
                + place.hook()
                + " in one family, where a policy would hang it in both: import one family at a"
                + " time, each under a name of its own");
      }
    }
  }
}
