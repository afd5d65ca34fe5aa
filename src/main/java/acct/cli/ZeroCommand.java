package acct.cli;

import acct.counter.Amount;
import acct.counter.CounterId;
import acct.dataplane.Dataplane;
import acct.host.HostException;
import acct.netfilter.Words;
import acct.reconcile.Keeping;
import acct.reconcile.Zeroing;
import acct.render.Amounts;
import acct.render.TimeText;
import acct.text.Utf8Bytes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** {@code acct zero}: begins counts anew. */
final class ZeroCommand implements Command {
  @Override
  public String name() {
    return "zero";
  }

  @Override
  public String summary() {
    return "Set counters to zero; what they had goes to the journal.";
  }

  @Override
  public String operands() {
    return "CHAIN[/RULE]…";
  }

  @Override
  public List<Flag> flags() {
    return List.of(ShowCommand.UTC, Planning.IPTABLES, State.DIRECTORY, State.LOCK_TIMEOUT);
  }

  @Override
  public String details() {
    return """
        A chain's name stands for all its rules in both families, and for what came in
        by the jumps to it. Each packet is in the old total or in the new: none is lost
        between the reading and the zero. A jump stands among rules of others, so its
        kernel counter stays, and its count begins anew in acct's ledger.
        """;
  }

  /** Of rules and of what entered chains apart: each packet is in one of each. */
  private static String summary(List<Zeroing.Zeroed> zeroed) {
    Amount rules = Amount.ZERO;
    Amount entered = Amount.ZERO;
    for (Zeroing.Zeroed one : zeroed) {
      Amount had = one.before().total();
      boolean jump = one.address() instanceof CounterId.Jump;
      rules = jump ? rules : rules.plus(had);
      entered = jump ? entered.plus(had) : entered;
    }
    return (zeroed.size() == 1 ? "1 counter begins" : zeroed.size() + " counters begin")
        + " anew at zero: rules had "
        + Amounts.of(rules)
        + (entered.isZero() ? "" : ", " + Amounts.of(entered) + " entered the chains");
  }

  @Override
  public boolean changesRules() {
    return true;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    Set<String> names = new LinkedHashSet<>();
    arguments.operands().forEach(name -> names.add(Utf8Bytes.encode(name)));
    if (names.isEmpty()) {
      throw new UsageException("name what to set to zero: CHAIN, or CHAIN/RULE");
    }
    try (State state = State.open(name(), arguments, console)) {
      Dataplane dataplane = Planning.dataplane(arguments, console, state);
      Keeping keeping = state.keeping(name(), List.of(), dataplane, console);
      if (keeping.totals().isEmpty()) {
        throw new CommandFailure(
            ExitStatus.ERROR,
            "the state directory can't be used, and the old totals have to be written there: nothing was zeroed");
      }
      Zeroing zeroing = new Zeroing(dataplane, keeping, console::notice);
      List<Zeroing.Zeroed> zeroed = zeroing.run(names);
      TimeText times = ShowCommand.times(arguments);
      for (Zeroing.Zeroed one : zeroed) {
        console
            .out()
            .println(
                Words.display(one.before().shown(one.address()).toString())
                    + " had "
                    + Amounts.of(one.before().total())
                    + (one.before().begunThen() ? " since " : " since before ")
                    + times.minutes(one.before().since())
                    + (one.exact() ? "" : " (a few packets at the end may be in neither count)"));
      }
      console.notice(summary(zeroed) + "; the totals are in the journal (acct log --details)");
      return ExitStatus.OK;
    } catch (HostException e) {
      throw Planning.failure(e);
    }
  }
}
