package acct.render;

import acct.counter.Offset;
import acct.netfilter.Words;
import acct.reconcile.ReconcileEvent;
import java.util.ArrayList;
import java.util.List;

/** What happens while a plan is carried out, in sentences. */
public final class EventText {
  private EventText() {}

  /** The messages of an event; none where there is nothing to say. */
  public static List<String> of(ReconcileEvent event) {
    return event.match(TEXT);
  }

  private static final ReconcileEvent.Cases<List<String>> TEXT =
      new ReconcileEvent.Cases<>() {
        @Override
        public List<String> notice(ReconcileEvent.Notice event) {
          return List.of(event.message());
        }

        @Override
        public List<String> carried(ReconcileEvent.Carried event) {
          return event.inJournal() ? kept(event.offsets()) : told(event.offsets());
        }
      };

  private static List<String> kept(List<Offset> offsets) {
    if (offsets.isEmpty()) {
      return List.of();
    }
    long packets = 0;
    for (Offset offset : offsets) {
      packets += offset.lacks().packets();
    }
    return List.of(
        (offsets.size() == 1 ? "1 counter was" : offsets.size() + " counters were")
            + " carried exactly: "
            + Amounts.packets(packets)
            + " packets passed between the last read and the switch, and are in the journal");
  }

  private static List<String> told(List<Offset> offsets) {
    List<String> messages = new ArrayList<>();
    for (Offset offset : offsets) {
      messages.add(
          "there is no journal to keep it: the total of "
              + Words.display(offset.counter().toString())
              + " is its counter and "
              + Amounts.of(offset.lacks()));
    }
    return messages;
  }
}
