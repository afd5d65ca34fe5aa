package acct.state;

/** An entry of the journal. */
public sealed interface Logged permits JournalEntry, JournalNote {
  /** Dispatches by kind. */
  <T> T match(Cases<T> cases);

  /**
   * What to do for each kind. A new kind does not compile until every one handles it.
   *
   * @param <T> what comes out
   */
  interface Cases<T> {
    T entry(JournalEntry entry);

    T note(JournalNote note);
  }
}
