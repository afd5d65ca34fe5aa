package acct.cli;

import acct.compile.Desired;
import acct.compile.OwnerNames;
import acct.counter.KnownNames;
import acct.dataplane.Dataplane;
import acct.dataplane.iptables.Iptables;
import acct.dataplane.iptables.IptablesDataplane;
import acct.dataplane.iptables.IptablesKernel;
import acct.dataplane.iptables.Script;
import acct.diagnostic.Diagnostic;
import acct.host.HostException;
import acct.host.HostOwners;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.plan.Fingerprint;
import acct.plan.Intent;
import acct.plan.Plan;
import acct.reconcile.Keeping;
import acct.reconcile.Reconciler;
import acct.render.CiReports;
import acct.render.EventText;
import acct.render.MarkdownView;
import acct.render.PlanView;
import acct.state.PlanJson;
import acct.state.SavedPlan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@code plan} and {@code apply} have in common. */
final class Planning {
  static final Flag YES =
      Flag.toggle(
          "yes",
          "Don't ask. Without, apply asks on a terminal when counters end, or where rules of others"
              + " stand in its chains.");

  private static final int MOST_ANSWER = 100;

  static final Flag IPTABLES =
      new Flag(
          "iptables",
          "PATH",
          "The iptables command to use, as /usr/sbin/iptables-legacy; ip6tables, -save and"
              + " -restore are taken from beside it. A name without a directory is looked up on PATH."
              + " By default $ACCT_IPTABLES, or iptables on PATH.");

  static final Flag REHEARSE =
      Flag.toggle(
          "rehearse",
          "Try the plan in a private network namespace of this machine: what its kernel and iptables"
              + " refuse is told at the policy's line. Needs no root.");

  static final List<Flag> FLAGS =
      List.of(
          new Flag(
              "output",
              "FORMAT",
              "text (the default), json (by schema/plan.schema.json), markdown (for a merge request's"
                  + " comment), restore: the input of iptables-restore --noflush --counters, github:"
                  + " annotations and the job's summary of GitHub's workflows, or gitlab: GitLab's code"
                  + " quality report."),
          Flag.toggle(
              "detailed-exitcode",
              "End with 2 when changes are pending, and with 0 only when there are none."),
          Flag.toggle(
              "prune",
              "Also remove chains and jumps of policies that are not given: those that a comment"
                  + " acct:POLICY marks."),
          IPTABLES);

  /** How a plan is printed. */
  private enum Output {
    TEXT,
    JSON,
    MARKDOWN,
    RESTORE,
    GITHUB,
    GITLAB
  }

  private final Arguments arguments;
  private final Console console;
  private final Output output;
  private final Policies policies;

  private Planning(Arguments arguments, Console console, Policies policies) throws UsageException {
    this.arguments = arguments;
    this.console = console;
    this.output = output(arguments.value("output").orElse("text"));
    this.policies = policies;
  }

  private static Output output(String name) throws UsageException {
    for (Output output : Output.values()) {
      if (output.name().equalsIgnoreCase(name)) {
        return output;
      }
    }
    throw new UsageException(
        "--output is text, json, markdown, restore, github or gitlab, not \"" + name + "\"");
  }

  /**
   * Reads the policies.
   *
   * @throws CommandFailure when they are invalid; what was found has been printed
   */
  static Planning begin(Arguments arguments, Console console)
      throws UsageException, CommandFailure {
    OwnerNames owners =
        arguments.values("against").isEmpty() ? new HostOwners() : OwnerNames.REFUSED;
    return begin(arguments, console, Policies.load(arguments, owners, console));
  }

  /** The same, of policies that come from a saved plan. */
  static Planning begin(Arguments arguments, Console console, Policies policies)
      throws UsageException, CommandFailure {
    Planning planning = new Planning(arguments, console, policies);
    if (!planning.policies.areValid()) {
      List<Diagnostic> findings = planning.policies.findings();
      switch (planning.output) {
        case JSON -> console.out().print(PlanJson.ofDiagnostics(findings));
        case GITHUB -> findings.forEach(one -> console.out().println(CiReports.github(one)));
        case GITLAB -> console.out().print(CiReports.gitlab(findings));
        case TEXT, MARKDOWN, RESTORE -> {}
      }
      Report.print(findings, console);
      throw new CommandFailure(ExitStatus.INVALID, Report.count(findings) + "; nothing was done");
    }
    return planning;
  }

  Desired desired() {
    return policies.desired();
  }

  /**
   * The loop on this machine.
   *
   * @param rehearses whether a plan is tried in a private namespace first
   */
  Reconciler reconciler(boolean rehearses) {
    return new Reconciler(
        desired(),
        intent(),
        dataplane(arguments, console),
        Keeping.NOTHING,
        rehearses,
        arguments.values("against").isEmpty() ? State.knownNames(arguments) : KnownNames.NONE,
        event -> EventText.of(event).forEach(console::noticeLines));
  }

  Intent intent() {
    return new Intent(arguments.has("prune"));
  }

  /** The same, of a command that changes something. */
  Reconciler reconciler(HostAhead.Opened host, boolean rehearses, Intent intent) {
    return new Reconciler(
        desired(),
        intent,
        host.dataplane(),
        host.state().keeping("apply", policies.sources(), host.dataplane(), console),
        rehearses,
        KnownNames.NONE,
        event -> EventText.of(event).forEach(console::noticeLines));
  }

  /** This machine, by the iptables that the user named. */
  static Dataplane dataplane(Arguments arguments, Console console) {
    return new IptablesDataplane(kernel(arguments, console));
  }

  /** The same, for a command that writes: its restores hold a lock until they have ended. */
  static Dataplane dataplane(Arguments arguments, Console console, State state) {
    IptablesKernel kernel = kernel(arguments, console);
    state.directory().ifPresent(directory -> kernel.holding(directory.restoreLock()));
    return new IptablesDataplane(kernel);
  }

  private static IptablesKernel kernel(Arguments arguments, Console console) {
    Optional<Path> iptables =
        arguments
            .value("iptables")
            .or(() -> Optional.ofNullable(System.getenv("ACCT_IPTABLES")))
            .filter(path -> !path.isEmpty())
            .map(Path::of);
    return new IptablesKernel(family -> Iptables.of(family, iptables, console::noticeLines));
  }

  /** Writes a plan to a file, to be applied later. */
  void save(Plan plan, Path file) throws CommandFailure {
    try {
      Path beside = Path.of(file + ".new");
      Files.writeString(beside, SavedPlan.write(plan, policies.inputs()), StandardCharsets.UTF_8);
      Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CommandFailure(ExitStatus.ERROR, "can't write " + file + ": " + e.getMessage());
    }
    console.done("saved; carry it out with: acct apply " + file);
  }

  /** The rulesets of dumps. */
  List<LiveRuleset> against(List<String> dumps) throws UsageException, CommandFailure {
    return Dumps.read(dumps, "--against ", console);
  }

  /** Prints a plan, and what stands against it. */
  void show(Plan plan) {
    List<Diagnostic> diagnostics = diagnostics(plan);
    if (output != Output.GITHUB) {
      Report.print(diagnostics, console);
    }
    Plan whole = plan.with(diagnostics);
    switch (output) {
      case GITHUB -> github(whole);
      case GITLAB -> console.out().print(CiReports.gitlab(diagnostics));
      case TEXT -> {
        if (!plan.isRefused()) {
          console.out().print(PlanView.of(whole, console.colour()));
        }
      }
      case JSON -> console.out().print(PlanJson.of(whole, Fingerprint.of(whole)));
      case MARKDOWN -> console.out().print(MarkdownView.of(whole));
      case RESTORE -> {
        if (!plan.isRefused()) {
          printScripts(whole);
        }
      }
    }
    console.out().flush();
  }

  /**
   * Annotations, and the plan in the summary of the job. The plan itself is not printed: GitHub
   * takes a line for a command that a rule's name may begin, and names are of others.
   */
  private void github(Plan plan) {
    plan.diagnostics().forEach(found -> console.out().println(CiReports.github(found)));
    String summary = System.getenv("GITHUB_STEP_SUMMARY");
    String markdown = MarkdownView.of(plan);
    if (!plan.isRefused()) {
      Plan.Summary counts = plan.summary();
      console
          .out()
          .println(
              plan.isChanged()
                  ? "Plan: %d to add, %d to change, %d to move, %d to remove."
                      .formatted(counts.add(), counts.change(), counts.move(), counts.remove())
                  : "No changes.");
    }
    if (summary == null || summary.isEmpty()) {
      return;
    }
    try {
      Files.writeString(
          Path.of(summary), markdown, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      console.notice("the job's summary can't be written: " + e.getMessage());
    }
  }

  /** The lines of a plan as text. */
  List<String> said(Plan plan) {
    return PlanView.of(plan, false).lines().toList();
  }

  /** The lines of what stands against a plan, and in its policies. */
  List<String> warned(Plan plan) {
    return Report.lines(diagnostics(plan));
  }

  private List<Diagnostic> diagnostics(Plan plan) {
    List<Diagnostic> diagnostics = new ArrayList<>(policies.findings());
    diagnostics.addAll(plan.diagnostics());
    return diagnostics;
  }

  /**
   * The same before it is carried out.
   *
   * @throws HostException where nobody can have seen it: it names the counters that end
   */
  void showFirst(Plan plan) throws HostException {
    show(plan);
    checkShown(console, "carried out");
    boolean asks = console.terminal().interactive() && !arguments.has(YES.name());
    if (asks && !plan.isRefused() && plan.isChanged() && losesOrMeets(plan)) {
      ask();
    }
  }

  /** Whether counters end, or rules of others that decide about packets stand in acct's chains. */
  private static boolean losesOrMeets(Plan plan) {
    return plan.fates().ended() > 0
        || plan.unmanaged().stream().anyMatch(standing -> standing.rule().decides());
  }

  /** Only a whole yes is one. */
  private void ask() throws HostException {
    console.err().print("Carry it out? Only yes is taken for yes: ");
    console.err().flush();
    String answer;
    try {
      answer = line(console.in());
    } catch (IOException e) {
      throw new HostException(
          HostException.Kind.FAILED, "the answer can't be read: " + e.getMessage());
    }
    if (!answer.strip().equals("yes")) {
      throw new HostException(HostException.Kind.FAILED, "not confirmed; nothing was done");
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = in.read();
    while (c >= 0 && c != '\n' && line.length() < MOST_ANSWER) {
      line.append((char) c);
      c = in.read();
    }
    return line.toString();
  }

  /** Fails where what will be done could not be printed. */
  static void checkShown(Console console, String what) throws HostException {
    if (console.out().checkError()) {
      throw new HostException(
          HostException.Kind.FAILED, "the plan can't be printed, so it was not " + what);
    }
  }

  /** The script as the bytes it is made of; a comment says which command each family's is for. */
  private void printScripts(Plan plan) {
    for (Family family : plan.backends().keySet()) {
      String script = Script.of(plan, family);
      if (!script.isEmpty()) {
        String command = family == Family.IPV4 ? "iptables-restore" : "ip6tables-restore";
        String head = "# " + command + " --noflush --counters\n";
        byte[] bytes = (head + script).getBytes(StandardCharsets.ISO_8859_1);
        console.out().write(bytes, 0, bytes.length);
      }
    }
  }

  /** The exit status of a plan that was shown and not applied. */
  int status(Plan plan) {
    if (plan.isRefused()) {
      console.notice("the plan is refused; nothing was done");
      return ExitStatus.INVALID;
    }
    boolean pending = plan.isChanged() && arguments.has("detailed-exitcode");
    return pending ? ExitStatus.CHANGES : ExitStatus.OK;
  }

  /** What a host's refusal means for the exit status. */
  static CommandFailure failure(HostException e) {
    return CommandFailure.ofLines(status(e.kind()), e.getMessage());
  }

  /** The exit status of a kind of failure. */
  static int status(HostException.Kind kind) {
    return switch (kind) {
      case PERMISSION, LOCKED -> ExitStatus.NOT_PERMITTED;
      case STALE -> ExitStatus.STALE;
      case MISSING, FAILED, UNTRUSTED, LEFT -> ExitStatus.ERROR;
    };
  }
}
