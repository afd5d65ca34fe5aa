package acct.plan;

import acct.compile.Desired;
import acct.counter.LiveView;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.netfilter.Backend;
import acct.netfilter.Family;
import acct.netfilter.KnownBug;
import acct.netfilter.Match;
import acct.netfilter.RuleBody;
import acct.netfilter.Words;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Jumps that an iptables with {@link KnownBug#DELETES_WITHOUT_INTERFACE} can't tell apart when it
 * deletes one: those of one built-in chain that differ in nothing but {@code -i} and {@code -o}.
 *
 * <p>Each {@code -D} takes the first of them, whichever it names. So as many as are deleted must be
 * the first ones. acct's own jumps that stand before one that goes are deleted with it and written
 * anew in the same transaction; where a jump of others stands there, the plan is refused. (By
 * position they could be told apart, but others write to built-in chains between acct's read and
 * its write, and then the position is another rule's.)
 */
final class Lookalikes {
  private final Optional<Backend> backend;
  private final boolean exist;
  private final Diagnostics diagnostics;

  Lookalikes(Optional<Backend> backend, Family family, Diagnostics diagnostics) {
    this.backend = backend;
    this.exist =
        backend.isPresent() && KnownBug.DELETES_WITHOUT_INTERFACE.isIn(backend.get(), family);
    this.diagnostics = diagnostics;
  }

  /**
   * The wanted jumps that stand where they should, and have to go with a lookalike.
   *
   * @param live all jumps of acct's, or to chains of acct's, in one built-in chain
   * @param going those that are deleted
   * @param met wanted jumps that are there
   */
  Set<Desired.Jump> goingToo(
      List<LiveView.Reference> live,
      Set<LiveView.Reference> going,
      IdentityHashMap<Desired.Jump, LiveView.Reference> met,
      LiveView view) {
    Set<Desired.Jump> too = Collections.newSetFromMap(new IdentityHashMap<>());
    if (!exist) {
      return too;
    }
    IdentityHashMap<LiveView.Reference, Desired.Jump> wanted = new IdentityHashMap<>();
    met.forEach((jump, reference) -> wanted.put(reference, jump));
    for (List<LiveView.Reference> alike : alike(live)) {
      int last = alike.size() - 1;
      while (last >= 0 && !going.contains(alike.get(last))) {
        last--;
      }
      for (int i = 0; i < last; i++) {
        LiveView.Reference other = alike.get(i);
        if (wanted.containsKey(other) && !going.contains(other)) {
          too.add(wanted.get(other));
        } else if (!going.contains(other)) {
          refuse(other, alike.get(last), view);
        }
      }
    }
    return too;
  }

  private static Iterable<List<LiveView.Reference>> alike(List<LiveView.Reference> live) {
    List<LiveView.Reference> inOrder = new ArrayList<>(live);
    Collections.sort(inOrder);
    Map<String, List<LiveView.Reference>> alike = new LinkedHashMap<>();
    for (LiveView.Reference jump : inOrder) {
      alike.computeIfAbsent(withoutInterfaces(jump), key -> new ArrayList<>()).add(jump);
    }
    return alike.values();
  }

  private static String withoutInterfaces(LiveView.Reference jump) {
    RuleBody body = jump.rule().rule().body();
    List<String> words = new ArrayList<>();
    for (Match.Setting setting : body.core()) {
      if (!List.of("-i", "-o").contains(setting.option().name())) {
        words.add(setting.option().name());
        words.addAll(setting.value().words());
      }
    }
    for (Match match : body.matches()) {
      words.add(match.name());
      words.addAll(match.words());
    }
    words.addAll(body.target().words());
    words.addAll(jump.rule().rule().comments());
    return Words.join(words);
  }

  private void refuse(LiveView.Reference other, LiveView.Reference going, LiveView view) {
    diagnostics.error(
        Code.KNOWN_BUG,
        view.position(other.rule()),
        "iptables "
            + backend.orElseThrow()
            + " can't delete "
            + shown(going)
            + " and leave "
            + shown(other)
            + ", which is not the policy's: "
            + KnownBug.DELETES_WITHOUT_INTERFACE.wrong()
            + "; delete it by its number, or use another version of iptables");
  }

  private static String shown(LiveView.Reference jump) {
    return jump.from()
        + " rule "
        + jump.rule().position()
        + " (\""
        + Words.display(Words.join(jump.rule().live().words()))
        + "\")";
  }
}
