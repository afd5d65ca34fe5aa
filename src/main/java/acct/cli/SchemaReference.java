package acct.cli;

import acct.text.PrintableText;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The first line of a policy that acct writes: it tells editors where the schema is. That of this
 * distribution is there for whoever runs acct here.
 */
final class SchemaReference {
  private static final String FILE = "schema/policy.schema.json";

  private SchemaReference() {}

  /** The line; where this acct has no schema beside it, with how to get one. */
  static String line() {
    Path installed = Path.of(System.getProperty("acct.home", "")).toAbsolutePath().normalize();
    Path schema = installed.resolve(FILE);
    return Files.isReadable(schema)
        ? "# yaml-language-server: $schema=" + PrintableText.line(schema.toString()) + "\n"
        : "# yaml-language-server: $schema=policy.schema.json\n"
            + "# (acct schema > policy.schema.json)\n";
  }
}
