package acct.cli;

import acct.dataplane.Dataplane;
import acct.diagnostic.Diagnostic;
import acct.host.HostException;
import acct.host.HostFacts;
import acct.netfilter.Backend;
import acct.netfilter.Family;
import acct.netfilter.KnownBug;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.state.JsonCells;
import acct.state.StateDirectory;
import acct.text.PrintableText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** {@code acct doctor}: what on this host makes figures wrong, or an apply fail. */
final class DoctorCommand implements Command {
  /** A minor number adds, a major one breaks. */
  private static final String FORMAT_VERSION = "1.0";

  private static final int LEAST_JAVA = 17;

  @Override
  public String name() {
    return "doctor";
  }

  @Override
  public String summary() {
    return "Show what on this host makes figures wrong, or an apply fail.";
  }

  @Override
  public String operands() {
    return "";
  }

  @Override
  public List<Flag> flags() {
    return List.of(
        new Flag("output", "FORMAT", "text (the default) or json."),
        Planning.IPTABLES,
        State.DIRECTORY);
  }

  @Override
  public String details() {
    return """
        A line for each check: fine, found, or unknown where it can't be told. Where
        something was found, why it matters and what to do. It changes nothing. Exit
        status: 0 nothing was found, 2 something was.
        """;
  }

  private enum Result {
    FINE,
    FOUND,
    UNKNOWN;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A check.
   *
   * @param what was found, or that it is fine
   * @param why it matters, and what to do; empty where nothing was found
   */
  private record Check(String name, Result result, String what, String why, String todo) {
    static Check fine(String name, String what) {
      return new Check(name, Result.FINE, what, "", "");
    }

    static Check unknown(String name, String what) {
      return new Check(name, Result.UNKNOWN, what, "", "");
    }

    static Check found(String name, String what, String why, String todo) {
      return new Check(name, Result.FOUND, what, why, todo);
    }
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    String output = arguments.value("output").orElse("text");
    if (!Set.of("text", "json").contains(output)) {
      throw new UsageException("--output is text or json, not \"" + output + "\"");
    }
    HostFacts facts = new HostFacts(Path.of("/"));
    List<Check> checks = new ArrayList<>();
    rules(Planning.dataplane(arguments, console), checks);
    checks.add(offload(facts));
    checks.add(bridges(facts));
    checks.add(reloads(facts));
    checks.add(programs(facts));
    checks.add(clock(facts));
    checks.add(java());
    state(arguments, facts, checks);
    if (output.equals("json")) {
      console.out().print(json(checks));
    } else {
      checks.forEach(check -> print(check, console));
    }
    boolean found = checks.stream().anyMatch(check -> check.result() == Result.FOUND);
    return found ? ExitStatus.CHANGES : ExitStatus.OK;
  }

  private static void print(Check check, Console console) {
    String line = "%-8s %-16s %s".formatted(check.result().label(), check.name(), check.what());
    console.out().println(PrintableText.line(line));
    if (check.result() == Result.FOUND) {
      console.out().println(PrintableText.line("         why: " + check.why()));
      console.out().println(PrintableText.line("         do:  " + check.todo()));
    }
  }

  private static String json(List<Check> checks) {
    return JsonCells.write(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("formatVersion", FORMAT_VERSION);
          json.writeArrayPropertyStart("checks");
          for (Check check : checks) {
            json.writeStartObject();
            json.writeStringProperty("name", check.name());
            json.writeStringProperty("result", check.result().label());
            json.writeStringProperty("what", PrintableText.of(check.what()));
            if (check.result() == Result.FOUND) {
              json.writeStringProperty("why", check.why());
              json.writeStringProperty("do", check.todo());
            }
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  /** What the rules themselves and their commands tell. */
  private static void rules(Dataplane dataplane, List<Check> checks) {
    List<LiveRuleset> live;
    try {
      live = dataplane.read(Set.of()).live();
      checks.add(Check.fine("iptables", "the rules can be read"));
    } catch (HostException e) {
      checks.add(
          Check.found(
              "iptables",
              e.getMessage().lines().findFirst().orElse(""),
              "nothing can be counted or planned on this host",
              "run it as root, and install iptables"));
      return;
    }
    checks.add(otherBackend(dataplane, live));
    checks.add(bugs(live));
    checks.add(untracked(live));
  }

  private static Check otherBackend(Dataplane dataplane, List<LiveRuleset> live) {
    Set<Family> families = EnumSet.noneOf(Family.class);
    live.forEach(one -> families.add(one.family()));
    try {
      List<Diagnostic> warnings = dataplane.warnings(families);
      return warnings.isEmpty()
          ? Check.fine("other backend", "no rules there")
          : Check.found(
              "other backend",
              warnings.get(0).message(),
              "packets pass both backends, and acct sees one",
              "move all programs of this host to one backend (update-alternatives --config"
                  + " iptables)");
    } catch (HostException e) {
      return Check.unknown("other backend", e.getMessage());
    }
  }

  private static Check bugs(List<LiveRuleset> live) {
    List<String> bugs = new ArrayList<>();
    for (LiveRuleset one : live) {
      Optional<Backend> backend = one.backend();
      for (KnownBug bug : KnownBug.values()) {
        if (bug.isMended() && backend.isPresent() && bug.isIn(backend.get(), one.family())) {
          bugs.add(one.family().label() + ": " + bug.wrong());
        }
      }
    }
    return bugs.isEmpty()
        ? Check.fine("known bugs", "none of this version that a newer one has mended")
        : Check.found(
            "known bugs",
            String.join("; ", bugs),
            "acct works around it or refuses what it can't: see docs/known-bugs.md",
            "install a newer iptables");
  }

  private static Check untracked(List<LiveRuleset> live) {
    int rules = 0;
    for (LiveRuleset one : live) {
      for (LiveTable table : one.ruleset().tables().values()) {
        for (LiveChain chain : table.chains().values()) {
          for (LiveRule rule : chain.rules()) {
            boolean isUntracked =
                rule.words().contains("--notrack") || rule.words().contains("NOTRACK");
            rules += isUntracked ? 1 : 0;
          }
        }
      }
    }
    return rules == 0
        ? Check.fine("NOTRACK", "no rule switches connection tracking off")
        : Check.found(
            "NOTRACK",
            rules + (rules == 1 ? " rule" : " rules"),
            "packets that are not tracked match no state, connmark or other connection's property",
            "count such traffic by its addresses and ports");
  }

  private static Check offload(HostFacts facts) {
    if (!facts.hasProgram("nft")) {
      return Check.unknown("flow offload", "nft is not installed, which would tell");
    }
    Optional<String> tables = facts.said("nft", "list", "flowtables");
    if (tables.isEmpty()) {
      return Check.unknown("flow offload", "nft list flowtables failed");
    }
    return tables.get().contains("flowtable ")
        ? Check.found(
            "flow offload",
            "there are flowtables",
            "packets of an offloaded connection pass no chain, so only its first are counted",
            "leave the traffic that is to be counted out of the flowtable")
        : Check.fine("flow offload", "no flowtables");
  }

  private static Check bridges(HostFacts facts) {
    Optional<String> links = facts.said("ip", "-o", "link", "show", "type", "bridge");
    if (links.isEmpty()) {
      return Check.unknown("bridges", "ip link show type bridge failed");
    }
    List<String> bridges = new ArrayList<>();
    for (String line : links.get().lines().toList()) {
      String[] cells = line.split(": ");
      bridges.add(cells.length > 1 ? cells[1] : line);
    }
    boolean passes = facts.text("proc/sys/net/bridge/bridge-nf-call-iptables").equals("1");
    return bridges.isEmpty() || passes
        ? Check.fine("bridges", bridges.isEmpty() ? "none" : "bridged packets pass iptables")
        : Check.found(
            "bridges",
            String.join(", ", bridges) + " without br_netfilter",
            "packets between two ports of a bridge pass no iptables chain",
            "modprobe br_netfilter, where bridged traffic is to be counted");
  }

  private static Check reloads(HostFacts facts) {
    List<String> programs = new ArrayList<>();
    if (facts.text("etc/ufw/ufw.conf").contains("ENABLED=yes")) {
      programs.add("ufw");
    }
    if (facts.has("run/firewalld")) {
      programs.add("firewalld");
    }
    if (facts.has("run/docker.sock")) {
      programs.add("docker");
    }
    if (facts.has("etc/iptables/rules.v4") && facts.hasProgram("netfilter-persistent")) {
      programs.add("netfilter-persistent");
    }
    return programs.isEmpty()
        ? Check.fine("firewall reloads", "no program is known here that replaces all rules")
        : Check.found(
            "firewall reloads",
            String.join(", ", programs),
            "a reload may drop acct's jumps and chains; what was counted until the last snapshot"
                + " stays in the totals",
            "run acct agent, or acct apply after each reload; keep acct-snapshot.timer enabled");
  }

  private static Check programs(HostFacts facts) {
    List<String> missing = new ArrayList<>();
    for (String name : List.of("ipset", "nfacct", "flock", "setsid", "unshare")) {
      if (!facts.hasProgram(name)) {
        missing.add(name);
      }
    }
    return missing.isEmpty()
        ? Check.fine("programs", "ipset, nfacct, flock, setsid and unshare are there")
        : Check.found(
            "programs",
            "missing: " + String.join(", ", missing),
            "policies that name sets or nfacct objects, locks and the rehearsal need them",
            "install ipset, nfacct and util-linux");
  }

  private static Check clock(HostFacts facts) {
    Optional<String> said =
        facts.said("timedatectl", "show", "--property=NTPSynchronized", "--value");
    if (said.isEmpty()) {
      return Check.unknown("clock", "timedatectl does not tell whether it is synchronised");
    }
    return said.get().equals("yes")
        ? Check.fine("clock", "synchronised")
        : Check.found(
            "clock",
            "not synchronised",
            "the times of totals and reports are the host's",
            "enable systemd-timesyncd or chrony");
  }

  private static Check java() {
    int feature = Runtime.version().feature();
    return feature >= LEAST_JAVA
        ? Check.fine("Java", Runtime.version().toString())
        : Check.found("Java", Runtime.version().toString(), "acct needs Java 17", "install it");
  }

  private static void state(Arguments arguments, HostFacts facts, List<Check> checks) {
    try {
      Path path = State.path(arguments);
      if (!Files.exists(path)) {
        checks.add(Check.fine("state directory", path + " is made by the first apply"));
      } else {
        StateDirectory.open(path);
        checks.add(Check.fine("state directory", path.toString()));
      }
      boolean timer = facts.said("systemctl", "is-active", "acct-snapshot.timer").isPresent();
      boolean agent = StateDirectory.hasAgent(path);
      checks.add(
          agent && timer
              ? Check.found(
                  "agent and timer",
                  "both are active",
                  "the agent keeps the totals already",
                  "systemctl disable --now acct-snapshot.timer")
              : Check.fine(
                  "agent and timer",
                  agent ? "the agent is at work" : timer ? "the timer is active" : "neither"));
    } catch (HostException e) {
      checks.add(
          Check.found(
              "state directory",
              e.getMessage().lines().findFirst().orElse(""),
              "without it there is no journal, no undo and no total",
              "give it to root alone: chown root, chmod 700"));
    }
  }
}
