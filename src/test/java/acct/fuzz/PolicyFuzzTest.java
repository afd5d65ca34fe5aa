package acct.fuzz;

import acct.compile.Compiler;
import acct.compile.Overrides;
import acct.compile.OwnerNames;
import acct.diagnostic.Diagnostics;
import acct.policy.Policy;
import acct.policy.PolicyReader;
import acct.policy.Yaml;
import acct.policy.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A policy is compiled or has findings, whatever bytes it is of. */
class PolicyFuzzTest {
  @Test
  void anyBytes() {
    Seeds.fuzz(Seeds.policies(), 4000, PolicyFuzzTest::check);
  }

  static void check(byte[] data) {
    Diagnostics diagnostics = new Diagnostics();
    List<Policy> policies = new ArrayList<>();
    for (Yaml document : YamlReader.read("p.yaml", data, diagnostics)) {
      PolicyReader.read(document, diagnostics).ifPresent(policies::add);
    }
    Compiler.compile(
        policies, new Overrides(Map.of(), Map.of("p", "a,b")), OwnerNames.REFUSED, diagnostics);
  }
}
