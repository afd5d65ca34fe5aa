package acct.importer;

import acct.compile.OwnerMark;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.BadValueException;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.Rule;
import acct.netfilter.RuleParser;
import acct.netfilter.Words;
import acct.policy.Policy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds where the chains that are imported hang: the jumps to them from built-in chains, and from
 * those of others.
 */
final class Attachments {
  /** A place where a chain hangs, in the families in which it does. */
  private record Found(ChainName chain, ChainName from, LiveLine jump, Set<Family> families) {}

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
      if (!chains.contains(from.name()) && rule.body().target().calls(to.get())) {
        attach(source, from.name(), to.get(), rule, position, othersAbove);
      }
    }
  }

  private Optional<ChainName> jumpsTo(LiveRule live) {
    return chains.stream().filter(live::jumpsTo).findFirst();
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
      ChainName from,
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
      String key = from.value() + " " + rule.body().text();
      LiveLine line = new LiveLine(position, rule, said);
      Found place =
          found.computeIfAbsent(key, k -> new Found(to, from, line, EnumSet.noneOf(Family.class)));
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
              + from
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
            Policy.Place at = belowOthers.contains(key) ? Policy.Place.ANYWHERE : Policy.Place.TOP;
            attachments.add(
                new Policy.Attachment(
                    place.jump().position(),
                    place.from(),
                    families(place),
                    at,
                    place.jump().said().clauses()));
          }
        });
    return attachments;
  }

  /** Those it hangs in, where a policy that does not say so would hang it in both. */
  private List<Family> families(Found place) {
    for (Importer.Source source : sources) {
      boolean would =
          place.jump().said().families().contains(source.family())
              && source.table().chain(place.chain()).isPresent();
      if (would && !place.families().contains(source.family())) {
        return List.copyOf(place.families());
      }
    }
    return List.of();
  }
}
