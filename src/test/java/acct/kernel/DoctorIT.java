package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What acct doctor finds in a namespace that was prepared with it, and not in one that was not. */
class DoctorIT {
  @TempDir private Path directory;

  private static String result(JsonNode report, String name) {
    for (JsonNode check : report.get("checks")) {
      if (check.get("name").asString().equals(name)) {
        return check.get("result").asString();
      }
    }
    throw new AssertionError(name + " is not in " + report);
  }

  private static JsonNode report(Acct acct) {
    return JsonMapper.shared().readTree(acct.run("doctor", "--output", "json").out());
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void whatIsPreparedIsFound(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      JsonNode before = report(acct);
      for (String name : List.of("iptables", "other backend", "flow offload", "NOTRACK")) {
        assertEquals("fine", result(before, name), before.toString());
      }
      namespace.run(setup.command(), "-t", "raw", "-A", "PREROUTING", "-j", "CT", "--notrack").ok();
      namespace.run("ip", "link", "add", "br0", "type", "bridge").ok();
      String other = setup.command().contains("nft") ? "iptables-legacy" : "iptables-nft";
      namespace.run(other, "-A", "INPUT", "-p", "udp").ok();

      // Not every kernel has flowtables, so nft only says that there are some.
      Path nft = Files.writeString(directory.resolve("nft"), "#!/bin/sh\necho 'flowtable ft {'\n");
      assertTrue(nft.toFile().setExecutable(true));
      acct.with(Map.of("PATH", directory + ":" + System.getenv("PATH") + ":/usr/sbin:/sbin"));
      JsonNode after = report(acct);
      for (String name : List.of("other backend", "flow offload", "NOTRACK")) {
        assertEquals("found", result(after, name), after.toString());
      }
      Namespace.Result text = acct.run("doctor");
      assertEquals(2, text.status());
      assertTrue(text.out().lines().anyMatch(line -> line.startsWith("found    NOTRACK")));
      assertTrue(text.out().contains("         do:  "), text.out());
    }
  }
}
