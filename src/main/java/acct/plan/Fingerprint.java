package acct.plan;

import acct.compile.Desired;
import acct.diagnostic.Position;
import acct.netfilter.ChainName;
import acct.netfilter.LiveRuleset;
import acct.netfilter.Rule;
import acct.netfilter.TableName;
import acct.netfilter.Words;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What names a plan, and the state it was made from. No counter enters, so traffic changes neither.
 *
 * @param base of the policies and the intent, the backend and its version, and acct's own part of
 *     the live state
 * @param planId of the base and of what the plan does
 */
public record Fingerprint(String base, String planId) {
  private static final int HEX_DIGITS = 32;

  /** The fingerprint of a plan. */
  public static Fingerprint of(Plan plan) {
    MessageDigest digest = sha256();
    add(digest, plan.policies().toString());
    add(digest, plan.intent().toString());
    add(digest, plan.backends().toString());
    for (TablePlan table : plan.tables()) {
      add(digest, table.family() + "/" + table.table());
      table.wantedJumps().forEach(jump -> add(digest, "want " + jump));
      table.liveJumps().forEach(jump -> add(digest, "live " + jump));
      for (ChainPlan chain : table.chains()) {
        add(digest, chain.name().value() + " " + chain.owner() + " " + chain.kind());
        chain.wanted().forEach(rule -> add(digest, "want " + words(rule.rule())));
        chain.live().forEach(rule -> add(digest, "live " + words(rule)));
        chain.unmanaged().forEach(rule -> add(digest, "kept " + rule.livePosition()));
      }
    }
    String base = hex(digest);
    MessageDigest ofPlan = sha256();
    add(ofPlan, base);
    for (Plan.Located located : plan.changes()) {
      add(ofPlan, located.change().action() + " " + located.address());
      add(ofPlan, place(located.change()));
    }
    return new Fingerprint(base, hex(ofPlan));
  }

  /**
   * Names the rules that policies own in live rulesets, without their counters: what has to be the
   * same for an undo to fit.
   */
  public static String ofOwned(Set<String> owners, List<LiveRuleset> live) {
    MessageDigest digest = sha256();
    for (TablePlan table : owned(owners, live, Set.of()).tables()) {
      add(digest, table);
    }
    return hex(digest);
  }

  /**
   * Names the rules that policies own in one table, by which it is told whether a transaction
   * stands.
   *
   * @param renames the new names of chains, by their old ones, that are taken to be given already
   */
  public static String ofOwned(
      Set<String> owners, LiveRuleset live, TableName name, Map<ChainName, ChainName> renames) {
    Set<Desired.Table> wanted = new HashSet<>();
    if (!renames.isEmpty()) {
      List<Desired.Rename> due = new ArrayList<>();
      renames.forEach(
          (from, to) -> due.add(new Desired.Rename(from, to, Position.file(live.name()))));
      wanted.add(new Desired.Table(live.family(), name, List.of(), List.of(), due));
    }
    MessageDigest digest = sha256();
    for (TablePlan table : owned(owners, List.of(live), wanted).tables()) {
      if (table.table().equals(name)) {
        add(digest, table);
      }
    }
    return hex(digest);
  }

  private static Plan owned(Set<String> owners, List<LiveRuleset> live, Set<Desired.Table> wanted) {
    return Differ.diff(
        new Desired(owners, Set.of(), Set.of(), Map.of(), List.copyOf(wanted)), live);
  }

  private static void add(MessageDigest digest, TablePlan table) {
    add(digest, table.family() + "/" + table.table());
    table.liveJumps().forEach(jump -> add(digest, jump));
    for (ChainPlan chain : table.chains()) {
      add(digest, chain.name().value() + " " + chain.owner());
      chain.live().forEach(rule -> add(digest, words(rule)));
    }
  }

  private static String place(Change change) {
    String from =
        change instanceof Change.Taken taken ? Integer.toString(taken.livePosition()) : "";
    String to = change instanceof Change.Written written ? written.slot().toString() : "";
    return from + ">" + to;
  }

  private static String words(Rule rule) {
    return Words.join(rule.words());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest()).substring(0, HEX_DIGITS);
  }
}
