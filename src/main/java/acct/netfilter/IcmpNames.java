package acct.netfilter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The names of ICMP and ICMPv6 types that iptables knows (libxt_icmp.h), each with its numbers. */
final class IcmpNames {
  /** In a packed value: all codes of the type. */
  static final int EVERY_CODE = 0xfff;

  /** The packed value of ICMP's {@code any}. */
  static final int ANY = -1;

  private static final Map<String, Integer> IPV4 =
      table(
          "any *,echo-reply 0,pong 0,destination-unreachable 3,network-unreachable 3/0,"
              + "host-unreachable 3/1,protocol-unreachable 3/2,port-unreachable 3/3,"
              + "fragmentation-needed 3/4,source-route-failed 3/5,network-unknown 3/6,"
              + "host-unknown 3/7,network-prohibited 3/9,host-prohibited 3/10,"
              + "TOS-network-unreachable 3/11,TOS-host-unreachable 3/12,"
              + "communication-prohibited 3/13,host-precedence-violation 3/14,precedence-cutoff 3/15,"
              + "source-quench 4,redirect 5,network-redirect 5/0,host-redirect 5/1,"
              + "TOS-network-redirect 5/2,TOS-host-redirect 5/3,echo-request 8,ping 8,"
              + "router-advertisement 9,router-solicitation 10,time-exceeded 11,ttl-exceeded 11,"
              + "ttl-zero-during-transit 11/0,ttl-zero-during-reassembly 11/1,parameter-problem 12,"
              + "ip-header-bad 12/0,required-option-missing 12/1,timestamp-request 13,"
              + "timestamp-reply 14,address-mask-request 17,address-mask-reply 18");

  private static final Map<String, Integer> IPV6 =
      table(
          "destination-unreachable 1,no-route 1/0,communication-prohibited 1/1,beyond-scope 1/2,"
              + "address-unreachable 1/3,port-unreachable 1/4,failed-policy 1/5,reject-route 1/6,"
              + "packet-too-big 2,time-exceeded 3,ttl-exceeded 3,ttl-zero-during-transit 3/0,"
              + "ttl-zero-during-reassembly 3/1,parameter-problem 4,bad-header 4/0,"
              + "unknown-header-type 4/1,unknown-option 4/2,echo-request 128,ping 128,"
              + "echo-reply 129,pong 129,mld-listener-query 130,mld-listener-report 131,"
              + "mld-listener-done 132,mld-listener-reduction 132,router-solicitation 133,"
              + "router-advertisement 134,neighbor-solicitation 135,neighbour-solicitation 135,"
              + "neighbor-advertisement 136,neighbour-advertisement 136,redirect 137");

  private IcmpNames() {}

  /** Names in lower case, each with type &lt;&lt; 12 | code. */
  static Map<String, Integer> of(Family family) {
    return family == Family.IPV4 ? IPV4 : IPV6;
  }

  private static Map<String, Integer> table(String rows) {
    Map<String, Integer> table = new LinkedHashMap<>();
    for (String row : rows.toLowerCase(java.util.Locale.ROOT).split(",")) {
      int blank = row.indexOf(' ');
      table.put(row.substring(0, blank), pack(row.substring(blank + 1)));
    }
    return Collections.unmodifiableMap(table);
  }

  private static int pack(String numbers) {
    if (numbers.equals("*")) {
      return ANY;
    }
    int slash = numbers.indexOf('/');
    int type = Integer.parseInt(slash < 0 ? numbers : numbers.substring(0, slash));
    int code = slash < 0 ? EVERY_CODE : Integer.parseInt(numbers.substring(slash + 1));
    return type << 12 | code;
  }
}
