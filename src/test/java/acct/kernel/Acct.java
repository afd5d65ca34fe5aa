package acct.kernel;

import acct.netfilter.BadDumpException;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveTable;
import acct.netfilter.Ruleset;
import acct.netfilter.SaveParser;
import acct.netfilter.TableName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The shipped acct, run inside a namespace, and what the kernel says afterwards. */
final class Acct {
  static final Path DIST = Path.of(System.getProperty("acct.dist", "target/acct"));

  private final Namespace namespace;
  private final Setup setup;
  private final Path directory;
  private String iptables;
  private Map<String, String> environment = Map.of();

  Acct(Namespace namespace, Setup setup, Path directory) {
    this.namespace = namespace;
    this.setup = setup;
    this.directory = directory;
    this.iptables = setup.iptables();
  }

  /** The same by other commands. */
  Acct by(Path other) {
    iptables = other.toString();
    return this;
  }

  /** The same with variables of the environment. */
  Acct with(Map<String, String> variables) {
    environment = variables;
    return this;
  }

  /** Writes a policy of that spec and returns its file. */
  Path policy(String name, String spec) {
    String text =
        "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: "
            + name
            + "}\nspec:\n"
            + spec.indent(2);
    try {
      return Files.writeString(directory.resolve(name + ".yaml"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> command(String command, String... words) {
    List<String> all = new ArrayList<>(List.of(DIST.resolve("bin/acct").toString(), command));
    if (!command.equals("log")) {
      all.addAll(List.of("--iptables", iptables));
    }
    if (!command.equals("import")) {
      all.addAll(List.of("--state-dir", directory.resolve("state").toString()));
    }
    if (command.equals("log")) {
      all.add("--details");
    }
    all.addAll(List.of(words));
    return all;
  }

  Namespace.Result run(String command, String... words) {
    return Namespace.finish(namespace.start(command(command, words), environment), "");
  }

  /** The packets in a rule's total, by acct show. */
  long total(String chain, String rule) {
    String out = run("show", chain + "/" + rule, "--output", "tsv").ok().out();
    return Long.parseLong(out.lines().toList().get(1).split("\t")[5]);
  }

  Namespace.Result apply(Path policy) {
    return run("apply", policy.toString()).ok();
  }

  /** A second plan must be empty, and say so by its exit status. */
  void assertSettled(Path... policies) {
    List<String> words = new ArrayList<>(List.of("--detailed-exitcode"));
    for (Path policy : policies) {
      words.add(policy.toString());
    }
    run("plan", words.toArray(String[]::new)).ok();
  }

  Ruleset live() {
    try {
      return SaveParser.parse(namespace.run(setup.save(), "").ok().out());
    } catch (BadDumpException e) {
      throw new AssertionError(e);
    }
  }

  LiveTable filter() {
    return live().table(TableName.FILTER);
  }

  List<LiveRule> rules(String chain) {
    return filter().chain(new ChainName(chain)).map(LiveChain::rules).orElse(List.of());
  }

  /** The counters of the one rule that has that word. */
  Counters counters(String chain, String word) {
    List<LiveRule> found =
        rules(chain).stream().filter(rule -> rule.words().contains(word)).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " rules with " + word + ": " + rules(chain));
    }
    return found.get(0).counters();
  }

  /** All rules with their counters, but for those of chains and jumps that match. */
  List<String> others(Predicate<String> acctChain) {
    List<String> others = new ArrayList<>();
    for (LiveTable table : live().tables().values()) {
      for (LiveChain chain : table.chains().values()) {
        for (LiveRule rule : chain.rules()) {
          boolean ours =
              acctChain.test(chain.name().value()) || rule.words().stream().anyMatch(acctChain);
          if (!ours) {
            others.add(
                table.name() + " " + chain.name().value() + " " + rule.counters() + rule.words());
          }
        }
      }
    }
    return others;
  }

  void load(String dump) {
    namespace.run(List.of(setup.command() + "-restore", "-c"), dump).ok();
  }
}
