package acct.host;

import acct.netfilter.Words;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the line of a restore script that iptables complained of, and shows it among its like. */
final class FailedLine {
  private static final Pattern NUMBER = Pattern.compile("line:? ?(\\d+)");
  private static final int AROUND = 2;

  private FailedLine() {}

  /** The line with its neighbours, from a new line on; nothing when none was named. */
  static String of(String script, String errors) {
    Matcher matcher = NUMBER.matcher(errors);
    if (!matcher.find() || matcher.group(1).length() > 8) {
      return "";
    }
    List<String> lines = script.lines().toList();
    int failed = Integer.parseInt(matcher.group(1));
    if (failed < 1 || failed > lines.size()) {
      return "";
    }
    StringBuilder out = new StringBuilder("\nin what acct asked for:");
    int from = Math.max(1, failed - AROUND);
    int to = Math.min(lines.size(), failed + AROUND);
    for (int i = from; i <= to; i++) {
      out.append(i == failed ? "\n  > " : "\n    ").append(i).append(": ");
      out.append(Words.display(lines.get(i - 1)));
    }
    return out.toString();
  }
}
