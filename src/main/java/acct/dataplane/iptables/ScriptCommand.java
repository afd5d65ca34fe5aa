package acct.dataplane.iptables;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.RestoreLine;
import java.util.ArrayList;
import java.util.List;

/** One command of a transaction of iptables-restore: all that acct ever writes. */
public sealed interface ScriptCommand {
  /** The chain that it is about. */
  ChainName chain();

  /**
   * Makes a chain. Not as {@code :CHAIN}, which would empty a chain that another program has made
   * meanwhile: {@code -N} of a chain that is there fails, and with it the transaction.
   */
  record NewChain(ChainName chain) implements ScriptCommand {
    @Override
    public String line() {
      return plain("-N", chain);
    }
  }

  /** Gives a chain another name; jumps to it follow. */
  record RenameChain(ChainName chain, ChainName to) implements ScriptCommand {
    @Override
    public String line() {
      return plain("-E", chain, to.value());
    }
  }

  /** Writes a rule at the end of a chain, with a counter that begins there. */
  record Append(Counters start, ChainName chain, List<String> words) implements ScriptCommand {
    public Append {
      words = List.copyOf(words);
    }

    @Override
    public String line() {
      return RestoreLine.of(start, "-A", List.of(chain.value()), words);
    }
  }

  /** Writes a rule at a position, from 1. */
  record Insert(Counters start, ChainName chain, int position, List<String> words)
      implements ScriptCommand {
    public Insert {
      words = List.copyOf(words);
    }

    @Override
    public String line() {
      return RestoreLine.of(start, "-I", List.of(chain.value(), Integer.toString(position)), words);
    }
  }

  /** Deletes the rule at a position: only in chains of acct's own. */
  record DeleteAt(ChainName chain, int position) implements ScriptCommand {
    @Override
    public String line() {
      return plain("-D", chain, Integer.toString(position));
    }
  }

  /** Deletes the first rule that has these words. */
  record DeleteRule(ChainName chain, List<String> words) implements ScriptCommand {
    public DeleteRule {
      words = List.copyOf(words);
    }

    @Override
    public String line() {
      return RestoreLine.of(Counters.ZERO, "-D", List.of(chain.value()), words);
    }
  }

  /** Sets the counter of the rule at a position to zero. */
  record ZeroAt(ChainName chain, int position) implements ScriptCommand {
    @Override
    public String line() {
      return plain("-Z", chain, Integer.toString(position));
    }
  }

  /** Deletes all rules of a chain. */
  record Flush(ChainName chain) implements ScriptCommand {
    @Override
    public String line() {
      return plain("-F", chain);
    }
  }

  /** Removes an empty chain. */
  record RemoveChain(ChainName chain) implements ScriptCommand {
    @Override
    public String line() {
      return plain("-X", chain);
    }
  }

  /**
   * The command as a line of iptables-restore's input, without a newline.
   *
   * @throws RestoreLine.UnwritableException where its words can't stand on one line
   */
  String line();

  private static String plain(String command, ChainName chain, String... more) {
    List<String> arguments = new ArrayList<>(List.of(chain.value()));
    arguments.addAll(List.of(more));
    return RestoreLine.of(Counters.ZERO, command, arguments, List.of());
  }
}
