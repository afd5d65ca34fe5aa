package acct.cli;

import acct.policy.Diagnostic;
import java.util.List;

/** {@code acct validate}: checks policies without looking at any host. */
final class ValidateCommand implements Command {
  @Override
  public String name() {
    return "validate";
  }

  @Override
  public String summary() {
    return "Check policies by the schema and by their meaning; no host needed.";
  }

  @Override
  public String operands() {
    return "POLICY…";
  }

  @Override
  public List<Flag> flags() {
    return Policies.FLAGS;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    Policies policies = Policies.load(arguments);
    List<Diagnostic> findings = policies.findingsBySchemaToo();
    Report.print(findings, console);
    if (!policies.areValid()) {
      throw new CommandFailure(ExitStatus.INVALID, Report.count(findings));
    }
    console.out().println("valid" + (findings.isEmpty() ? "" : ", " + Report.count(findings)));
    return ExitStatus.OK;
  }
}
