package acct.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.BadDumpException;
import acct.netfilter.SaveParser;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A dump is read or refused, whatever bytes it is of. */
class DumpFuzzTest {
  @Test
  void anyBytes() {
    Seeds.fuzz(Seeds.dumps(), 2000, DumpFuzzTest::check);
  }

  static void check(byte[] data) {
    try {
      SaveParser.parse(new String(data, StandardCharsets.ISO_8859_1));
    } catch (BadDumpException e) {
      assertTrue(e.line() >= 0, e.getMessage());
    }
  }
}
