package acct.compile;

import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.KernelFeature;
import acct.netfilter.Rule;
import acct.netfilter.RuleBody;
import acct.netfilter.TableName;
import acct.netfilter.Target;
import acct.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the policies ask for, all of them together.
 *
 * @param owners the policies' names
 * @param families in which they account
 * @param required those that a policy names itself: a machine has to have them
 * @param allowed what each policy allows its rules beyond counting
 * @param tables those in which something is to stand
 */
public record Desired(
    Set<String> owners,
    Set<Family> families,
    Set<Family> required,
    Map<String, Set<Policy.Allow>> allowed,
    List<Table> tables) {
  public Desired {
    allowed = Map.copyOf(allowed);
    owners = Set.copyOf(owners);
    families = Set.copyOf(families);
    required = Set.copyOf(required);
    tables = List.copyOf(tables);
  }

  /** Whether a policy's rules may be the first that need that. */
  public boolean allows(String owner, KernelFeature feature) {
    return Policy.Allow.permit(allowed.getOrDefault(owner, Set.of()), feature);
  }

  /** The part of one table in one family; empty when nothing is asked for there. */
  public Table table(Family family, TableName name) {
    for (Table table : tables) {
      if (table.family() == family && table.name().equals(name)) {
        return table;
      }
    }
    return new Table(family, name, List.of(), List.of(), List.of());
  }

  /**
   * One table of one family.
   *
   * @param chains each has rules
   * @param jumps from built-in chains to them, in the order they are to stand
   * @param renames chains that had another name before
   */
  public record Table(
      Family family, TableName name, List<Chain> chains, List<Jump> jumps, List<Rename> renames) {
    public Table {
      renames = List.copyOf(renames);
      chains = List.copyOf(chains);
      jumps = List.copyOf(jumps);
    }

    public Optional<Chain> chain(ChainName chain) {
      for (Chain one : chains) {
        if (one.name().equals(chain)) {
          return Optional.of(one);
        }
      }
      return Optional.empty();
    }
  }

  /** A chain that had another name before. */
  public record Rename(ChainName from, ChainName to, Position position) {}

  /**
   * A chain to count in.
   *
   * @param unmanaged what becomes of live rules that are not among these
   * @param formerNames of its rules, each with the name it has now
   */
  public record Chain(
      ChainName name,
      String owner,
      Position position,
      Policy.Unmanaged unmanaged,
      List<Counting> rules,
      Map<String, String> formerNames) {
    public Chain {
      formerNames = Map.copyOf(formerNames);
      rules = List.copyOf(rules);
    }
  }

  /**
   * A kernel rule. What it counts is its name's.
   *
   * @param name unique in its chain but for the parts of one rule of the policy
   * @param part its number among those, from 1
   * @param comment what the kernel has instead of the name
   * @param rule with its comments: its kernel name, and the owner's mark on a jump
   * @param onChange what becomes of the counter of a live rule of that name with another meaning
   */
  public record Counting(
      String name,
      int part,
      Optional<String> comment,
      Rule rule,
      Policy.OnChange onChange,
      Position position) {
    /**
     * A rule with the comments it gets.
     *
     * @param body what it matches, and where it jumps
     * @param owner the policy
     */
    public static Counting of(
        PartName name,
        Optional<String> comment,
        RuleBody body,
        String owner,
        Policy.OnChange onChange,
        Position position) {
      boolean calls = body.target() instanceof Target.Jump && !body.target().isReturn();
      String kernelName = kernelName(name.whole(), name.number(), comment);
      List<String> comments =
          calls ? List.of(kernelName, OwnerMark.of(owner)) : List.of(kernelName);
      return new Counting(
          name.whole(), name.number(), comment, new Rule(body, comments), onChange, position);
    }

    private static String kernelName(String name, int part, Optional<String> comment) {
      return new PartName(comment.orElse(name), part).text();
    }

    /** The same rule as another part. */
    public Counting as(int number) {
      if (number == part) {
        return this;
      }
      List<String> comments = new ArrayList<>(rule.comments());
      comments.set(0, kernelName(name, number, comment));
      return new Counting(
          name, number, comment, new Rule(rule.body(), comments), onChange, position);
    }

    /** What acct calls it. */
    public String label() {
      return new PartName(name, part).text();
    }

    /** The comment by which it is known in the kernel. */
    public String kernelName() {
      return kernelName(name, part, comment);
    }

    /** What the kernel has of the name, without the number of the part. */
    public String kernelWhole() {
      return comment.orElse(name);
    }

    public RuleBody body() {
      return rule.body();
    }

    public List<String> comments() {
      return rule.comments();
    }

    /** Whether what stands behind it sees other packets than what stands before it. */
    public boolean divides() {
      return body().target().isReturn();
    }
  }

  /**
   * A jump from a chain that is not acct's.
   *
   * @param from a built-in chain, or one that another program makes
   * @param body the attachment's match, with the jump as its target
   */
  public record Jump(
      ChainName from,
      ChainName to,
      String owner,
      Policy.Place place,
      RuleBody body,
      Position position) {
    /** The comment on it. */
    public List<String> comments() {
      return List.of(OwnerMark.of(owner));
    }
  }
}
