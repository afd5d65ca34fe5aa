package acct.cli;

import java.util.List;

/** {@code acct version}. */
final class VersionCommand implements Command {
  @Override
  public String name() {
    return "version";
  }

  @Override
  public String summary() {
    return "Print acct's version.";
  }

  @Override
  public String operands() {
    return "";
  }

  @Override
  public List<Flag> flags() {
    return List.of();
  }

  @Override
  public int run(Arguments arguments, Console console) {
    String version = Main.class.getPackage().getImplementationVersion();
    console.out().println("acct " + (version == null ? "(not packaged)" : version));
    return ExitStatus.OK;
  }
}
