package acct;

import acct.compile.Compiler;
import acct.compile.Desired;
import acct.compile.Overrides;
import acct.compile.OwnerNames;
import acct.counter.KnownNames;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Diagnostics;
import acct.netfilter.BadDumpException;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Ruleset;
import acct.netfilter.SaveParser;
import acct.plan.Differ;
import acct.plan.Intent;
import acct.plan.Plan;
import acct.policy.Policy;
import acct.policy.PolicyReader;
import acct.policy.Yaml;
import acct.policy.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** From texts to plans, for tests. */
public final class Plans {
  private Plans() {}

  /** A policy named "t" with these lines under spec. */
  public static String policy(String spec) {
    return "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: t}\nspec:\n"
        + spec.indent(2);
  }

  /** What the policies ask for; fails on an error in them. */
  public static Desired desired(String... texts) {
    Diagnostics diagnostics = new Diagnostics();
    Desired desired = compile(diagnostics, texts);
    if (diagnostics.hasErrors()) {
      throw new AssertionError(diagnostics.sorted().toString());
    }
    return desired;
  }

  /** What is found in the policies. */
  public static List<Diagnostic> findings(String... texts) {
    Diagnostics diagnostics = new Diagnostics();
    compile(diagnostics, texts);
    return diagnostics.sorted();
  }

  private static Desired compile(Diagnostics diagnostics, String... texts) {
    List<Policy> policies = new ArrayList<>();
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      for (Yaml document : YamlReader.read("p.yaml", bytes, diagnostics)) {
        PolicyReader.read(document, diagnostics).ifPresent(policies::add);
      }
    }
    return Compiler.compile(policies, Overrides.NONE, OwnerNames.REFUSED, diagnostics);
  }

  /** A ruleset from a dump. */
  public static Ruleset ruleset(String dump) {
    try {
      return SaveParser.parse(dump);
    } catch (BadDumpException e) {
      throw new AssertionError(e.line() + ": " + e.getMessage(), e);
    }
  }

  /** An IPv4 ruleset of the filter table: chains and rules as lines. */
  public static Ruleset filter(String... lines) {
    StringBuilder dump = new StringBuilder("*filter\n");
    for (String hook : List.of("INPUT", "FORWARD", "OUTPUT")) {
      dump.append(":").append(hook).append(" ACCEPT [0:0]\n");
    }
    for (String line : lines) {
      dump.append(line).append('\n');
    }
    return ruleset(dump.append("COMMIT\n").toString());
  }

  /** The plan against an IPv4 ruleset. */
  public static Plan plan(Desired desired, Ruleset live) {
    return plan(desired, live, Intent.PLAIN);
  }

  /** The plan against an IPv4 ruleset, with what else is asked for. */
  public static Plan plan(Desired desired, Ruleset live, Intent intent) {
    return Differ.diff(
        desired,
        List.of(new LiveRuleset(Family.IPV4, live, "live", live.backend())),
        intent,
        KnownNames.NONE);
  }
}
