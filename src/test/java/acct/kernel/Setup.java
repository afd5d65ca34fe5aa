package acct.kernel;

import acct.netfilter.Backend;
import acct.netfilter.Family;
import java.util.List;
import java.util.stream.Stream;

/**
 * A backend and a family: every promise is held on all four.
 *
 * @param backend what the commands speak to
 */
record Setup(Backend.Kind backend, Family family) {
  static Stream<Setup> all() {
    return Stream.of(Backend.Kind.values())
        .flatMap(backend -> Stream.of(Family.values()).map(family -> new Setup(backend, family)));
  }

  static Stream<Setup> ipv4() {
    return all().filter(setup -> setup.family() == Family.IPV4);
  }

  /** The command that acct is given: always the IPv4 one. */
  String iptables() {
    return "/usr/sbin/iptables-" + backend.label();
  }

  /** The family's own command. */
  String command() {
    return (family == Family.IPV4 ? "iptables-" : "ip6tables-") + backend.label();
  }

  String address(int last) {
    return family == Family.IPV4 ? "127.0.1." + last : "fd00::" + last;
  }

  String network() {
    return family == Family.IPV4 ? "127.0.0.0/8" : "::1/128";
  }

  /** Makes the test's addresses reachable on lo; all of 127/8 is already. */
  void addAddress(Namespace namespace, int last) {
    if (family == Family.IPV6) {
      namespace.run("ip", "-6", "addr", "add", address(last) + "/128", "dev", "lo", "nodad").ok();
    }
  }

  /** The addresses as the policy's list of families. */
  String families() {
    return "[" + family.label() + "]";
  }

  List<String> save() {
    return List.of(command() + "-save", "-c");
  }
}
