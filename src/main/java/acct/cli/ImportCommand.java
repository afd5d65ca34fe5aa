package acct.cli;

import acct.compile.Compiler;
import acct.compile.Desired;
import acct.compile.Overrides;
import acct.compile.OwnerNames;
import acct.counter.HelperChains;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Spelling;
import acct.host.HostException;
import acct.importer.Candidates;
import acct.importer.Importer;
import acct.netfilter.ChainName;
import acct.netfilter.LiveRuleset;
import acct.netfilter.TableName;
import acct.netfilter.Words;
import acct.plan.Change;
import acct.plan.Differ;
import acct.plan.Fate;
import acct.plan.Plan;
import acct.policy.Policy;
import acct.policy.PolicyPatterns;
import acct.policy.PolicyReader;
import acct.policy.PolicyWriter;
import acct.policy.Yaml;
import acct.policy.YamlReader;
import acct.render.CandidatesView;
import acct.text.Utf8Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code acct import}: prints the policy that describes chains made by hand. */
final class ImportCommand implements Command {
  private static final String DEFAULT_NAME = "imported";

  @Override
  public String name() {
    return "import";
  }

  @Override
  public String summary() {
    return "List chains that only count, and print the policy that describes some of them.";
  }

  @Override
  public String operands() {
    return "[DUMP…]";
  }

  @Override
  public List<Flag> flags() {
    return List.of(
        new Flag(
            "chain",
            "NAME",
            "A chain to import, with the chains it jumps to. May be given several times. Without"
                + " it, the chains that only count are listed."),
        new Flag("name", "OWNER", "The policy's name; \"" + DEFAULT_NAME + "\" by default."),
        new Flag(
            "table",
            "TABLE",
            "The table it is in: filter (the default), mangle, raw or security. Without --chain, the"
                + " chains of all four are listed."),
        Planning.IPTABLES);
  }

  @Override
  public String details() {
    return """
        DUMP is what iptables-save -c printed (- for standard input), ipv4=FILE or
        ipv6=FILE where it has no header; without one, this machine is read. A plan of
        the policy changes no rule: it only takes over the jumps that lead to its chains.
        """;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    String owner = arguments.value("name").orElse(DEFAULT_NAME);
    if (!owner.matches(PolicyPatterns.OWNER)) {
      throw new UsageException("--name has 1 to 40 of a-z, 0-9 and -, not - at either end");
    }
    TableName table = table(arguments);
    List<ChainName> chains = chains(arguments);
    List<LiveRuleset> live = live(arguments, console);
    if (chains.isEmpty()) {
      return list(
          arguments.value("table").isPresent() ? List.of(table) : TableName.ACCOUNTING,
          live,
          console);
    }
    List<Importer.Source> sources = sources(live, table, chains);
    Diagnostics diagnostics = new Diagnostics();
    Policy policy = Importer.policy(owner, table, chains, sources, diagnostics);
    check(diagnostics, console);
    String text = PolicyWriter.of(policy, SchemaReference.line());
    check(text, live, diagnostics, console);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    console.out().write(bytes, 0, bytes.length);
    return ExitStatus.OK;
  }

  /** The chains that could be imported, for whoever has named none. */
  private static int list(List<TableName> tables, List<LiveRuleset> live, Console console) {
    List<Candidates.Candidate> candidates = new ArrayList<>();
    for (TableName table : tables) {
      List<Importer.Source> sources = new ArrayList<>();
      for (LiveRuleset found : live) {
        LiveRuleset one = HelperChains.without(found);
        sources.add(new Importer.Source(one.family(), one.ruleset().table(table), one.name()));
      }
      candidates.addAll(Candidates.of(table, sources));
    }
    if (candidates.isEmpty()) {
      console.notice("there is no chain that only counts: nothing to import");
    } else {
      console.out().print(CandidatesView.of(candidates));
      console.notice("these chains only count: import those you want with --chain NAME");
    }
    return ExitStatus.OK;
  }

  private static TableName table(Arguments arguments) throws UsageException {
    String name = arguments.value("table").orElse("filter");
    return TableName.ACCOUNTING.stream()
        .filter(table -> table.value().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "--table is filter, mangle, raw or security, not \"" + name + "\""));
  }

  private static List<ChainName> chains(Arguments arguments) throws UsageException {
    List<ChainName> chains = new ArrayList<>();
    for (String name : arguments.values("chain")) {
      try {
        chains.add(ChainName.of(name));
      } catch (IllegalArgumentException e) {
        throw new UsageException(Utf8Bytes.decode(e.getMessage()));
      }
    }
    return chains;
  }

  private static List<LiveRuleset> live(Arguments arguments, Console console)
      throws UsageException, CommandFailure {
    if (!arguments.operands().isEmpty()) {
      return Dumps.read(arguments.operands(), "", console);
    }
    try {
      return Planning.dataplane(arguments, console).read(Set.of()).live();
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }

  /** The families that have one of the chains; each chain is in one of them. */
  private static List<Importer.Source> sources(
      List<LiveRuleset> live, TableName table, List<ChainName> chains) throws CommandFailure {
    List<Importer.Source> sources = new ArrayList<>();
    for (LiveRuleset one : live) {
      Importer.Source source =
          new Importer.Source(one.family(), one.ruleset().table(table), one.name());
      if (chains.stream().anyMatch(chain -> source.table().chain(chain).isPresent())) {
        sources.add(source);
      }
    }
    for (ChainName chain : chains) {
      if (sources.stream().noneMatch(source -> source.table().chain(chain).isPresent())) {
        List<String> names =
            live.stream()
                .flatMap(one -> one.ruleset().table(table).chains().keySet().stream())
                .map(ChainName::toString)
                .toList();
        String meant =
            Spelling.nearest(chain.toString(), names)
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
        throw new CommandFailure(
            ExitStatus.ERROR, "there is no chain " + chain + " in table " + table + meant);
      }
    }
    return sources;
  }

  private static void check(Diagnostics diagnostics, Console console) throws CommandFailure {
    if (diagnostics.hasErrors()) {
      List<Diagnostic> findings = diagnostics.sorted();
      Report.print(findings, console);
      boolean families = findings.stream().allMatch(finding -> finding.code() == Code.FAMILY);
      throw new CommandFailure(
          families ? ExitStatus.ERROR : ExitStatus.INVALID,
          families
              ? "the two families can't be one policy: give the dump of one, then of the other"
              : Report.count(findings) + "; no policy was made");
    }
  }

  /** Nothing is printed that has not been read back and planned: no rule may change by it. */
  private static void check(
      String text, List<LiveRuleset> live, Diagnostics diagnostics, Console console)
      throws CommandFailure {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<Policy> policies = new ArrayList<>();
    for (Yaml document : YamlReader.read("(the policy)", bytes, diagnostics)) {
      PolicyReader.read(document, diagnostics).ifPresent(policies::add);
    }
    Desired desired = Compiler.compile(policies, Overrides.NONE, OwnerNames.REFUSED, diagnostics);
    check(diagnostics, console);
    Plan plan = Differ.diff(desired, live);
    diagnostics.addAll(plan.diagnostics().stream().filter(Diagnostic::isError).toList());
    check(diagnostics, console);
    for (Plan.Located located : plan.changes()) {
      boolean stays =
          located.change() instanceof Change.JumpReplaced
              || located.change() instanceof Change.RuleRenamed renamed && getsName(renamed);
      if (!stays) {
        throw new CommandFailure(
            ExitStatus.ERROR,
            "no policy was made: its plan would not leave "
                + Words.display(located.address().toString())
                + " as it is");
      }
    }
  }

  /**
   * A rule without a comment has no name yet, and one that several share is none: such rules are
   * written anew where they stand, with their counters.
   */
  private static boolean getsName(Change.RuleRenamed renamed) {
    return renamed.fate() instanceof Fate.Carried;
  }
}
