package acct.dataplane.iptables;

import acct.netfilter.Words;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the line of a restore script that iptables complained of, and shows it among its like. */
final class FailedLine {
  private static final Pattern NUMBER = Pattern.compile("line:? ?(\\d+)");
  private static final int AROUND = 2;

  private FailedLine() {}

  /** The number of the line that was named, from 1. */
  static OptionalInt number(String script, String errors) {
    Matcher matcher = NUMBER.matcher(errors);
    if (!matcher.find() || matcher.group(1).length() > 8) {
      return OptionalInt.empty();
    }
    int number = Integer.parseInt(matcher.group(1));
    return number < 1 || number > script.lines().count()
        ? OptionalInt.empty()
        : OptionalInt.of(number);
  }

  /** The line with its neighbours, from a new line on; nothing when none was named. */
  static String of(String script, String errors) {
    OptionalInt number = number(script, errors);
    if (number.isEmpty()) {
      return "";
    }
    List<String> lines = script.lines().toList();
    int failed = number.getAsInt();
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
