package acct.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A rule is read and read back, or refused, whatever bytes it is of: led by coverage. */
class RuleFuzzer {
  static Stream<byte[]> seeds() {
    return Seeds.bytes(Seeds.rules());
  }

  @MethodSource("seeds")
  @FuzzTest
  void anyBytes(byte[] data) {
    RuleFuzzTest.check(data);
  }
}
