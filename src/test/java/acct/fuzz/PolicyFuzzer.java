package acct.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A policy is compiled or has findings, whatever bytes it is of: led by coverage. */
class PolicyFuzzer {
  static Stream<byte[]> seeds() {
    return Seeds.bytes(Seeds.policies());
  }

  @MethodSource("seeds")
  @FuzzTest
  void anyBytes(byte[] data) {
    PolicyFuzzTest.check(data);
  }
}
