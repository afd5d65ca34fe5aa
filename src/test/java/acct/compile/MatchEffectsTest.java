package acct.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.diagnostic.Diagnostic;
import acct.netfilter.BadValueException;
import acct.netfilter.Extension;
import acct.netfilter.Family;
import acct.netfilter.Match;
import acct.netfilter.Option;
import acct.netfilter.Rule;
import acct.netfilter.RuleParser;
import acct.policy.MatchKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No match of a policy changes what another rule, or the packet, can see. */
class MatchEffectsTest {
  /** Every option of the table that writes; each other one is taken. */
  private static final Set<String> WRITING =
      Set.of(
          "bpf --object-pinned",
          "cluster --cluster-total-nodes",
          "cluster --cluster-local-nodemask",
          "cluster --cluster-hash-seed",
          "connlabel --set",
          "osf --log",
          "recent --set",
          "recent --update",
          "recent --remove",
          "recent --reap",
          "set --update-counters",
          "set --update-subcounters",
          "socket --restore-skmark");

  /** Those that write by their value; the test below has them. */
  private static final Set<String> BY_VALUE =
      Set.of("recent --hitcount", "hashlimit --hashlimit-name");

  private static final List<String> VALUES =
      List.of(
          "1",
          "1:2",
          "eth0",
          "192.0.2.1",
          "192.0.2.1-192.0.2.9",
          "00:11:22:aa:bb:cc",
          "LOCAL",
          "unicast",
          "NEW",
          "NONE",
          "ORIGINAL",
          "both",
          "packets",
          "5/second",
          "srcip",
          "nth",
          "0.5",
          "bm",
          "in",
          "ipsec",
          "tunnel",
          "esp",
          "08:00",
          "Mon",
          "2026-01-01",
          "EF",
          "echo-request",
          "ah",
          "REQUEST",
          "SYN",
          "|0a|",
          "2001:db8::/32");

  private static Optional<Match.Known> match(Extension extension, Option option) {
    for (Family family : Family.values()) {
      for (String value : option.arity() == 0 ? List.of("") : VALUES) {
        List<String> words = new ArrayList<>();
        extension.protocol().ifPresent(of -> words.addAll(List.of("-p", of.toString())));
        words.addAll(List.of("-m", extension.name(), option.name()));
        for (int i = 0; i < option.arity(); i++) {
          words.add(value);
        }
        try {
          Rule rule = RuleParser.parse(words, family);
          if (rule.body().matches().get(0) instanceof Match.Known known) {
            return Optional.of(known);
          }
        } catch (BadValueException e) {
          // Not of this option, or not in this family; the next one is tried.
        }
      }
    }
    return Optional.empty();
  }

  @Test
  void everyOptionOfTheTableIsTakenUnlessItWrites() {
    Set<String> refused = new TreeSet<>();
    int taken = 0;
    for (Extension extension : Extension.all()) {
      for (Option option : extension.options()) {
        String name = extension.name() + " " + option.name();
        Optional<Match.Known> match = match(extension, option);
        assertTrue(match.isPresent(), "no value for " + name);
        boolean hashlimit = extension.name().equals("hashlimit");
        if (hashlimit || BY_VALUE.contains(name) || option.standsFor().isPresent()) {
          continue;
        }
        try {
          MatchEffects.check(match.get());
          taken++;
        } catch (BadValueException e) {
          refused.add(name);
        }
      }
    }
    assertEquals(new TreeSet<>(WRITING), refused);
    assertTrue(taken > 150, "taken: " + taken);
  }

  @Test
  void noKeyOfAPolicyWrites() throws BadValueException {
    for (MatchKey key : MatchKey.all()) {
      if (key.extension().isPresent()) {
        Extension extension =
            Extension.all().stream()
                .filter(one -> one.name().equals(key.extension().get().extension()))
                .findFirst()
                .orElseThrow();
        Option option = extension.option(key.extension().get().option()).orElseThrow();
        MatchEffects.check(match(extension, option).orElseThrow());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-m recent --rcheck --seconds 60 --name scanners|",
        "-m recent --rcheck --hitcount 1|",
        "-m recent --rcheck --hitcount 2|may empty the list",
        "-m recent --rcheck --hitcount 0|may empty the list",
        "-m recent --set --name x|--set of recent writes",
        "-m recent ! --set --name x|--set of recent writes",
        "-m recent --upd --name x|--update of recent writes",
        "-m recent --rcheck --seconds 60 --reap|--reap of recent writes",
        "-m recent --rem|--remove of recent writes",
        "-m set --match-set clients src|",
        "-m set ! --match-set clients src,dst|",
        "-m set --match-set clients src ! --update-counters|",
        "-m set --match-set clients src ! --update-counters ! --update-subcounters|",
        "-m set --match-set clients src --packets-gt 5|",
        "-m set --match-set clients src --update-counters|--update-counters of set writes",
        "-m set --match-set clients src --update-sub|--update-subcounters of set writes",
        "-m set --set clients src --return-nomatch|",
        "-m socket --transparent --nowildcard|",
        "-m socket --restore-skmark|--restore-skmark of socket writes",
        "-m socket --restore-s|--restore-skmark of socket writes",
        "-m hashlimit --hashlimit-upto 5/sec --hashlimit-mode srcip --hashlimit-name acct-web|",
        "-m hashlimit --hashlimit-upto 5/sec --hashlimit-name web|begins with acct-",
        "-m hashlimit --hashlimit-upto 5/sec|begins with acct-",
        "-m hashlimit --hashlimit-upto 5/sec --hashlimit-name acct-0123456789a|up to 15",
        "-m connlimit --connlimit-above 5|",
        "-m quota --quota 5|",
        "-m statistic --mode random --probability 0.5|",
        "-m connlabel --label 5|",
        "-m connlabel --label 5 --set|--set of connlabel writes",
        "-m cluster --cluster-total-nodes 2 --cluster-local-node 1|-m cluster changes the packet",
        "-m bpf --bytecode \"4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0\"|",
        "-m bpf --object-pinned /sys/fs/bpf/x|--object-pinned of bpf writes",
        "-m osf --genre Linux --ttl 1|",
        "-m osf --genre Linux --log 1|--log of osf writes",
        "-m rpfilter --loose --invert|",
        "-m nfacct --nfacct-name web|",
        "-m owner --socket-exists|",
        "-m condition --condition x|does not know what -m condition does",
        "-m ipvs --ipvs|does not know what -m ipvs does",
        "-m quota2 --name x --grow|does not know what -m quota2 does",
      })
  void optionsAreTakenUnlessTheyWrite(String options, String refusal) {
    List<String> errors = errors("", options);
    if (refusal == null) {
      assertEquals(List.of(), errors);
    } else {
      assertEquals(1, errors.size(), errors.toString());
      assertTrue(errors.get(0).contains(refusal), errors.toString());
    }
  }

  @Test
  void anUnknownMatchIsTakenWhereThePolicyAllowsIt() {
    String options = "-m condition --condition x";
    assertTrue(errors("", options).get(0).contains("allow: [unknown-matches]"));
    assertEquals(List.of(), errors("allow: [unknown-matches]\n", options));
    assertEquals(
        1, errors("allow: [unknown-matches]\n", "-m recent --set -m condition --x").size());
  }

  private static List<String> errors(String head, String options) {
    String quoted = "'" + options.replace("'", "''") + "'";
    String chains = "chains: [{name: A, attach: [OUTPUT], rules: [{options: " + quoted + "}]}]";
    return Plans.findings(Plans.policy(head + chains)).stream()
        .filter(Diagnostic::isError)
        .map(Diagnostic::message)
        .toList();
  }
}
