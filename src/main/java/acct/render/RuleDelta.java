package acct.render;

import acct.netfilter.RuleBody;
import acct.netfilter.Words;
import java.util.List;

/** How one rule differs from another: {@code --dport 80 → 8080}. */
final class RuleDelta {
  private RuleDelta() {}

  /**
   * The words in which they differ, with the option before them; both rules in full if too many.
   */
  static String of(RuleBody before, RuleBody after) {
    List<String> old = before.words(List.of());
    List<String> now = after.words(List.of());
    int head = 0;
    while (head < old.size() && head < now.size() && old.get(head).equals(now.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < old.size() - head
        && tail < now.size() - head
        && old.get(old.size() - 1 - tail).equals(now.get(now.size() - 1 - tail))) {
      tail++;
    }
    boolean oneValue = old.size() - head - tail == 1 && now.size() - head - tail == 1;
    if (oneValue && head > 0 && old.get(head - 1).startsWith("-")) {
      return Words.display(old.get(head - 1) + " " + old.get(head))
          + " → "
          + Words.display(now.get(head));
    }
    return shown(before) + " → " + shown(after);
  }

  private static String shown(RuleBody body) {
    return body.text().isEmpty() ? "every packet" : Words.display(body.text());
  }
}
