package acct.cli;

import acct.compile.Desired;
import acct.compile.OwnerNames;
import acct.counter.Counted;
import acct.counter.UsageTable;
import acct.counter.UsageTables;
import acct.counter.Vanished;
import acct.dataplane.Dataplane;
import acct.host.HostException;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Words;
import acct.reconcile.UsageReader;
import acct.render.TimeText;
import acct.render.UsageCells;
import acct.render.UsageJson;
import acct.render.UsageOrder;
import acct.render.UsageText;
import acct.render.UsageText.Numbers;
import acct.text.Utf8Bytes;
import java.time.Clock;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
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

  static final Flag NUMBERS =
      new Flag(
          "numbers",
          "STYLE",
          "si (the default): 12.3 MB; iec: 11.8 MiB; exact: all digits; iptables: 12M, as iptables"
              + " -L has them.");

  static final Flag UTC = Flag.toggle("utc", "Write times in UTC, not in the local zone.");

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
                NUMBERS,
                Flag.toggle("exact", "The same as --numbers exact."),
                Flag.toggle("iec", "The same as --numbers iec."),
                UTC,
                Planning.IPTABLES,
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
    UsageOrder order =
        UsageOrder.of(by)
            .orElseThrow(
                () ->
                    new UsageException(
                        "--sort is policy, name, packets or bytes, not \"" + by + "\""));
    Shown shown = shown(arguments, console);
    UsageTable table = order.sorted(filtered(shown.table(), arguments));
    console
        .out()
        .print(
            switch (output) {
              case "json" -> UsageJson.of(table);
              case "csv" -> UsageCells.of(table, ',');
              case "tsv" -> UsageCells.of(table, '\t');
              default -> UsageText.of(table, numbers, console.colour(), times(arguments));
            });
    return missing(shown.vanished(), table, times(arguments), console)
        ? ExitStatus.CHANGES
        : ExitStatus.OK;
  }

  /** Says what is shown and not in the kernel any more; whether there is anything. */
  private static boolean missing(
      List<Vanished.Place> vanished, UsageTable table, TimeText times, Console console) {
    Set<ChainName> asked = new HashSet<>();
    for (UsageTable.Section section : table.sections()) {
      if (section.rows().stream().anyMatch(row -> row.missing() > 0)) {
        asked.add(section.chain());
      }
    }
    boolean any = false;
    for (Vanished.Place place : vanished) {
      if (asked.contains(place.chain())) {
        any = true;
        console.notice(
            place.family().label()
                + " "
                + place.table()
                + ": "
                + (place.whole()
                    ? "chain " + Words.display(place.chain().value()) + " is not"
                    : place.rules()
                        + (place.rules() == 1 ? " rule" : " rules")
                        + " of "
                        + Words.display(place.chain().value())
                        + (place.rules() == 1 ? " is not" : " are not"))
                + " in the kernel any more"
                + place.since().map(at -> ", since about " + times.minutes(at)).orElse("")
                + ": the numbers are what was read last; acct apply POLICY writes it anew");
      }
    }
    return any;
  }

  /** What is shown, and what of it is not in the kernel. */
  private record Shown(UsageTable table, List<Vanished.Place> vanished) {}

  private static Numbers numbers(Arguments arguments) throws UsageException {
    Set<Numbers> asked = EnumSet.noneOf(Numbers.class);
    for (Numbers one : List.of(Numbers.EXACT, Numbers.IEC)) {
      if (arguments.has(one.label())) {
        asked.add(one);
      }
    }
    Optional<String> named = arguments.value("numbers");
    if (named.isPresent()) {
      asked.add(
          Numbers.of(named.get())
              .orElseThrow(
                  () ->
                      new UsageException(
                          "--numbers is si, iec, exact or iptables, not \"" + named.get() + "\"")));
    }
    if (asked.size() > 1) {
      throw new UsageException("name only one of --numbers, --exact and --iec");
    }
    return asked.isEmpty() ? Numbers.SI : asked.iterator().next();
  }

  /** In the zone of the machine, unless UTC is asked for. */
  static TimeText times(Arguments arguments) {
    return new TimeText(arguments.has("utc") ? ZoneOffset.UTC : ZoneId.systemDefault());
  }

  private static Shown shown(Arguments arguments, Console console)
      throws UsageException, CommandFailure {
    Optional<String> by = arguments.value("by");
    if (by.isPresent() && !by.get().equals("family")) {
      throw new UsageException("--by takes family, not \"" + by.get() + "\"");
    }
    Optional<Desired> desired = desired(arguments, console);
    List<String> dumps = arguments.values("against");
    UsageReader.Usage usage =
        dumps.isEmpty()
            ? usage(arguments, console)
            : UsageReader.Usage.of(Dumps.read(dumps, "--against ", console));
    List<Counted.Chain> asked = asked(usage.chains(), usage.live(), arguments);
    for (Counted.Chain chain : asked) {
      for (Counted.Count rule : chain.rules()) {
        if (!rule.rule().counters().known()) {
          throw new CommandFailure(
              ExitStatus.ERROR,
              "chain " + chain.name() + " has no counters in the dump: it was saved without -c");
        }
      }
    }
    UsageTable table = UsageTables.of(asked, usage.ledger(), desired, by.isPresent());
    return new Shown(table, usage.vanished());
  }

  /** What this machine has counted, and what is to be said of it. */
  private static UsageReader.Usage usage(Arguments arguments, Console console)
      throws CommandFailure {
    try {
      Dataplane dataplane = Planning.dataplane(arguments, console);
      UsageReader reader = reader(dataplane, arguments);
      boolean withTotals = !arguments.has("kernel") && hasTotals(reader, arguments, console);
      UsageReader.Usage usage = withTotals ? reader.read() : reader.kernel();
      if (usage.present().stream().noneMatch(chain -> chain.owner().isPresent())) {
        Report.print(dataplane.warnings(EnumSet.allOf(Family.class)), console);
      }
      if (!usage.owed().isEmpty()) {
        console.notice(
            "a run of acct was interrupted; ended totals that are not in acct log yet: "
                + usage.owed().size()
                + ". The next apply, undo, zero, snapshot or restore writes them there");
      }
      return usage;
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }

  /** Reads what the kernel and the state directory have. */
  static UsageReader reader(Dataplane dataplane, Arguments arguments) throws HostException {
    return new UsageReader(dataplane, State.path(arguments), Clock.systemUTC(), System::nanoTime);
  }

  private static boolean hasTotals(UsageReader reader, Arguments arguments, Console console)
      throws HostException {
    if (reader.hasTotals()) {
      return true;
    }
    console.notice(
        "no totals are kept in "
            + State.path(arguments)
            + " yet: these are the kernel's counters as they are");
    return false;
  }

  static Optional<Desired> desired(Arguments arguments, Console console)
      throws UsageException, CommandFailure {
    List<String> policies = arguments.values("policy");
    if (policies.isEmpty()) {
      return Optional.empty();
    }
    Policies loaded = Policies.load(policies, arguments, OwnerNames.REFUSED, console);
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
      List<Counted.Chain> known, List<LiveRuleset> live, Arguments arguments)
      throws CommandFailure {
    List<Counted.Chain> chains = new ArrayList<>();
    List<String> named = arguments.values("chain");
    if (named.isEmpty()) {
      for (Counted.Chain chain : known) {
        if (chain.owner().isPresent() || hasVanished(chain)) {
          chains.add(chain);
        }
      }
    }
    for (String name : named) {
      ChainName chain = chain(name);
      List<Counted.Chain> found = new ArrayList<>();
      known.stream().filter(one -> one.name().equals(chain)).forEach(found::add);
      for (LiveRuleset one : live) {
        for (Counted.Chain other : Counted.named(one, chain)) {
          if (found.stream().noneMatch(is -> isSame(is, other))) {
            found.add(other);
          }
        }
      }
      chains.addAll(found);
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

  /** Whether the kernel has it no more, and so no mark of a policy on it. */
  private static boolean hasVanished(Counted.Chain chain) {
    return !chain.rules().isEmpty()
        && chain.rules().stream().allMatch(rule -> rule.position() == 0);
  }

  private static boolean isSame(Counted.Chain one, Counted.Chain other) {
    return one.name().equals(other.name())
        && one.table().equals(other.table())
        && one.family() == other.family();
  }

  /** What was asked for by name. */
  static UsageTable filtered(UsageTable table, Arguments arguments) throws CommandFailure {
    List<UsageTable.Section> sections = new ArrayList<>();
    Set<String> wanted = new LinkedHashSet<>();
    arguments.operands().forEach(name -> wanted.add(Utf8Bytes.encode(name)));
    Set<String> found = new HashSet<>();
    for (UsageTable.Section section : table.sections()) {
      String chain = section.chain().value();
      List<UsageTable.Row> rows = new ArrayList<>();
      for (UsageTable.Row row : section.rows()) {
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
    return new UsageTable(sections);
  }
}
