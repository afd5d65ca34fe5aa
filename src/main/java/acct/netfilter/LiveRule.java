package acct.netfilter;

import java.util.List;

/**
 * A rule of a dump, as the kernel holds it.
 *
 * @param counters what it has counted; {@link Counters#UNKNOWN} in a dump without {@code -c}
 * @param words what stands behind {@code -A CHAIN}
 * @param line where in the dump it begins, from 1
 */
public record LiveRule(Counters counters, List<String> words, int line) {}
