package acct.compile;

import acct.netfilter.BadValueException;
import acct.netfilter.Effect;
import acct.netfilter.Match;
import acct.netfilter.Option;
import java.util.Optional;

/**
 * Refuses a match that writes: what other rules read, or the packet itself. The table of matches
 * says of each which they are; here is what depends on a value.
 */
final class MatchEffects {
  /** A state that acct's rule has for itself has a name that says so. */
  static final String OWN_NAME = "acct-";

  /** Older versions of hashlimit take no longer name. */
  static final int LONGEST_HASHLIMIT_NAME = 15;

  private MatchEffects() {}

  static void check(Match.Known match) throws BadValueException {
    if (match.extension().effect() == Effect.SHARED_STATE) {
      throw new BadValueException(
          "-m " + match.name() + " changes the packet, and a policy only counts");
    }
    for (Match.Setting setting : match.settings()) {
      Option.Writes writes = setting.option().writes();
      boolean writing =
          writes == Option.Writes.ALWAYS
              || writes == Option.Writes.UNLESS_NEGATED && !setting.negated();
      if (writing) {
        throw new BadValueException(
            setting.option().name()
                + " of "
                + match.name()
                + " writes what other rules or programs see, and a policy only counts");
      }
    }
    switch (match.name()) {
      case "hashlimit" -> checkHashlimit(match);
      case "recent" -> checkRecent(match);
      default -> {}
    }
  }

  /** Rules that give one name share one table: another's limit would be used up by acct's rule. */
  private static void checkHashlimit(Match.Known match) throws BadValueException {
    String name = value(match, "--hashlimit-name").orElse("");
    if (!name.startsWith(OWN_NAME) || name.length() > LONGEST_HASHLIMIT_NAME) {
      throw new BadValueException(
          "rules share the state of a --hashlimit-name, so a policy's begins with "
              + OWN_NAME
              + " and has up to "
              + LONGEST_HASHLIMIT_NAME
              + " characters");
    }
  }

  /**
   * A rule that is to remember more hits than its list does so far empties the list when it is
   * loaded (EffectsIT).
   */
  private static void checkRecent(Match.Known match) throws BadValueException {
    Optional<String> hits = value(match, "--hitcount");
    if (hits.isPresent() && !hits.get().equals("1")) {
      throw new BadValueException(
          "--hitcount of recent may empty the list when the rule is loaded; leave it out, or"
              + " write 1");
    }
  }

  private static Optional<String> value(Match.Known match, String option) {
    for (Match.Setting setting : match.settings()) {
      if (setting.option().name().equals(option)) {
        return Optional.of(setting.value().words().get(0));
      }
    }
    return Optional.empty();
  }
}
