package acct.cli;

import acct.compile.Desired;
import acct.compile.OwnerNames;
import acct.host.HostException;
import acct.host.StateDirectory;
import acct.netfilter.ChainName;
import acct.plan.Counted;
import acct.plan.Differ;
import acct.reconcile.Recovery;
import acct.reconcile.Snapshot;
import acct.reconcile.Totals;
import acct.text.Utf8Bytes;
import acct.totals.Ledger;
import acct.totals.Look;
import acct.totals.Pending;
import acct.totals.Sheet;
import acct.totals.Sheets;
import acct.view.ShowView;
import acct.view.ShowView.Numbers;
import acct.view.ShowView.Order;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code acct show}: what was counted. */
final class ShowCommand implements Command {
  static final Flag POLICY =
      new Flag(
          "policy",
          "POLICY",
          "Show rules in this policy's order and by its names; may be given several times. Without,"
              + " the kernel's own order and comments.");

  static final Flag CHAIN =
      new Flag(
          "chain",
          "CHAIN",
          "Show this chain whoever made it, also a built-in one; may be given several times.");

  static final Flag BY =
      new Flag("by", "family", "Show IPv4 and IPv6 apart; by default they are added.");

  static final Flag IPTABLES =
      new Flag(
          "iptables",
          "[/PATH]",
          "Alone: write numbers as iptables -L does, 12M. With a path: the iptables command to use,"
              + " as /usr/sbin/iptables-legacy.");

  static final Flag KERNEL =
      Flag.toggle("kernel", "Show the kernel's counters as they are, without what was before.");

  @Override
  public String name() {
    return "show";
  }

  @Override
  public String summary() {
    return "Show what was counted, by chain and rule.";
  }

  @Override
  public String operands() {
    return "[CHAIN[/RULE]…]";
  }

  @Override
  public List<Flag> flags() {
    List<Flag> flags =
        new ArrayList<>(
            List.of(
                POLICY,
                PlanCommand.AGAINST,
                CHAIN,
                BY,
                KERNEL,
                new Flag(
                    "output",
                    "FORMAT",
                    "text (the default), json, csv or tsv; all but text have all digits."),
                Flag.toggle("exact", "Write all digits."),
                Flag.toggle("iec", "Write bytes in units of 1024: 11.8 MiB."),
                IPTABLES,
                Flag.toggle("nonzero", "Leave out rules that have counted nothing."),
                new Flag("sort", "ORDER", "policy (the default), name, packets or bytes.")));
    flags.add(State.DIRECTORY);
    flags.addAll(Policies.FLAGS);
    return flags;
  }

  @Override
  public String details() {
    return """
        A total is what the kernel has now and what acct's ledger holds from before: a
        reboot, a flush by another program, acct's own rewriting of a rule. Share is of
        the bytes that came into the chain by the jumps to it.
        """;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    String output = arguments.value("output").orElse("text");
    if (!List.of("text", "json", "csv", "tsv").contains(output)) {
      throw new UsageException("--output is text, json, csv or tsv, not \"" + output + "\"");
    }
    Numbers numbers = numbers(arguments);
    String by = arguments.value("sort").orElse("policy");
    Order order =
        Order.of(by)
            .orElseThrow(
                () ->
                    new UsageException(
                        "--sort is policy, name, packets or bytes, not \"" + by + "\""));
    Sheet sheet = order.sorted(filtered(sheet(arguments, console), arguments));
    console
        .out()
        .print(
            switch (output) {
              case "json" -> ShowView.json(sheet);
              case "csv" -> ShowView.cells(sheet, ',');
              case "tsv" -> ShowView.cells(sheet, '\t');
              default -> ShowView.text(sheet, numbers, console.colour());
            });
    return ExitStatus.OK;
  }

  private static Numbers numbers(Arguments arguments) throws UsageException {
    List<Numbers> asked = new ArrayList<>();
    for (Numbers one : List.of(Numbers.EXACT, Numbers.IEC, Numbers.IPTABLES)) {
      String flag = one.name().toLowerCase(Locale.ROOT);
      if (arguments.isAlone(flag)) {
        asked.add(one);
      }
    }
    if (asked.size() > 1) {
      throw new UsageException("--exact, --iec and --iptables are three ways: name one");
    }
    return asked.isEmpty() ? Numbers.SI : asked.get(0);
  }

  private static Sheet sheet(Arguments arguments, Console console)
      throws UsageException, CommandFailure {
    Optional<String> by = arguments.value("by");
    if (by.isPresent() && !by.get().equals("family")) {
      throw new UsageException("--by takes family, not \"" + by.get() + "\"");
    }
    Optional<Desired> desired = desired(arguments, console);
    List<String> dumps = arguments.values("against");
    List<Differ.Live> live;
    Ledger ledger = Ledger.EMPTY;
    Optional<Pending> pending = Optional.empty();
    List<Counted.Chain> chains;
    try {
      if (dumps.isEmpty()) {
        // The ledger first: a snapshot between the two would have seen more than was read.
        ledger = arguments.has("kernel") ? Ledger.EMPTY : ledger(arguments, console);
        pending = Totals.pending(StateDirectory.pendingIn(State.path(arguments)));
        live = Planning.host(arguments, console).read(Set.of()).live();
      } else {
        live = Dumps.read(dumps, "--against ", console);
      }
      chains = Look.chains(live, ledger);
      if (!ledger.epoch().isEmpty()) {
        Look look = Totals.look(live, chains, ledger, Clock.systemUTC());
        ledger = Recovery.seen(ledger, pending, new Snapshot(live, Map.of()), look);
      }
    } catch (HostException e) {
      throw Planning.failure(e);
    }
    List<Counted.Chain> asked = asked(chains, live, arguments);
    for (Counted.Chain chain : asked) {
      for (Counted.Count rule : chain.rules()) {
        if (!rule.rule().counters().known()) {
          throw new CommandFailure(
              ExitStatus.ERROR,
              "chain " + chain.name() + " has no counters in the dump: it was saved without -c");
        }
      }
    }
    return Sheets.of(asked, ledger, desired, by.isPresent());
  }

  /** What was kept; nothing is written. */
  private static Ledger ledger(Arguments arguments, Console console) throws HostException {
    Ledger ledger = Totals.load(StateDirectory.ledgerIn(State.path(arguments)));
    if (ledger.epoch().isEmpty()) {
      console.notice(
          "no totals are kept in "
              + State.path(arguments)
              + " yet: these are the kernel's counters as they are");
    }
    return ledger;
  }

  static Optional<Desired> desired(Arguments arguments, Console console)
      throws UsageException, CommandFailure {
    List<String> policies = arguments.values("policy");
    if (policies.isEmpty()) {
      return Optional.empty();
    }
    Policies loaded = Policies.load(policies, arguments, OwnerNames.REFUSED);
    if (!loaded.areValid()) {
      Report.print(loaded.findings(), console);
      throw new CommandFailure(ExitStatus.INVALID, Report.count(loaded.findings()));
    }
    return Optional.of(loaded.desired());
  }

  private static ChainName chain(String name) throws CommandFailure {
    try {
      return ChainName.of(name);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitStatus.USAGE, "--chain: " + Utf8Bytes.decode(e.getMessage()));
    }
  }

  /**
   * The chains that are acct's, or those that were named.
   *
   * @param known what a look at the rulesets is of
   */
  static List<Counted.Chain> asked(
      List<Counted.Chain> known, List<Differ.Live> live, Arguments arguments)
      throws CommandFailure {
    List<Counted.Chain> chains = new ArrayList<>();
    List<String> named = arguments.values("chain");
    if (named.isEmpty()) {
      for (Counted.Chain chain : known) {
        if (chain.owner().isPresent()) {
          chains.add(chain);
        }
      }
    }
    for (Differ.Live one : live) {
      for (String chain : named) {
        chains.addAll(Counted.named(one, chain(chain)));
      }
    }
    if (chains.isEmpty()) {
      throw new CommandFailure(
          ExitStatus.ERROR,
          named.isEmpty()
              ? "no chain is acct's: nothing has its mark. --chain CHAIN shows any other"
              : "there is no chain " + String.join(", ", named));
    }
    return chains;
  }

  /** What was asked for by name. */
  static Sheet filtered(Sheet sheet, Arguments arguments) throws CommandFailure {
    List<Sheet.Section> sections = new ArrayList<>();
    Set<String> wanted = new LinkedHashSet<>();
    arguments.operands().forEach(name -> wanted.add(Utf8Bytes.encode(name)));
    Set<String> found = new HashSet<>();
    for (Sheet.Section section : sheet.sections()) {
      String chain = section.chain().value();
      List<Sheet.Row> rows = new ArrayList<>();
      for (Sheet.Row row : section.rows()) {
        boolean asked = wanted.isEmpty() || wanted.contains(chain);
        if (wanted.contains(chain + "/" + row.name())) {
          asked = true;
          found.add(chain + "/" + row.name());
        }
        boolean counts = !arguments.has("nonzero") || !row.amount().isZero();
        if (asked && counts) {
          rows.add(row);
        }
      }
      if (wanted.contains(chain)) {
        found.add(chain);
      }
      if (!rows.isEmpty()
          || wanted.contains(chain)
          || wanted.isEmpty() && !arguments.has("nonzero")) {
        sections.add(section.with(rows));
      }
    }
    wanted.removeAll(found);
    if (!wanted.isEmpty()) {
      throw new CommandFailure(
          ExitStatus.ERROR,
          "nothing that counts is called "
              + Utf8Bytes.decode(String.join(", ", wanted))
              + "; acct show without a name lists all, and --chain CHAIN shows chains that are not"
              + " acct's");
    }
    return new Sheet(sections);
  }
}
