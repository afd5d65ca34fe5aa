package acct.compile;

import acct.netfilter.Hook;
import java.util.Set;

/** Names that iptables would not take for a chain of the user's: built-in chains and targets. */
final class ReservedNames {
  private static final Set<String> TARGETS =
      Set.of(
          "ACCEPT",
          "DROP",
          "QUEUE",
          "RETURN",
          "ACCOUNT",
          "AUDIT",
          "CHECKSUM",
          "CLASSIFY",
          "CLUSTERIP",
          "CONNMARK",
          "CONNSECMARK",
          "CT",
          "DELUDE",
          "DNAT",
          "DNPT",
          "DSCP",
          "ECHO",
          "ECN",
          "HL",
          "HMARK",
          "IDLETIMER",
          "IPMARK",
          "LED",
          "LOG",
          "MARK",
          "MASQUERADE",
          "MIRROR",
          "NETMAP",
          "NFLOG",
          "NFQUEUE",
          "NOTRACK",
          "RATEEST",
          "REDIRECT",
          "REJECT",
          "SAME",
          "SECMARK",
          "SET",
          "SNAT",
          "SNPT",
          "SYNPROXY",
          "TARPIT",
          "TCPMSS",
          "TCPOPTSTRIP",
          "TEE",
          "TOS",
          "TPROXY",
          "TRACE",
          "TTL",
          "ULOG");

  private ReservedNames() {}

  static boolean contains(String name) {
    return Hook.of(name).isPresent() || TARGETS.contains(name);
  }
}
