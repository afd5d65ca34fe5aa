package acct.model;

import acct.netfilter.ChainName;
import acct.netfilter.LiveRule;
import acct.netfilter.Ruleset;
import acct.netfilter.TableName;
import java.util.List;

/** What becomes of a packet that has a source address and matches nothing else. */
public final class Walk {
  private Walk() {}

  /** ACCEPT or DROP, as the chain and those it calls decide; CONTINUE when none does. */
  public static String verdict(Ruleset ruleset, String chain, String source) {
    for (LiveRule rule :
        ruleset.table(TableName.FILTER).chain(new ChainName(chain)).orElseThrow().rules()) {
      List<String> words = rule.words();
      int jump = words.lastIndexOf("-j");
      if (jump < 0 || !matches(words, source)) {
        continue;
      }
      String target = words.get(jump + 1);
      if (target.equals("RETURN")) {
        return "CONTINUE";
      }
      boolean decides = target.equals("ACCEPT") || target.equals("DROP");
      String verdict = decides ? target : verdict(ruleset, target, source);
      if (!verdict.equals("CONTINUE")) {
        return verdict;
      }
    }
    return "CONTINUE";
  }

  private static boolean matches(List<String> words, String source) {
    int at = words.indexOf("-s");
    return !words.contains("-i")
        && !words.contains("-p")
        && (at < 0 || words.get(at + 1).equals(source));
  }
}
