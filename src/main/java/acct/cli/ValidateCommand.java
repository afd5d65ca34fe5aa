package acct.cli;

import acct.compile.OwnerNames;
import acct.diagnostic.Diagnostic;
import acct.render.CiReports;
import acct.state.PlanJson;
import java.util.ArrayList;
import java.util.List;

/** {@code acct validate}: checks policies and the agent's configuration without any host. */
final class ValidateCommand implements Command {
  private static final List<String> OUTPUTS =
      List.of("text", "json", "github", "gitlab", "sarif", "junit");

  @Override
  public String name() {
    return "validate";
  }

  @Override
  public String summary() {
    return "Check policies, and the agent's configuration; no host needed.";
  }

  @Override
  public String operands() {
    return "POLICY…";
  }

  @Override
  public String details() {
    return """
        Policies are checked by the schema and by their meaning, files of kind: Agent as
        acct agent does at its start.
        """;
  }

  @Override
  public List<Flag> flags() {
    List<Flag> flags = new ArrayList<>(Policies.FLAGS);
    flags.add(
        new Flag(
            "output",
            "FORMAT",
            "text (the default); json (the diagnostics of schema/plan.schema.json); github:"
                + " annotations of GitHub's workflows; gitlab: GitLab's code quality report; sarif:"
                + " SARIF 2.1.0; or junit: JUnit's XML, a test case for each file."));
    return flags;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    String output = arguments.value("output").orElse("text");
    if (!OUTPUTS.contains(output)) {
      throw new UsageException(
          "--output is " + String.join(", ", OUTPUTS) + ", not \"" + output + "\"");
    }
    Policies policies = Policies.withAgents(arguments, OwnerNames.LEFT, console);
    List<Diagnostic> findings = policies.findingsBySchemaToo();
    switch (output) {
      case "json" -> console.out().print(PlanJson.ofDiagnostics(findings));
      case "github" -> findings.forEach(f -> console.out().println(CiReports.github(f)));
      case "gitlab" -> console.out().print(CiReports.gitlab(findings));
      case "sarif" -> console.out().print(CiReports.sarif(findings, VersionCommand.version()));
      case "junit" -> console.out().print(CiReports.junit(findings, policies.files()));
      default -> Report.print(findings, console);
    }
    if (!policies.areValid()) {
      throw new CommandFailure(ExitStatus.INVALID, Report.count(findings));
    }
    if (!output.equals("text")) {
      return ExitStatus.OK;
    }
    console.out().println("valid" + (findings.isEmpty() ? "" : ", " + Report.count(findings)));
    return ExitStatus.OK;
  }
}
