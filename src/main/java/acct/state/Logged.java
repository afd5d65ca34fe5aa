package acct.state;

/** An entry of the journal. */
public sealed interface Logged permits JournalEntry, JournalNote {}
