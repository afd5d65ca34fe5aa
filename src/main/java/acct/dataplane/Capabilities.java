package acct.dataplane;

/**
 * What one family's way of writing rules can do. Whoever asks need not know which it is.
 *
 * @param name of the command that writes, with its version, for messages
 * @param writesCounters whether a rule can be written with a counter
 * @param zeroesExactly whether setting a counter to zero leaves nothing in it that was counted
 *     before; else packets that pass while the command works would be in both totals
 * @param tellsChanges whether the kernel tells of changes of its rules; else they have to be read
 */
public record Capabilities(
    String name, boolean writesCounters, boolean zeroesExactly, boolean tellsChanges) {}
