package acct.dataplane;

import acct.netfilter.Family;
import java.util.Set;
import java.util.function.Consumer;

/**
 * For whom something is carried out.
 *
 * @param id of the journal's entry, or one of its own where there is no journal
 * @param command {@code apply}, {@code undo} or {@code zero}
 * @param owners the policies whose rules are written
 * @param families that are read afterwards, beside those that are written
 * @param recorder keeps how far it has come
 * @param notices is told what the user should know and nothing fails for
 */
public record Run(
    String id,
    String command,
    Set<String> owners,
    Set<Family> families,
    Recorder recorder,
    Consumer<String> notices) {
  public Run {
    owners = Set.copyOf(owners);
    families = Set.copyOf(families);
  }
}
