package acct.policy;

import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.KernelFeature;
import acct.netfilter.TableName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An AccountingPolicy as it was written, each part with its place.
 *
 * <pre>{@code
 * apiVersion: acct/v1
 * kind: AccountingPolicy
 * metadata: {name: web-frontend}
 * spec:
 *   families: [ipv4, ipv6]
 *   table: filter
 *   chains:
 *     - name: INET_IN
 *       attach: [INPUT]
 *       rules:
 *         - {name: http, protocol: tcp, destinationPort: 80}
 * }</pre>
 *
 * @param name the owner of its chains, written on the host as the comment {@code acct:NAME}
 * @param position of the name
 * @param familiesWritten whether it says so itself; else it is for those that the machine has
 * @param allow what else its rules may do than count
 * @param parameters with their defaults, which give each its type
 * @param unmanaged what becomes of rules in its chains that it doesn't have
 * @param moves what had another name before
 */
public record Policy(
    String name,
    Position position,
    List<Family> families,
    boolean familiesWritten,
    TableName table,
    Unmanaged unmanaged,
    Set<Allow> allow,
    List<Named> parameters,
    List<Move> moves,
    List<Chain> chains) {
  public Policy {
    allow = Set.copyOf(allow);
    moves = List.copyOf(moves);
    parameters = List.copyOf(parameters);
    families = List.copyOf(families);
    chains = List.copyOf(chains);
  }

  /**
   * A chain to count in.
   *
   * @param position of the name
   * @param attachments where packets come from; none when only jumps lead to it
   */
  public record Chain(
      String name, Position position, List<Attachment> attachments, List<RuleSpec> rules) {
    public Chain {
      attachments = List.copyOf(attachments);
      rules = List.copyOf(rules);
    }
  }

  /** {@code unmanagedRules}: what becomes of rules in the policy's chains that it doesn't have. */
  public enum Unmanaged {
    /** They go, unless they decide about packets: then the plan is refused. */
    REMOVE,
    /** They are told of, and stay where they are. */
    KEEP
  }

  /** {@code allow}: what may go beyond counting, where the operator wants it. */
  public enum Allow {
    /** The policy's rules may be the first that need connection tracking. */
    CONNTRACK(KernelFeature.CONNTRACK.label()),
    /** The policy's rules may be the first that need fragments reassembled. */
    DEFRAGMENTATION(KernelFeature.DEFRAGMENTATION.label()),
    /** The policy's rules may be the first that need bridged packets in iptables. */
    BRIDGE_NETFILTER(KernelFeature.BRIDGE_NETFILTER.label()),
    /** {@code options} may have matches of which acct does not know what else they do. */
    UNKNOWN_MATCHES("unknown-matches");

    private final String label;

    Allow(String label) {
      this.label = label;
    }

    /** As it stands in a policy. */
    public String label() {
      return label;
    }

    /** The one that allows to switch that on. */
    public static Allow of(KernelFeature feature) {
      return switch (feature) {
        case CONNTRACK -> CONNTRACK;
        case DEFRAGMENTATION -> DEFRAGMENTATION;
        case BRIDGE_NETFILTER -> BRIDGE_NETFILTER;
      };
    }

    /** Whether a policy that allows these may switch that on; tracking reassembles as well. */
    public static boolean permit(Set<Allow> allowed, KernelFeature feature) {
      for (KernelFeature other : KernelFeature.values()) {
        if (feature.isIn(other) && allowed.contains(of(other))) {
          return true;
        }
      }
      return false;
    }
  }

  /** Where in a built-in chain the jump stands. */
  public enum Place {
    /** Above every rule of others, so that it sees what they accept or drop. */
    TOP("top"),
    /** Below every rule of others. */
    BOTTOM("bottom"),
    /** Wherever it stands; at the top when it is new. */
    ANYWHERE("anywhere");

    private final String label;

    Place(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  /**
   * {@code attach}: a jump from a chain that is not acct's.
   *
   * @param from a built-in chain, or one that another program makes
   * @param families it is for, of those of the policy; empty for all
   * @param match what narrows the packets that jump; empty for all
   */
  public record Attachment(
      Position position, ChainName from, List<Family> families, Place place, List<Clause> match) {
    public Attachment {
      families = List.copyOf(families);
      match = List.copyOf(match);
    }
  }

  /**
   * A rule to count with.
   *
   * @param name whose the counter is; nothing when it is to be derived from the match
   * @param sum whether it counts together with the chain's other rules of that name
   * @param comment what the kernel has instead of the name
   * @param families it is for, of those of the policy; empty for all in which its match can be
   * @param forEach variables and what they run over; the rule is made once for each combination
   * @param options more of the match, in iptables' own words
   * @param jump a chain of the policy, or RETURN; nothing for a rule that only counts
   * @param onChange what becomes of its counter when its meaning changes
   */
  public record RuleSpec(
      Position position,
      List<Named> forEach,
      Optional<Written> name,
      boolean sum,
      Optional<String> comment,
      List<Family> families,
      List<Clause> clauses,
      Optional<Written> options,
      Optional<JumpSpec> jump,
      OnChange onChange) {
    public RuleSpec {
      forEach = List.copyOf(forEach);
      families = List.copyOf(families);
      clauses = List.copyOf(clauses);
    }
  }

  /** {@code onChange}: what becomes of a counter when its rule's meaning changes under one name. */
  public enum OnChange {
    /** It ends, and another begins at zero. */
    END,
    /** It goes on. */
    CARRY
  }

  /** {@code jump: CHAIN}. */
  public record JumpSpec(Position position, String target) {}

  /**
   * A key that narrows, with its values.
   *
   * @param position of the key
   * @param negated whether it stands under {@code not}
   * @param values one, or the elements of a list
   */
  public record Clause(MatchKey key, boolean negated, Position position, List<Written> values) {
    public Clause {
      values = List.copyOf(values);
    }
  }

  /**
   * A value as it was written.
   *
   * @param type what YAML makes of it
   */
  public record Written(Position position, Yaml.Scalar.Type type, String text) {
    /** Whether something in it is still to be filled in. */
    public boolean isTemplate() {
      return text.contains("${");
    }
  }

  /**
   * {@code moved}: what has another name now, so that it is known again.
   *
   * @param from {@code CHAIN} or {@code CHAIN/rule}
   * @param to the same, as the policy has it now
   */
  public record Move(Position position, Written from, Written to) {}

  /** A name with a value of any kind: a parameter, or a variable of forEach. */
  public record Named(Position position, String name, Yaml value) {}
}
