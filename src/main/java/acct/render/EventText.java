package acct.render;

import acct.netfilter.Words;
import acct.reconcile.ReconcileEvent;
import acct.state.JournalEntry;
import java.util.ArrayList;
import java.util.List;

/** What happens while a plan is carried out, in sentences. */
public final class EventText {
  private EventText() {}

  /** The messages of an event; none where there is nothing to say. */
  public static List<String> of(ReconcileEvent event) {
    if (event instanceof ReconcileEvent.Notice notice) {
      return List.of(notice.message());
    }
    if (event instanceof ReconcileEvent.Carried carried) {
      return carried.inJournal() ? kept(carried.offsets()) : told(carried.offsets());
    }
    throw new IllegalStateException("not an event: " + event);
  }

  private static List<String> kept(List<JournalEntry.Offset> offsets) {
    if (offsets.isEmpty()) {
      return List.of();
    }
    long packets = 0;
    for (JournalEntry.Offset offset : offsets) {
      packets += offset.counters().packets();
    }
    return List.of(
        (offsets.size() == 1 ? "1 counter was" : offsets.size() + " counters were")
            + " carried exactly: "
            + Amounts.packets(packets)
            + " packets passed between the last read and the switch, and are in the journal");
  }

  private static List<String> told(List<JournalEntry.Offset> offsets) {
    List<String> messages = new ArrayList<>();
    for (JournalEntry.Offset offset : offsets) {
      messages.add(
          "there is no journal to keep it: the total of "
              + Words.display(offset.address())
              + " is its counter and "
              + Amounts.of(offset.counters()));
    }
    return messages;
  }
}
