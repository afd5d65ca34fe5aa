package acct.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A dump is read or refused, whatever bytes it is of: led by coverage. */
class DumpFuzzer {
  static Stream<byte[]> seeds() {
    return Seeds.bytes(Seeds.dumps());
  }

  @MethodSource("seeds")
  @FuzzTest
  void anyBytes(byte[] data) {
    DumpFuzzTest.check(data);
  }
}
