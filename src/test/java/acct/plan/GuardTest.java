package acct.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Plans;
import acct.compile.Desired;
import acct.dataplane.iptables.Script;
import acct.netfilter.Family;
import acct.netfilter.Ruleset;
import acct.netfilter.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What acct writes has settings that keep a match from changing what other rules see. A live rule
 * without them, as earlier versions wrote it, is the same rule: it keeps its counter.
 */
class GuardTest {
  private static final String SET = "matchSet: clients src";
  private static final String RECENT = "options: '-m recent --rcheck --seconds 60 --name x'";

  private static Desired desired(String keys) {
    return Plans.desired(
        Plans.policy("chains: [{name: A, attach: [INPUT], rules: [{name: r, " + keys + "}]}]"));
  }

  private static Ruleset live(String match) {
    return Plans.filter(
        ":A - [0:0]",
        "[1:1] -A INPUT -m comment --comment acct:t -j A",
        "[5:500] -A A " + match + " -m comment --comment r");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "matchSet: clients src|-m set --match-set clients src ! --update-counters",
        "not: {matchSet: clients src}|-m set ! --match-set clients src ! --update-counters",
        "options: '-m set --match-set clients src'|-m set --match-set clients src ! --update-counters",
        "options: '-m set --match-set c src --packets-gt 5'|-m set --match-set c src !"
            + " --update-counters --packets-gt 5",
        "options: '-m recent --rcheck --name x'|-m recent --rcheck --hitcount 1 --name x",
        "options: '-m recent --rcheck --hitcount 1 --name x'|-m recent --rcheck --hitcount 1 --name x",
        "matchSet: clients src, options: '-m set --match-set d dst'|-m set --match-set clients src !"
            + " --update-counters -m set --match-set d dst ! --update-counters",
      })
  void whatIsWrittenChangesNothingThatOthersSee(String keys, String match) {
    Desired.Counting rule = desired(keys).tables().get(0).chains().get(0).rules().get(0);
    assertEquals(match, Words.join(rule.body().matchWords()));
    String script = Script.of(Plans.plan(desired(keys), Plans.filter()), Family.IPV4);
    assertTrue(script.contains(match), script);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        SET + "|-m set --match-set clients src ! --update-counters",
        RECENT
            + "|-m recent --rcheck --seconds 60 --hitcount 1 --name x --mask 255.255.255.255"
            + " --rsource",
      })
  void whatWasWrittenIsInSync(String keys, String match) {
    assertFalse(Plans.plan(desired(keys), live(match)).isChanged());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        SET + "|-m set ! --match-set clients src",
        SET + "|-m set --match-set clients src ! --update-subcounters",
        SET + "|-m set --match-set clients dst ! --update-counters",
        RECENT + "|-m recent --rcheck --seconds 60 --hitcount 2 --name x --rsource",
      })
  void anotherMeaningIsAnotherRule(String keys, String match) {
    assertTrue(Plans.plan(desired(keys), live(match)).isChanged());
  }

  /** The way from a rule of an earlier version to one that leaves others' counters alone. */
  @Test
  void aRuleOfAnEarlierVersionIsWrittenAnewWithItsCounter() {
    Ruleset plain = live("-m set --match-set clients src");
    Plan plan = Plans.plan(desired(SET), plain);
    String script = Script.of(plan, Family.IPV4);
    assertTrue(script.contains("[5:500]"), script);
    assertTrue(script.contains("! --update-counters"), script);
    Ruleset guarded = live("-m set --match-set clients src ! --update-counters");
    assertFalse(Plans.plan(desired(SET), guarded).isChanged());
    // What somebody wrote with less effect than the policy asks for stays.
    assertFalse(Plans.plan(desired("source: 10.0.0.1"), live("-s 10.0.0.1/32")).isChanged());
  }
}
