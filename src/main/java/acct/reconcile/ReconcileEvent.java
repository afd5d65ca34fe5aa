package acct.reconcile;

import acct.counter.Offset;
import java.util.List;

/** What happens while a plan is carried out, beside its outcome: for whoever runs it to tell. */
public sealed interface ReconcileEvent {
  /** Something that needs no more than a sentence. */
  record Notice(String message) implements ReconcileEvent {
    @Override
    public <T> T match(Cases<T> cases) {
      return cases.notice(this);
    }
  }

  /**
   * Packets passed between the last reading of carried counters and the switch; they are counted.
   *
   * @param offsets what each kernel counter lacks of its total
   * @param inJournal whether the journal keeps them
   */
  record Carried(List<Offset> offsets, boolean inJournal) implements ReconcileEvent {
    public Carried {
      offsets = List.copyOf(offsets);
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.carried(this);
    }
  }

  /** Is told what happens. */
  @FunctionalInterface
  interface Listener {
    void on(ReconcileEvent event);
  }

  /** Dispatches by kind. */
  <T> T match(Cases<T> cases);

  /**
   * What to do for each kind. A new kind does not compile until every one handles it.
   *
   * @param <T> what comes out
   */
  interface Cases<T> {
    T notice(Notice event);

    T carried(Carried event);
  }
}
