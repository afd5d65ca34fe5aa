package acct.plan;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Position;
import acct.netfilter.InterfaceName;
import acct.netfilter.Match;
import acct.netfilter.RuleBody;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Interfaces that the rules of a plan name and a machine does not have. They may come later, as
 * {@code ppp0} does, so it is a note; and it stands only beside rules that are written, so that an
 * apply with nothing to do is silent.
 */
public final class InterfaceCheck {
  private final Set<String> existing;
  private final Map<String, Diagnostic> notes = new LinkedHashMap<>();

  private InterfaceCheck(Set<String> existing) {
    this.existing = existing;
  }

  /**
   * A note for each such interface, at the first rule that names it.
   *
   * @param existing the names of the machine's interfaces
   */
  public static List<Diagnostic> of(Plan plan, Set<String> existing) {
    InterfaceCheck check = new InterfaceCheck(existing);
    for (Plan.Located located : plan.changes()) {
      if (located.change() instanceof Change.Written written) {
        check.look(written.rule().body(), written.rule().position());
      } else if (located.change() instanceof Change.JumpAdded added) {
        check.look(added.jump().body(), added.jump().position());
      }
    }
    return List.copyOf(check.notes.values());
  }

  private void look(RuleBody body, Position position) {
    body.core().forEach(setting -> look(setting, position));
    for (Match match : body.matches()) {
      if (match instanceof Match.Known known) {
        known.settings().forEach(setting -> look(setting, position));
      }
    }
  }

  private void look(Match.Setting setting, Position position) {
    if (setting.value() instanceof InterfaceName name
        && !name.value().endsWith("+")
        && !existing.contains(name.value())) {
      notes.computeIfAbsent(
          name.value(),
          none ->
              Diagnostic.note(
                  Code.NO_INTERFACE,
                  position,
                  "this machine has no interface \""
                      + name.value()
                      + "\" now; its packets are counted when it comes"));
    }
  }
}
