package acct.compile;

import acct.netfilter.Hook;
import java.util.Set;

/**
 * Names that iptables would not take for a chain of the user's: built-in chains, and every target
 * that a host may have. {@code -j STEAL} is the target where the extension is installed, whatever
 * chains there are. docs/extensions.md lists them.
 */
public final class ReservedNames {
  private static final Set<String> TARGETS =
      Set.of(
          "ACCEPT",
          "ACCOUNT",
          "AUDIT",
          "BALANCE",
          "CHAOS",
          "CHECKSUM",
          "CLASSIFY",
          "CLUSTERIP",
          "CONNMARK",
          "CONNSECMARK",
          "CT",
          "DELUDE",
          "DHCPMAC",
          "DNAT",
          "DNETMAP",
          "DNPT",
          "DROP",
          "DSCP",
          "ECHO",
          "ECN",
          "ERROR",
          "FLOWOFFLOAD",
          "FTOS",
          "FULLCONENAT",
          "HL",
          "HMARK",
          "IDLETIMER",
          "IMQ",
          "IPMARK",
          "IPV4OPTSSTRIP",
          "LED",
          "LOG",
          "LOGMARK",
          "MARK",
          "MASQUERADE",
          "MIRROR",
          "NDPI",
          "NETFLOW",
          "NETLINK",
          "NETMAP",
          "NFLOG",
          "NFQUEUE",
          "NOTRACK",
          "PROTO",
          "QUEUE",
          "RATEEST",
          "RAWDNAT",
          "RAWSNAT",
          "REDIRECT",
          "REJECT",
          "RETURN",
          "ROUTE",
          "RTPENGINE",
          "SAME",
          "SECMARK",
          "SET",
          "SNAT",
          "SNPT",
          "STEAL",
          "SYNPROXY",
          "SYSRQ",
          "TARPIT",
          "TCPLAG",
          "TCPMSS",
          "TCPOPTSTRIP",
          "TEE",
          "TOS",
          "TPROXY",
          "TRACE",
          "TRIGGER",
          "TTL",
          "ULOG",
          "XOR",
          "standard");

  private ReservedNames() {}

  /** Every name of a target. */
  static Set<String> targets() {
    return TARGETS;
  }

  public static boolean contains(String name) {
    return Hook.of(name).isPresent() || TARGETS.contains(name);
  }
}
