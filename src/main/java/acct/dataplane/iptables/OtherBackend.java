package acct.dataplane.iptables;

import acct.host.PrivateNamespace;
import acct.netfilter.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Rules in the backend that acct was not told to use. */
final class OtherBackend {
  private OtherBackend() {}

  /**
   * Whether tables of legacy are there: asked of /proc, since iptables-legacy-save itself would
   * make the kernel load them.
   */
  static boolean hasLegacyTables(Family family, Optional<PrivateNamespace> namespace) {
    if (namespace.isPresent()) {
      return false;
    }
    String file = family == Family.IPV4 ? "ip_tables_names" : "ip6_tables_names";
    try {
      return !Files.readString(Path.of("/proc/self/net", file)).isBlank();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * What a dump without counters has.
   *
   * @param command whose rules they are
   */
  static Optional<String> told(String command, String dump) {
    int rules = 0;
    boolean marked = false;
    Set<String> tables = new TreeSet<>();
    String table = "";
    for (String line : dump.lines().toList()) {
      if (line.startsWith("*")) {
        table = line.substring(1).strip();
      } else if (line.startsWith("-A ")) {
        rules++;
        tables.add(table);
        marked |= line.contains("acct:");
      }
    }
    if (rules == 0) {
      return Optional.empty();
    }
    return Optional.of(
        command
            + " has rules of its own on this machine ("
            + rules
            + " in "
            + String.join(", ", tables)
            + (marked ? ", some with acct's mark" : "")
            + "): packets pass both backends, and acct sees and counts in this one only");
  }
}
