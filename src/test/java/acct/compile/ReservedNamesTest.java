package acct.compile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The other way round: ExtensionsDocTest holds that what is documented is reserved. */
class ReservedNamesTest {
  @Test
  void everyReservedTargetIsDocumented() throws IOException {
    String doc = Files.readString(Path.of("docs/extensions.md"), StandardCharsets.UTF_8);
    for (String target : ReservedNames.targets()) {
      assertTrue(doc.contains("| `" + target + "` |"), target);
    }
  }
}
