package acct.reconcile;

import acct.state.JournalText.Outcome;

/** The id of what takes a failed apply back: that of the apply's entry in the journal, marked. */
final class TakeBack {
  private static final String MARK = "-back";

  private TakeBack() {}

  static String id(String entry) {
    return entry + MARK;
  }

  /** The entry of the journal that an id belongs to. */
  static String entry(String id) {
    return id.endsWith(MARK) ? id.substring(0, id.length() - MARK.length()) : id;
  }

  /** How the entry has ended when what has the id ended so. */
  static Outcome outcome(String id, Outcome outcome) {
    if (!id.endsWith(MARK)) {
      return outcome;
    }
    return outcome == Outcome.APPLIED ? Outcome.UNDONE : Outcome.FAILED;
  }
}
