package acct.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** {@code acct schema}: prints a JSON Schema. */
final class SchemaCommand implements Command {
  @Override
  public String name() {
    return "schema";
  }

  @Override
  public String summary() {
    return "Print the JSON Schema of policies, or of plans as JSON.";
  }

  @Override
  public String operands() {
    return "policy|plan";
  }

  @Override
  public List<Flag> flags() {
    return List.of();
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    List<String> operands = arguments.operands();
    if (!operands.equals(List.of("policy")) && !operands.equals(List.of("plan"))) {
      throw new UsageException("which schema: policy or plan?");
    }
    String resource = "/schema/" + operands.get(0) + ".schema.json";
    try (InputStream schema = SchemaCommand.class.getResourceAsStream(resource)) {
      byte[] bytes = schema.readAllBytes();
      console.out().write(bytes, 0, bytes.length);
      return ExitStatus.OK;
    } catch (IOException e) {
      throw new CommandFailure(ExitStatus.ERROR, "can't read the schema: " + e.getMessage());
    }
  }
}
