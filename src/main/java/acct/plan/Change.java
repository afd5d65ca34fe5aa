package acct.plan;

import acct.compile.Desired;
import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.RestoreLine;
import acct.netfilter.Rule;
import acct.netfilter.RuleBody;
import acct.policy.Policy;
import java.util.List;
import java.util.Optional;

/** One thing that a plan does. */
public sealed interface Change {
  /** The kinds that a summary counts. */
  enum Action {
    ADD,
    CHANGE,
    REMOVE,
    MOVE;

    /** {@code add}, {@code change}, {@code remove}, {@code move}. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  Action action();

  /** Where in a policy it comes from; nothing for what no policy has. */
  Optional<Position> source();

  /**
   * The fate of a counter whose rule is rebuilt. A shadow chain beside the rule makes it exact,
   * also where the backend can't write it and the journal has to keep all of it; a match that
   * remembers packets, or that can't be written, has none.
   */
  private static Fate carried(Counters counters, RuleBody body, boolean carries) {
    boolean exact = !body.isStateful() && RestoreLine.obstacle(body.matchWords()).isEmpty();
    return exact || carries ? new Fate.Carried(counters, exact) : new Fate.Ended(counters);
  }

  /** A chain that gets another name; its rules and the jumps to it stay, with their counters. */
  record ChainRenamed(ChainName from, ChainName to, Position position) implements Change {
    @Override
    public Action action() {
      return Action.MOVE;
    }

    @Override
    public Optional<Position> source() {
      return Optional.of(position);
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.chainRenamed(this);
    }
  }

  /** A change of something that counts. */
  sealed interface CounterChange extends Change {
    /** What becomes of the counter. */
    Fate fate();
  }

  /** A change inside a chain of acct's. */
  sealed interface RuleChange extends CounterChange {
    /** The rule's label. */
    String label();
  }

  /** A rule that is written at a place of its chain. */
  sealed interface Written extends RuleChange {
    Desired.Counting rule();

    Slot slot();

    @Override
    default String label() {
      return rule().label();
    }

    @Override
    default Optional<Position> source() {
      return Optional.of(rule().position());
    }
  }

  /** A live rule that goes on, or ends, in a rule that is written for it. */
  sealed interface Rewritten extends Taken, Written {
    /** What acct called it before, where that was another name; nothing where it had none. */
    Optional<String> formerName();
  }

  /** A live rule that goes from its place. */
  sealed interface Taken extends RuleChange {
    /** Its place in the live chain, from 1. */
    int livePosition();
  }

  /**
   * Where a rule is written.
   *
   * @param position in the finished chain, from 1
   * @param append whether no rule that stays stands behind it
   */
  record Slot(int position, boolean append) {
    @Override
    public String toString() {
      return "Slot[position=" + position + ", append=" + append + "]";
    }
  }

  /** A rule that was not there. */
  record RuleAdded(Desired.Counting rule, Slot slot) implements Written {
    @Override
    public Action action() {
      return Action.ADD;
    }

    @Override
    public Fate fate() {
      return new Fate.New();
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.ruleAdded(this);
    }
  }

  /** A rule that the policy doesn't have. */
  record RuleRemoved(
      String label, boolean named, int livePosition, RuleBody body, Counters counters)
      implements Taken {
    @Override
    public Action action() {
      return Action.REMOVE;
    }

    @Override
    public Fate fate() {
      return new Fate.Ended(counters);
    }

    @Override
    public Optional<Position> source() {
      return Optional.empty();
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.ruleRemoved(this);
    }
  }

  /**
   * A rule of the same name that means something else now.
   *
   * @param carries whether the backend can write the counter anew, where the policy asks for it
   */
  record RuleChanged(
      int livePosition,
      Optional<String> formerName,
      RuleBody before,
      Counters counters,
      boolean carries,
      Desired.Counting rule,
      Slot slot)
      implements Rewritten {
    @Override
    public Action action() {
      return Action.CHANGE;
    }

    @Override
    public Fate fate() {
      return rule.onChange() == Policy.OnChange.CARRY
          ? carried(counters, before, carries)
          : new Fate.Ended(counters);
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.ruleChanged(this);
    }
  }

  /**
   * A rule that has to stand on the other side of a RETURN.
   *
   * @param carries whether the backend can write the counter anew
   */
  record RuleMoved(
      int livePosition,
      Optional<String> formerName,
      Counters counters,
      boolean carries,
      Desired.Counting rule,
      Slot slot)
      implements Rewritten {
    @Override
    public Action action() {
      return Action.MOVE;
    }

    @Override
    public Fate fate() {
      return carried(counters, rule.body(), carries);
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.ruleMoved(this);
    }
  }

  /**
   * A rule that means what it should and is called otherwise, or has no name yet: written anew
   * where it stands, with its counter.
   *
   * @param carries whether the backend can write the counter anew
   */
  record RuleRenamed(
      int livePosition,
      Optional<String> formerName,
      Rule before,
      Counters counters,
      boolean carries,
      Desired.Counting rule,
      Slot slot)
      implements Rewritten {
    @Override
    public Action action() {
      return Action.CHANGE;
    }

    @Override
    public Fate fate() {
      return carried(counters, rule.body(), carries);
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.ruleRenamed(this);
    }
  }

  /** A change of a jump in a chain that is not acct's. */
  sealed interface JumpChange extends CounterChange {
    /** The chain it stands in, which is not acct's. */
    ChainName from();

    /** The chain it leads to. */
    ChainName to();

    /** What it matches, and the jump. */
    RuleBody body();
  }

  /** A jump that was not there. */
  record JumpAdded(Desired.Jump jump) implements JumpChange {
    @Override
    public Action action() {
      return Action.ADD;
    }

    @Override
    public ChainName from() {
      return jump.from();
    }

    @Override
    public ChainName to() {
      return jump.to();
    }

    @Override
    public RuleBody body() {
      return jump.body();
    }

    @Override
    public Fate fate() {
      return new Fate.New();
    }

    @Override
    public Optional<Position> source() {
      return Optional.of(jump.position());
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.jumpAdded(this);
    }
  }

  /**
   * A jump of acct's that no policy has.
   *
   * @param words of the live rule, to delete it by
   */
  record JumpRemoved(
      ChainName from,
      ChainName to,
      int livePosition,
      RuleBody body,
      List<String> words,
      Counters counters)
      implements JumpChange {
    @Override
    public Action action() {
      return Action.REMOVE;
    }

    @Override
    public Fate fate() {
      return new Fate.Ended(counters);
    }

    @Override
    public Optional<Position> source() {
      return Optional.empty();
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.jumpRemoved(this);
    }
  }

  /** Why a jump is written anew. */
  enum Reason {
    /** It was there without acct's mark. */
    TAKEN_OVER,
    /** A rule of others stands on the wrong side of it. */
    OUT_OF_PLACE,
    /**
     * This iptables can't delete another jump without deleting it too (acct.netfilter.KnownBug).
     */
    GOES_WITH_ANOTHER
  }

  /**
   * A jump that is there, but without the mark or out of place: deleted and written in one step, so
   * that no packet misses the chain.
   *
   * @param carries whether the backend can write the counter anew
   */
  record JumpReplaced(
      Desired.Jump jump,
      Reason reason,
      int livePosition,
      List<String> words,
      Counters counters,
      boolean carries)
      implements JumpChange {
    @Override
    public Action action() {
      return reason == Reason.TAKEN_OVER ? Action.CHANGE : Action.MOVE;
    }

    @Override
    public ChainName from() {
      return jump.from();
    }

    @Override
    public ChainName to() {
      return jump.to();
    }

    @Override
    public RuleBody body() {
      return jump.body();
    }

    @Override
    public Fate fate() {
      return carried(counters, jump.body(), carries);
    }

    @Override
    public Optional<Position> source() {
      return Optional.of(jump.position());
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.jumpReplaced(this);
    }
  }

  /** Dispatches by kind. */
  <T> T match(Cases<T> cases);

  /**
   * What to do for each kind. A new kind does not compile until every one handles it.
   *
   * @param <T> what comes out
   */
  interface Cases<T> {
    T chainRenamed(ChainRenamed change);

    T ruleAdded(RuleAdded change);

    T ruleRemoved(RuleRemoved change);

    T ruleChanged(RuleChanged change);

    T ruleMoved(RuleMoved change);

    T ruleRenamed(RuleRenamed change);

    T jumpAdded(JumpAdded change);

    T jumpRemoved(JumpRemoved change);

    T jumpReplaced(JumpReplaced change);
  }
}
