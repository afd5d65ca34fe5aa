package acct.render;

import acct.diagnostic.Diagnostic;
import acct.plan.Plan;
import acct.text.MarkdownText;
import java.util.ArrayList;
import java.util.List;

/** A plan for a merge request's comment: the summary, what was found, and the plan as a diff. */
public final class MarkdownView {
  private static final int INDENT = 4;
  private static final int SIGN_AND_BLANK = 2;

  private MarkdownView() {}

  /** The plan as Markdown. */
  public static String of(Plan plan) {
    List<String> lines = new ArrayList<>(PlanView.of(plan, false).lines().toList());
    String summary = lines.remove(lines.size() - 1);
    StringBuilder out = new StringBuilder("**acct:** ");
    out.append(plan.isRefused() ? "the plan is refused; nothing would be done." : summary);
    out.append('\n');
    for (Diagnostic diagnostic : plan.diagnostics()) {
      out.append("\n- ").append(diagnostic.severity().label()).append(' ');
      out.append(MarkdownText.code(diagnostic.position() + ": " + diagnostic.message()));
      out.append(" [").append(diagnostic.code().label()).append(']');
    }
    out.append(plan.diagnostics().isEmpty() ? "" : "\n");
    while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    if (!plan.isRefused() && !lines.isEmpty()) {
      List<String> diff = lines.stream().map(MarkdownView::marked).toList();
      out.append('\n').append(MarkdownText.block("diff", diff));
    }
    return out.toString();
  }

  /** The sign in the first column, where a diff has it; what is neither + nor - is marked too. */
  private static String marked(String line) {
    boolean row =
        line.length() > INDENT + 1
            && line.startsWith(" ".repeat(INDENT))
            && "+-~>!=".indexOf(line.charAt(INDENT)) >= 0
            && line.charAt(INDENT + 1) == ' ';
    if (!row) {
      return line.isEmpty() ? line : " " + line;
    }
    char sign = line.charAt(INDENT);
    String first = sign == '+' || sign == '-' ? String.valueOf(sign) : sign == '=' ? " " : "!";
    boolean said = first.equals(String.valueOf(sign));
    return first + " ".repeat(INDENT) + line.substring(said ? INDENT + SIGN_AND_BLANK : INDENT);
  }
}
