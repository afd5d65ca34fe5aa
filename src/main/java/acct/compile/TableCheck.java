package acct.compile;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.netfilter.ChainName;
import acct.netfilter.Hook;
import acct.netfilter.InterfaceName;
import acct.netfilter.Match;
import acct.netfilter.RuleBody;
import acct.netfilter.Target;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What only the whole table shows: a match that a hook's packets don't have, over all chains that
 * hook reaches; jumps too deep; rules that never count, count twice, or make packets walk far.
 */
final class TableCheck {
  /**
   * Jumps one behind another that the kernel takes on nft: its stack has 16 places, one of them for
   * the built-in chain (TroubleIT). Legacy has no such limit.
   */
  private static final int MAX_DEPTH = 15;

  /** Rules from which the walk is worth a warning. */
  private static final int FAR = 200;

  /** What a rule costs each packet, measured: nanoseconds on nft, and on legacy. */
  private static final double NFT_NANOS = 11;

  private static final double LEGACY_NANOS = 3.6;

  private static final Set<Hook> COMING_IN = EnumSet.of(Hook.PREROUTING, Hook.INPUT, Hook.FORWARD);
  private static final Set<Hook> GOING_OUT =
      EnumSet.of(Hook.FORWARD, Hook.OUTPUT, Hook.POSTROUTING);
  private static final Set<Hook> LOCAL_OUT = EnumSet.of(Hook.OUTPUT, Hook.POSTROUTING);
  private static final Set<Hook> BRIDGED_OUT = EnumSet.of(Hook.FORWARD, Hook.POSTROUTING);

  /**
   * What some hooks' packets don't have.
   *
   * @param begins how the constraint begins in canonical words
   * @param name as the policy says it
   * @param hooks where packets have it
   * @param refused whether the kernel refuses the rule elsewhere, and not only never matches it
   */
  private record Needs(String begins, String name, Set<Hook> hooks, boolean refused) {}

  private static final List<Needs> NEEDS =
      List.of(
          new Needs("-i ", "inInterface", COMING_IN, false),
          new Needs("-o ", "outInterface", GOING_OUT, false),
          new Needs("mac --mac-source ", "macSource", COMING_IN, true),
          new Needs("mac ! --mac-source ", "macSource", COMING_IN, true),
          new Needs("owner ", "uidOwner and gidOwner", LOCAL_OUT, true),
          new Needs("physdev --physdev-out ", "physdevOut", BRIDGED_OUT, false),
          new Needs("devgroup --src-group ", "srcGroup", COMING_IN, false),
          new Needs("devgroup --dst-group ", "dstGroup", GOING_OUT, false));

  private final Desired.Table table;
  private final Walk walk;
  private final Diagnostics diagnostics;

  private TableCheck(Desired.Table table, Diagnostics diagnostics) {
    this.table = table;
    this.walk = new Walk(table);
    this.diagnostics = diagnostics;
  }

  static void check(Desired.Table table, Diagnostics diagnostics) {
    new TableCheck(table, diagnostics).check();
  }

  private void check() {
    for (Desired.Chain chain : table.chains()) {
      Set<Hook> hooks = walk.hooks(chain.name());
      Narrowing returns = new Narrowing();
      Map<Target, Narrowing> jumps = new HashMap<>();
      Map<String, Narrowing> parts = parts(chain);
      for (Desired.Counting rule : chain.rules()) {
        if (!hooks.isEmpty() && mayNeed(rule.body())) {
          checkHooks(chain, rule, hooks);
        }
        checkAfterReturn(rule, returns);
        checkTwice(rule, jumps);
        checkSummed(rule, parts);
      }
    }
    checkDepth();
    checkAttachedToOwn();
    checkAttachedTwice();
    checkFar();
  }

  private void checkHooks(Desired.Chain chain, Desired.Counting rule, Set<Hook> hooks) {
    for (String constraint : rule.body().constraints()) {
      for (Needs needs : NEEDS) {
        if (!constraint.startsWith(needs.begins())) {
          continue;
        }
        Set<Hook> lacking = EnumSet.copyOf(hooks);
        lacking.removeAll(needs.hooks());
        boolean never = lacking.equals(hooks) && !walk.isReachedFromOthers(chain.name());
        String from =
            String.join(", ", lacking.stream().map(Hook::name).toList())
                + " leads to "
                + chain.name();
        if (!lacking.isEmpty() && (never || needs.refused())) {
          diagnostics.error(
              Code.HOOK,
              rule.position(),
              needs.name()
                  + " is not known there: "
                  + from
                  + (needs.refused()
                      ? ", and the kernel refuses it"
                      : ", and the rule would never count"));
        } else if (!lacking.isEmpty()) {
          diagnostics.warning(
              Code.HOOK,
              rule.position(),
              needs.name() + " is not known for all packets: " + from + ", where it never counts");
        }
      }
    }
  }

  /** Most rules need nothing of a hook: addresses, protocols and ports every packet has. */
  private static boolean mayNeed(RuleBody body) {
    for (Match.Setting setting : body.core()) {
      if (setting.value() instanceof InterfaceName) {
        return true;
      }
    }
    return !body.matches().isEmpty();
  }

  /** A RETURN takes all packets of a rule behind it that matches no more than it does. */
  private void checkAfterReturn(Desired.Counting rule, Narrowing returns) {
    if (!returns.isEmpty()) {
      returns
          .asWideAs(rule.body().constraints())
          .ifPresent(
              before ->
                  diagnostics.warning(
                      Code.NEVER_COUNTS,
                      rule.position(),
                      "the rule can never count: the RETURN at "
                          + before.position()
                          + " takes all its packets"));
    }
    if (rule.divides() && !rule.body().isStateful()) {
      returns.add(rule);
    }
  }

  /** Two jumps to one chain, where what takes the narrower takes the wider too. */
  private void checkTwice(Desired.Counting rule, Map<Target, Narrowing> jumps) {
    if (rule.comments().size() < 2) {
      return;
    }
    Narrowing toTheSame = jumps.computeIfAbsent(rule.body().target(), target -> new Narrowing());
    List<String> constraints = rule.body().constraints();
    toTheSame
        .asWideAs(constraints)
        .or(() -> toTheSame.asNarrowAs(constraints))
        .ifPresent(other -> twice(rule, other.position().toString(), rule.body()));
    toTheSame.add(rule);
  }

  /** For each name that several rules of a chain have. */
  private static Map<String, Narrowing> parts(Desired.Chain chain) {
    Map<String, Narrowing> parts = new HashMap<>();
    for (Desired.Counting rule : chain.rules()) {
      if (rule.part() > 1) {
        parts.computeIfAbsent(rule.name(), name -> new Narrowing());
      }
    }
    return parts;
  }

  /** Two rules of one row, where what counts in the narrower counts in the wider too. */
  private void checkSummed(Desired.Counting rule, Map<String, Narrowing> parts) {
    Narrowing others = parts.get(rule.name());
    if (others == null || rule.divides()) {
      return;
    }
    List<String> constraints = rule.body().constraints();
    others
        .asWideAs(constraints)
        .or(() -> others.asNarrowAs(constraints))
        .ifPresent(
            other ->
                diagnostics.warning(
                    Code.COUNTED_TWICE,
                    rule.position(),
                    "packets are counted twice in \""
                        + rule.name()
                        + "\": by this rule and the one at "
                        + other.position()));
    others.add(rule);
  }

  private void twice(Desired.Counting rule, String other, RuleBody body) {
    diagnostics.warning(
        Code.COUNTED_TWICE,
        rule.position(),
        "packets go through "
            + body.target().words().get(1)
            + " twice, and are counted twice there: by this jump and the one at "
            + other);
  }

  private static boolean surelyOverlap(RuleBody one, RuleBody other) {
    List<String> a = one.constraints();
    List<String> b = other.constraints();
    return a.containsAll(b) || b.containsAll(a);
  }

  private void checkAttachedToOwn() {
    for (Desired.Jump jump : table.jumps()) {
      if (table.chain(jump.from()).isPresent()) {
        diagnostics.error(
            Code.BAD_VALUE,
            jump.position(),
            jump.from()
                + " is a chain of a policy: write a rule with jump: "
                + jump.to()
                + " into it, in place of attach");
      }
    }
  }

  private void checkAttachedTwice() {
    List<Desired.Jump> seen = new ArrayList<>();
    for (Desired.Jump jump : table.jumps()) {
      for (Desired.Jump other : seen) {
        boolean same = other.from().equals(jump.from()) && other.to().equals(jump.to());
        if (same && surelyOverlap(jump.body(), other.body())) {
          diagnostics.warning(
              Code.COUNTED_TWICE,
              jump.position(),
              "packets of "
                  + jump.from()
                  + " go through "
                  + jump.to()
                  + " twice, and are counted twice there: it hangs at "
                  + other.position()
                  + " too");
        }
      }
      seen.add(jump);
    }
  }

  private void checkDepth() {
    for (Desired.Jump jump : table.jumps()) {
      int depth = 1 + walk.depthBelow(jump.to());
      if (depth > MAX_DEPTH) {
        diagnostics.error(
            Code.LIMIT,
            jump.position(),
            "the jumps behind " + jump.to() + " are " + depth + " deep; nft takes " + MAX_DEPTH);
      }
    }
  }

  private void checkFar() {
    Set<ChainName> starts = new LinkedHashSet<>();
    table.jumps().forEach(jump -> starts.add(jump.from()));
    for (ChainName start : starts) {
      long far = 0;
      Desired.Jump longest = null;
      for (Desired.Jump jump : table.jumps()) {
        if (jump.from().equals(start)) {
          long rules = walk.rulesWalked(jump.to());
          far += rules;
          longest = longest == null || rules > walk.rulesWalked(longest.to()) ? jump : longest;
        }
      }
      if (longest != null && far > FAR) {
        diagnostics.warning(
            Code.FAR,
            longest.position(),
            String.format(
                Locale.ROOT,
                "a packet in %s walks up to %,d rules of the policies, some %.1f µs on nft and %.1f µs on"
                    + " legacy; rules in chains of their own, reached by a narrower jump, cost less",
                start,
                far,
                far * NFT_NANOS / 1000,
                far * LEGACY_NANOS / 1000));
      }
    }
  }
}
