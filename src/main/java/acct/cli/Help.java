package acct.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The help texts, made from the table of commands. */
final class Help {
  private static final int WIDTH = 78;

  private Help() {}

  static String overview(List<Command> commands) {
    StringBuilder out = new StringBuilder();
    out.append("acct keeps iptables accounting as code.\n\nusage: acct COMMAND …\n\n");
    for (Command command : commands) {
      out.append(String.format("  %-10s %s%n", command.name(), command.summary()));
    }
    out.append("\nacct help COMMAND tells more.\n\n");
    StringBuilder statuses = new StringBuilder("Exit status:");
    String before = " ";
    for (Map.Entry<Integer, String> one : ExitStatus.MEANINGS.entrySet()) {
      statuses.append(before).append(one.getKey()).append(' ').append(one.getValue());
      before = "; ";
    }
    wrap(statuses.append('.').toString(), WIDTH).forEach(line -> out.append(line).append('\n'));
    return out.toString();
  }

  static String usage(Command command) {
    String options = command.flags().isEmpty() ? "" : " [OPTION…]";
    String operands = command.operands().isEmpty() ? "" : " " + command.operands();
    return "acct " + command.name() + options + operands;
  }

  static String of(Command command) {
    StringBuilder out = new StringBuilder();
    out.append("usage: ").append(usage(command)).append("\n\n");
    out.append(command.summary()).append('\n');
    if (!command.details().isEmpty()) {
      out.append('\n').append(command.details());
    }
    if (!command.flags().isEmpty()) {
      out.append('\n');
    }
    for (Flag flag : command.flags()) {
      String head = "  " + flag.usage();
      List<String> lines = wrap(flag.help(), WIDTH - 6);
      out.append(head).append('\n');
      lines.forEach(line -> out.append("      ").append(line).append('\n'));
    }
    return out.toString();
  }

  private static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (line.length() > 0 && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
