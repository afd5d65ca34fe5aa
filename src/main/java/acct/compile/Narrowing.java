package acct.compile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rules, findable by whether they match all that another matches. Each is filed under what narrows
 * it, so that a chain of many rules is not compared pair by pair.
 */
final class Narrowing {
  private record Filed(Desired.Counting rule, List<String> constraints) {}

  private final Map<String, List<Filed>> byEach = new HashMap<>();

  /** Each under one only: of those that narrow it, the one that fewest others stood under. */
  private final Map<String, List<Filed>> byRarest = new HashMap<>();

  private Optional<Desired.Counting> unnarrowed = Optional.empty();
  private Optional<Desired.Counting> any = Optional.empty();

  boolean isEmpty() {
    return any.isEmpty();
  }

  void add(Desired.Counting rule) {
    Filed filed = new Filed(rule, rule.body().constraints());
    any = Optional.of(any.orElse(rule));
    if (filed.constraints.isEmpty()) {
      unnarrowed = Optional.of(unnarrowed.orElse(rule));
      return;
    }
    String rarest = filed.constraints.get(0);
    for (String constraint : filed.constraints) {
      List<Filed> same = byEach.computeIfAbsent(constraint, key -> new ArrayList<>(1));
      same.add(filed);
      rarest = same.size() < byEach.get(rarest).size() ? constraint : rarest;
    }
    byRarest.computeIfAbsent(rarest, key -> new ArrayList<>(1)).add(filed);
  }

  /** One that matches every packet a rule with these constraints does. */
  Optional<Desired.Counting> asWideAs(List<String> constraints) {
    if (unnarrowed.isPresent()) {
      return unnarrowed;
    }
    for (String constraint : constraints) {
      for (Filed filed : byRarest.getOrDefault(constraint, List.of())) {
        if (constraints.containsAll(filed.constraints)) {
          return Optional.of(filed.rule);
        }
      }
    }
    return Optional.empty();
  }

  /** One whose every packet a rule with these constraints matches too. */
  Optional<Desired.Counting> asNarrowAs(List<String> constraints) {
    if (constraints.isEmpty()) {
      return any;
    }
    List<Filed> fewest = byEach.getOrDefault(constraints.get(0), List.of());
    for (String constraint : constraints) {
      List<Filed> same = byEach.getOrDefault(constraint, List.of());
      fewest = same.size() < fewest.size() ? same : fewest;
    }
    for (Filed filed : fewest) {
      if (filed.constraints.containsAll(constraints)) {
        return Optional.of(filed.rule);
      }
    }
    return Optional.empty();
  }
}
