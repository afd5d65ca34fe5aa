package acct.cli;

import acct.policy.PolicyPatterns;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;

/** {@code acct init}: prints a commented policy to start from. */
final class InitCommand implements Command {
  private static final String PLACE_OF_NAME = "NAME";

  @Override
  public String name() {
    return "init";
  }

  @Override
  public String summary() {
    return "Print a commented policy to start from.";
  }

  @Override
  public String operands() {
    return "[NAME]";
  }

  @Override
  public List<Flag> flags() {
    return List.of();
  }

  @Override
  public String details() {
    return """
        NAME becomes the policy's; "my-accounting" by default. As in:
        acct init web-frontend > web-frontend.yaml
        """;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    List<String> operands = arguments.operands();
    String name = operands.isEmpty() ? "my-accounting" : operands.get(0);
    if (operands.size() > 1 || !name.matches(PolicyPatterns.OWNER)) {
      throw new UsageException(
          "a policy has one name, of 1 to 40 of a-z, 0-9 and -, not - at either end");
    }
    try (InputStream in = InitCommand.class.getResourceAsStream("/acct/init.yaml")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      byte[] bytes =
          text.replaceFirst(
                  "# yaml-language-server.*\n", Matcher.quoteReplacement(SchemaReference.line()))
              .replace("name: " + PLACE_OF_NAME + "\n", "name: \"" + name + "\"\n")
              .getBytes(StandardCharsets.UTF_8);
      console.out().write(bytes, 0, bytes.length);
      return ExitStatus.OK;
    } catch (IOException e) {
      throw new CommandFailure(ExitStatus.ERROR, "can't read the policy: " + e.getMessage());
    }
  }
}
