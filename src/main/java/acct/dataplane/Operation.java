package acct.dataplane;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import java.util.List;

/**
 * One operation of a {@link Transaction}: all that acct ever writes. It is data; a dataplane alone
 * knows how it is written.
 */
public sealed interface Operation {
  /** The chain that it is about. */
  ChainName chain();

  /** Makes a chain. It fails where the chain is there, and with it the transaction. */
  record NewChain(ChainName chain) implements Operation {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.newChain(this);
    }
  }

  /** Gives a chain another name; jumps to it follow. */
  record RenameChain(ChainName chain, ChainName to) implements Operation {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.renameChain(this);
    }
  }

  /** Writes a rule at the end of a chain, with a counter that begins there. */
  record Append(Counters start, ChainName chain, List<String> words) implements Operation {
    public Append {
      words = List.copyOf(words);
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.append(this);
    }
  }

  /** Writes a rule at a position, from 1. */
  record Insert(Counters start, ChainName chain, int position, List<String> words)
      implements Operation {
    public Insert {
      words = List.copyOf(words);
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.insert(this);
    }
  }

  /** Deletes the rule at a position: only in chains of acct's own. */
  record DeleteAt(ChainName chain, int position) implements Operation {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.deleteAt(this);
    }
  }

  /** Deletes the first rule that has these words. */
  record DeleteRule(ChainName chain, List<String> words) implements Operation {
    public DeleteRule {
      words = List.copyOf(words);
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.deleteRule(this);
    }
  }

  /** Sets the counter of the rule at a position to zero. */
  record ZeroAt(ChainName chain, int position) implements Operation {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.zeroAt(this);
    }
  }

  /** Deletes all rules of a chain. */
  record Flush(ChainName chain) implements Operation {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.flush(this);
    }
  }

  /** Removes an empty chain. */
  record RemoveChain(ChainName chain) implements Operation {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.removeChain(this);
    }
  }

  /** Dispatches by the kind of operation. */
  <T> T match(Cases<T> cases);

  /**
   * What to do for each kind of operation. A new kind does not compile until every one handles it.
   *
   * @param <T> what comes out
   */
  interface Cases<T> {
    T newChain(NewChain operation);

    T renameChain(RenameChain operation);

    T append(Append operation);

    T insert(Insert operation);

    T deleteAt(DeleteAt operation);

    T deleteRule(DeleteRule operation);

    T zeroAt(ZeroAt operation);

    T flush(Flush operation);

    T removeChain(RemoveChain operation);
  }
}
