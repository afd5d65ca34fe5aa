package acct.netfilter;

import java.util.HashMap;
import java.util.Map;

/**
 * acct's own table of protocols: the names of Debian's /etc/protocols and those that iptables
 * brings along. The host's file is never read, so that a plan is the same everywhere.
 */
final class ProtocolNames {
  private static final String TABLE =
      "ip 0,all 0,hopopt 0,icmp 1,igmp 2,ggp 3,ipencap 4,st 5,tcp 6,egp 8,igp 9,pup 12,udp 17,"
          + "hmp 20,xns-idp 22,rdp 27,iso-tp4 29,dccp 33,xtp 36,ddp 37,idpr-cmtp 38,ipv6 41,"
          + "ipv6-route 43,ipv6-frag 44,idrp 45,rsvp 46,gre 47,esp 50,ipsec-esp 50,ah 51,"
          + "ipsec-ah 51,skip 57,ipv6-icmp 58,icmpv6 58,icmp6 58,ipv6-nonxt 59,ipv6-opts 60,"
          + "rspf 73,vmtp 81,eigrp 88,ospf 89,ospfigp 89,ax.25 93,ipip 94,etherip 97,encap 98,"
          + "pim 103,ipcomp 108,vrrp 112,l2tp 115,isis 124,sctp 132,fc 133,mobility-header 135,"
          + "ipv6-mh 135,mh 135,udplite 136,mpls-in-ip 137,manet 138,hip 139,shim6 140,wesp 141,"
          + "rohc 142,ethernet 143";

  private static final Map<String, Integer> NUMBERS = numbers();

  private ProtocolNames() {}

  private static Map<String, Integer> numbers() {
    Map<String, Integer> numbers = new HashMap<>();
    for (String row : TABLE.split(",")) {
      int blank = row.indexOf(' ');
      numbers.put(row.substring(0, blank), Integer.parseInt(row.substring(blank + 1)));
    }
    return numbers;
  }

  /** The number of a name in lower case, or -1. */
  static int number(String name) {
    return NUMBERS.getOrDefault(name, -1);
  }

  /** Names that iptables itself brings along, and so reads on a host without /etc/protocols. */
  static String portable(int number) {
    return switch (number) {
      case 1 -> "icmp";
      case 6 -> "tcp";
      case 17 -> "udp";
      case 50 -> "esp";
      case 51 -> "ah";
      case 58 -> "ipv6-icmp";
      case 132 -> "sctp";
      case 136 -> "udplite";
      default -> Integer.toString(number);
    };
  }
}
