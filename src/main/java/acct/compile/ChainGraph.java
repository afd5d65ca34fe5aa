package acct.compile;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.policy.Policy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who jumps to whom in a policy: reports circles, and chains that no packet can reach. */
final class ChainGraph {
  private final Policy policy;
  private final Diagnostics diagnostics;
  private final Map<String, Policy.Chain> chains = new HashMap<>();
  private final Set<String> finished = new LinkedHashSet<>();

  private ChainGraph(Policy policy, Diagnostics diagnostics) {
    this.policy = policy;
    this.diagnostics = diagnostics;
    for (Policy.Chain chain : policy.chains()) {
      chains.putIfAbsent(chain.name(), chain);
    }
  }

  static void check(Policy policy, Diagnostics diagnostics) {
    ChainGraph graph = new ChainGraph(policy, diagnostics);
    for (Policy.Chain chain : policy.chains()) {
      graph.findLoops(chain.name());
    }
    graph.findUnreachable();
  }

  /** A step of the walk: a chain, and how many of its rules have been looked at. */
  private static final class Step {
    private final String chain;
    private int rule;

    Step(String chain) {
      this.chain = chain;
    }
  }

  /** Depth first, with a stack of its own: a policy may chain thousands of chains. */
  private void findLoops(String start) {
    Deque<Step> path = new ArrayDeque<>();
    Set<String> onPath = new LinkedHashSet<>();
    if (!finished.contains(start)) {
      path.push(new Step(start));
      onPath.add(start);
    }
    while (!path.isEmpty()) {
      Step step = path.peek();
      List<Policy.RuleSpec> rules = chains.get(step.chain).rules();
      if (step.rule == rules.size()) {
        path.pop();
        onPath.remove(step.chain);
        finished.add(step.chain);
        continue;
      }
      follow(rules.get(step.rule++), path, onPath);
    }
  }

  private void follow(Policy.RuleSpec rule, Deque<Step> path, Set<String> onPath) {
    if (rule.jump().isEmpty()) {
      return;
    }
    Policy.JumpSpec jump = rule.jump().get();
    if (!chains.containsKey(jump.target()) || finished.contains(jump.target())) {
      return;
    }
    if (onPath.add(jump.target())) {
      path.push(new Step(jump.target()));
    } else {
      reportLoop(jump, onPath);
    }
  }

  private void reportLoop(Policy.JumpSpec jump, Set<String> onPath) {
    List<String> circle = new ArrayList<>(onPath);
    circle = circle.subList(circle.indexOf(jump.target()), circle.size());
    diagnostics.error(
        Code.LOOP,
        jump.position(),
        "the chains jump in a circle: " + String.join(" → ", circle) + " → " + jump.target());
  }

  private void findUnreachable() {
    Set<String> reached = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>();
    for (Policy.Chain chain : policy.chains()) {
      if (!chain.attachments().isEmpty() && reached.add(chain.name())) {
        open.add(chain.name());
      }
    }
    while (!open.isEmpty()) {
      for (Policy.RuleSpec rule : chains.get(open.poll()).rules()) {
        reach(rule, reached, open);
      }
    }
    for (Policy.Chain chain : policy.chains()) {
      if (!reached.contains(chain.name())) {
        diagnostics.warning(
            Code.UNREACHABLE,
            chain.position(),
            "no jump leads to "
                + chain.name()
                + ": it has no attach, and no attached chain jumps to it, so it will count nothing");
      }
    }
  }

  private void reach(Policy.RuleSpec rule, Set<String> reached, Deque<String> open) {
    if (rule.jump().isPresent()) {
      String to = rule.jump().get().target();
      if (chains.containsKey(to) && reached.add(to)) {
        open.add(to);
      }
    }
  }
}
