package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.netfilter.Backend;
import acct.netfilter.Counters;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the code takes for granted about iptables, asked of the one that is installed. */
class KernelFactsIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aRuleIsWrittenWithItsCounterWhereTheBackendCan(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Backend backend =
          Backend.parse(namespace.run(setup.command(), "-V").ok().out()).orElseThrow();
      acct.load("*filter\n:A - [0:0]\n[12:3400] -A A -p tcp\nCOMMIT\n");
      assertEquals(
          backend.writesCounters(setup.family()) ? new Counters(12, 3400) : Counters.ZERO,
          acct.counters("A", "tcp"));
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void declaringAnExistingChainFlushesItSoAcctNeverDoes(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load("*filter\n:A - [0:0]\n-A A -p tcp\nCOMMIT\n");
      namespace
          .run(List.of(setup.command() + "-restore", "-n"), "*filter\n:A - [0:0]\nCOMMIT\n")
          .ok();
      assertEquals(0, acct.rules("A").size());
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void aBlockIsCarriedOutWholeOrNotAtAll(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      acct.load("*filter\n:A - [0:0]\n-A A -p tcp\nCOMMIT\n");
      Namespace.Result result =
          namespace.run(
              List.of(setup.command() + "-restore", "-n"), "*filter\n-D A 1\n-D A 7\nCOMMIT\n");
      assertEquals(false, result.status() == 0);
      assertEquals(1, acct.rules("A").size());
    }
  }
}
