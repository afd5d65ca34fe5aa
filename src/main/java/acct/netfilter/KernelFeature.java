package acct.netfilter;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A part of the kernel that the first rule that needs it switches on, and that from then on changes
 * the way of packets that the rule does not even match.
 */
public enum KernelFeature {
  /** Tracks each connection, and reassembles fragments before any rule sees them. */
  CONNTRACK(
      "conntrack",
      "connection tracking",
      "the kernel would begin to track every connection and to reassemble fragments before any rule"
          + " sees them",
      true,
      Set.of(
          "CLUSTERIP",
          "CONNMARK",
          "CONNSECMARK",
          "CT",
          "DNAT",
          "DNETMAP",
          "MASQUERADE",
          "NETMAP",
          "REDIRECT",
          "SNAT",
          "SYNPROXY")),
  /** Reassembles fragments before any rule sees them. */
  DEFRAGMENTATION(
      "defragmentation",
      "defragmentation",
      "the kernel would begin to reassemble fragments before any rule sees them",
      true,
      Set.of("TPROXY")),
  /** Sends bridged packets through iptables. */
  BRIDGE_NETFILTER(
      "bridge-netfilter",
      "br_netfilter",
      "the kernel would begin to send bridged packets through the rules of iptables, which may drop"
          + " them",
      false,
      Set.of());

  /** Read when a ruleset is first searched: nobody waits for the whole table otherwise. */
  private static final class Names {
    private static final Set<String> ALL = new HashSet<>(Set.of("state"));

    static {
      for (Extension extension : MatchTable.all()) {
        if (extension.feature().isPresent()) {
          ALL.add(extension.name());
        }
      }
      for (KernelFeature feature : values()) {
        ALL.addAll(feature.targets);
      }
    }
  }

  private final String label;
  private final String title;
  private final String consequence;
  private final boolean perFamily;
  private final Set<String> targets;

  KernelFeature(
      String label, String title, String consequence, boolean perFamily, Set<String> targets) {
    this.label = label;
    this.title = title;
    this.consequence = consequence;
    this.perFamily = perFamily;
    this.targets = targets;
  }

  /** As a policy allows it. */
  public String label() {
    return label;
  }

  /** As a message calls it. */
  public String title() {
    return title;
  }

  /** What would change for packets, as a clause. */
  public String consequence() {
    return consequence;
  }

  /** Whether IPv4 and IPv6 each have it on or off. */
  public boolean isPerFamily() {
    return perFamily;
  }

  /** Whether this one comes with it. */
  public boolean isIn(KernelFeature other) {
    return this == other || this == DEFRAGMENTATION && other == CONNTRACK;
  }

  /** Whether a rule is worth reading for them: most are not. */
  public static boolean mayBeUsedBy(List<String> words) {
    for (String word : words) {
      if (Names.ALL.contains(word)) {
        return true;
      }
    }
    return false;
  }

  /** What a target has switched on. */
  static Optional<KernelFeature> ofTarget(Target target) {
    if (target instanceof Target.Jump jump) {
      // A connection that is not tracked needs no tracking: xt_CT asks for none then.
      boolean without = jump.name().equals("CT") && jump.arguments().contains("--notrack");
      for (KernelFeature feature : values()) {
        if (feature.targets.contains(jump.name()) && !without) {
          return Optional.of(feature);
        }
      }
    }
    return Optional.empty();
  }
}
