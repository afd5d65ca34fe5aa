package acct.reconcile;

import acct.counter.Offset;
import java.util.List;

/** What happens while a plan is carried out, beside its outcome: for whoever runs it to tell. */
public sealed interface ReconcileEvent {
  /** Something that needs no more than a sentence. */
  record Notice(String message) implements ReconcileEvent {}

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
  }

  /** Is told what happens. */
  @FunctionalInterface
  interface Listener {
    void on(ReconcileEvent event);
  }
}
