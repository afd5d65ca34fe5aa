package acct.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A policy that changes in every way a rule can come, go and change, around rules that stay.
 *
 * <p>Rules that stay, for four of the test's addresses: two in the chain among the changing ones,
 * one in a chain that is jumped to, one in a chain before a RETURN that comes and goes.
 */
final class RandomPolicy {
  /** A rule that may change its match and keep its name. */
  private record Extra(String name, String match) {}

  private final Setup setup;
  private final String prefix;
  private final Random random;
  private final List<Extra> extras = new ArrayList<>();
  private String place = "top";
  private boolean jumpsToMore;
  private boolean hasReturn;
  private boolean attachedTwice;
  private int made;

  /** One whose chains have names of that prefix. */
  RandomPolicy(Setup setup, String prefix, Random random) {
    this.setup = setup;
    this.prefix = prefix;
    this.random = random;
    for (int i = 0; i < 4; i++) {
      extras.add(extra());
    }
  }

  /** With the jumps anywhere, and not above all others. */
  RandomPolicy anywhere() {
    place = "anywhere";
    return this;
  }

  String chain(String name) {
    return prefix + name;
  }

  /** Every match is another one: equal ones in a chain are an error of the policy. */
  private Extra extra() {
    return new Extra("x" + ++made, match());
  }

  private String match() {
    return "protocol: "
        + (random.nextBoolean() ? "udp" : "tcp")
        + ", "
        + (random.nextBoolean() ? "sourcePort" : "destinationPort")
        + ": '"
        + (10_000 + ++made)
        + ":65535'";
  }

  /** One to three changes at once; the last makes sure that there is something to do. */
  void change() {
    for (int more = random.nextInt(3); more > 0; more--) {
      changeOnce();
    }
    extras.add(random.nextInt(extras.size() + 1), extra());
  }

  private void changeOnce() {
    switch (random.nextInt(6)) {
      case 0 -> {
        while (extras.size() > 3) {
          extras.remove(random.nextInt(extras.size()));
        }
      }
      case 1 -> Collections.shuffle(extras, random);
      case 2 -> {
        int changed = random.nextInt(extras.size());
        extras.set(changed, new Extra(extras.get(changed).name(), match()));
      }
      case 3 -> jumpsToMore = !jumpsToMore;
      case 4 -> hasReturn = !hasReturn;
      default -> attachedTwice = !attachedTwice;
    }
  }

  private String stays(int address) {
    return "{name: stays"
        + address
        + ", protocol: udp, destination: '"
        + setup.address(address)
        + "'}";
  }

  /** The rules of the chain that hangs in INPUT, those that stay somewhere among the others. */
  private List<String> mainRules() {
    List<String> rules = new ArrayList<>();
    for (Extra extra : extras) {
      rules.add("{name: " + extra.name() + ", " + extra.match() + "}");
    }
    List<String> more = new ArrayList<>(List.of(stays(1), stays(2)));
    more.add("{name: to-inner, protocol: udp, jump: " + chain("INNER") + "}");
    if (jumpsToMore) {
      more.add("{name: to-more, protocol: tcp, jump: " + chain("MORE") + "}");
    }
    for (String rule : more) {
      rules.add(random.nextInt(rules.size() + 1), rule);
    }
    return rules;
  }

  private String chain(String name, List<String> hooks, List<String> rules) {
    List<String> attach =
        hooks.stream().map(hook -> "{chain: " + hook + ", position: " + place + "}").toList();
    return "- name: "
        + chain(name)
        + (attach.isEmpty() ? "" : "\n  attach: " + attach)
        + "\n  rules:\n  - "
        + String.join("\n  - ", rules)
        + "\n";
  }

  String spec() {
    List<String> side = new ArrayList<>(List.of(stays(4)));
    if (hasReturn) {
      side.add("{name: back, protocol: udp, jump: RETURN}");
    }
    side.add("{name: behind, protocol: udp, destinationPort: 9}");
    String spec =
        "families: "
            + setup.families()
            + "\nchains:\n"
            + chain("MAIN", List.of("INPUT"), mainRules())
            + chain("INNER", List.of(), List.of(stays(3)))
            + chain("SIDE", attachedTwice ? List.of("INPUT", "FORWARD") : List.of("INPUT"), side);
    return jumpsToMore ? spec + chain("MORE", List.of(), List.of("{name: more}")) : spec;
  }
}
