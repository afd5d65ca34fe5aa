package acct.render;

import acct.compile.Desired;
import acct.compile.OwnerMark;
import acct.netfilter.ChainName;
import acct.netfilter.RuleBody;
import acct.netfilter.Words;
import acct.plan.ChainPlan;
import acct.plan.Change;
import acct.plan.Drift;
import acct.plan.Fate;
import acct.plan.Plan;
import acct.plan.RenameHint;
import acct.plan.TablePlan;
import acct.plan.Unmanaged;
import acct.policy.Policy;
import acct.text.PrintableText;
import acct.text.YamlText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plan as a person reads it: what happens, where, and what becomes of the counters. */
public final class PlanView {
  private static final int PAGE_WIDTH = 80;
  private static final int ROW_INDENT = 4;
  private static final int LABEL_WIDTH = 24;
  private static final int MATCH_WIDTH = 48;

  private final boolean colour;
  private final StringBuilder out = new StringBuilder();

  private PlanView(boolean colour) {
    this.colour = colour;
  }

  /** One line of a block: what is done, to what, and the counter's fate. */
  private record Row(String sign, String label, String match, String fate) {}

  /**
   * The plan as text.
   *
   * @param colour whether to mark additions, changes and removals with ANSI colours
   */
  public static String of(Plan plan, boolean colour) {
    PlanView view = new PlanView(colour);
    for (TablePlan table : plan.tables()) {
      if (table.isNotable()) {
        view.table(table);
      }
    }
    view.summary(plan);
    return view.out.toString();
  }

  private void table(TablePlan table) {
    bold(table.family().label() + " " + Words.display(table.table().value()), "");
    Map<ChainName, ChainName> formerNames = new HashMap<>();
    table.renames().forEach(rename -> formerNames.put(rename.to(), rename.from()));
    Map<String, List<Row>> jumps = new LinkedHashMap<>();
    for (Change.JumpChange jump : table.jumps()) {
      jumps
          .computeIfAbsent(Words.display(jump.from().value()), from -> new ArrayList<>())
          .add(row(jump));
    }
    jumps.forEach(
        (from, rows) -> {
          line("  " + from);
          rows(rows);
        });
    for (ChainPlan chain : table.chains()) {
      ChainName former = formerNames.get(chain.name());
      if (chain.isNotable() || former != null) {
        String renamed =
            former == null ? "" : "renamed from " + Words.display(former.value()) + ", ";
        String name = Words.display(chain.name().value());
        String about = renamed + about(chain);
        String wide = "  " + Columns.left(name, LABEL_WIDTH + 12) + " " + about;
        line(wide.length() <= PAGE_WIDTH ? wide : "  " + name + "  " + about);
        for (Drift drift : chain.drift()) {
          rows(List.of(new Row("!", drift.match(TOLD), "", "")));
        }
        List<Row> rows = new ArrayList<>();
        chain.changes().forEach(rule -> rows.add(row(rule)));
        for (Unmanaged rule : chain.unmanaged()) {
          rows.add(row(rule));
        }
        rows(rows);
      }
    }
    line("");
  }

  private static String about(ChainPlan chain) {
    String keep = chain.kept() == 1 ? " keeps its counter" : " keep their counters";
    return switch (chain.kind()) {
      case CREATED -> "new chain, " + count(chain.rules(), "rule");
      case REMOVED -> "chain is removed";
      case ADOPTED -> "adopted, " + count(chain.rules(), "rule") + ", " + chain.kept() + keep;
      case STAYS -> count(chain.rules(), "rule") + ", " + chain.kept() + keep;
    };
  }

  private static final Drift.Cases<String> TOLD =
      new Drift.Cases<>() {
        @Override
        public String foreignJump(Drift.ForeignJump drift) {
          return "others jump here too ("
              + Words.display(drift.from().value())
              + " rule "
              + drift.position()
              + "): what comes by it is counted as well";
        }

        @Override
        public String jumpGone(Drift.JumpGone drift) {
          return "somebody deleted the jump to it: it is put back";
        }

        @Override
        public String emptied(Drift.Emptied drift) {
          return "somebody emptied it: "
              + (drift.rules() == 1
                  ? "1 rule is written anew, its counter has"
                  : drift.rules() + " rules are written anew, their counters have")
              + " begun at zero";
        }
      };

  /** The line of a change; of a chain's new name there is none, its chain's line says it. */
  private static Row row(Change.CounterChange change) {
    Row row = change.match(ROW);
    return new Row(row.sign(), row.label(), row.match(), fate(change));
  }

  private static final Change.Cases<Row> ROW =
      new Change.Cases<>() {
        @Override
        public Row chainRenamed(Change.ChainRenamed change) {
          return new Row("~", Words.display(change.to().value()), "", "");
        }

        @Override
        public Row jumpAdded(Change.JumpAdded change) {
          return jump(change, where(change.jump().place()));
        }

        @Override
        public Row jumpReplaced(Change.JumpReplaced change) {
          return jump(change, where(change));
        }

        @Override
        public Row jumpRemoved(Change.JumpRemoved change) {
          return jump(change, "");
        }

        private Row jump(Change.JumpChange change, String where) {
          String match = match(change.body());
          return new Row(
              sign(change),
              "jump to "
                  + Words.display(change.to().value())
                  + (match.isEmpty() ? "" : " for " + match)
                  + where,
              "",
              "");
        }

        @Override
        public Row ruleRemoved(Change.RuleRemoved change) {
          String label = change.named() ? Words.display(change.label()) : "not in policy";
          return new Row("-", label, shown(change.body()), "");
        }

        @Override
        public Row ruleChanged(Change.RuleChanged change) {
          String delta = RuleDelta.of(change.before(), change.rule().body());
          return new Row("~", Words.display(change.label()), delta + renamed(change), "");
        }

        @Override
        public Row ruleRenamed(Change.RuleRenamed change) {
          String match = shown(change.rule().body()) + whyWritten(change);
          return new Row("~", Words.display(change.label()), match, "");
        }

        @Override
        public Row ruleMoved(Change.RuleMoved change) {
          String match = shown(change.rule().body()) + renamed(change);
          return new Row(sign(change), Words.display(change.label()), match, "");
        }

        @Override
        public Row ruleAdded(Change.RuleAdded change) {
          String match = shown(change.rule().body());
          return new Row(sign(change), Words.display(change.label()), match, "");
        }
      };

  private static String where(Change.JumpReplaced replaced) {
    Policy.Place place = replaced.jump().place();
    String at = place == Policy.Place.ANYWHERE ? "" : where(place);
    return switch (replaced.reason()) {
      case TAKEN_OVER -> ", taken over" + at;
      case OUT_OF_PLACE -> at + " again";
      case GOES_WITH_ANOTHER -> at + " again, since this iptables deletes it with the other";
    };
  }

  private static String where(Policy.Place place) {
    return place == Policy.Place.BOTTOM ? " at the bottom" : " at the top";
  }

  private static String renamed(Change.Rewritten change) {
    return change
        .formerName()
        .map(name -> ", renamed from \"" + Words.display(name) + "\"")
        .orElse("");
  }

  /** Why a rule is written anew that means what it should. */
  private static String whyWritten(Change.RuleRenamed change) {
    List<String> before = change.before().comments();
    Desired.Counting rule = change.rule();
    if (change.formerName().isPresent()) {
      return renamed(change);
    }
    if (!before.contains(rule.kernelName())) {
      return OwnerMark.label(before)
          .map(
              comment ->
                  ", comment \""
                      + Words.display(comment)
                      + "\" becomes \""
                      + Words.display(rule.kernelName())
                      + "\"")
          .orElse(", gets its name");
    }
    return before.equals(rule.comments())
        ? ", without a change of what others' rules see"
        : ", gets acct's mark";
  }

  private static Row row(Unmanaged rule) {
    String kept = "kept (unmanagedRules: keep)";
    return new Row(
        "=",
        "not in policy",
        shown(rule.rule().body()),
        rule.decides() ? "decides about packets, " + kept : kept);
  }

  /** The match without the jump, whose target stands in the line already. */
  private static String match(RuleBody body) {
    return Words.display(Words.join(body.matchWords()));
  }

  private static String shown(RuleBody body) {
    return body.text().isEmpty() ? "every packet" : Words.display(body.text());
  }

  private static String sign(Change change) {
    return switch (change.action()) {
      case ADD -> "+";
      case CHANGE -> "~";
      case REMOVE -> "-";
      case MOVE -> ">";
    };
  }

  private static String fate(Change.CounterChange change) {
    return change.fate().match(FATE);
  }

  private static final Fate.Cases<String> FATE =
      new Fate.Cases<>() {
        @Override
        public String begins(Fate.New fate) {
          return "";
        }

        @Override
        public String carried(Fate.Carried fate) {
          String loss = fate.exact() ? " (journal)" : ", inexact";
          return "carries " + Amounts.of(fate.counters()) + loss;
        }

        @Override
        public String ended(Fate.Ended fate) {
          return "ends " + Amounts.of(fate.counters());
        }
      };

  private void rows(List<Row> rows) {
    int labelWidth = 0;
    int matchWidth = 0;
    for (Row row : rows) {
      labelWidth = Math.max(labelWidth, Math.min(LABEL_WIDTH, row.label().length()));
    }
    for (Row row : rows) {
      if (!row.fate().isEmpty() && fits(row, labelWidth, 0)) {
        matchWidth = Math.max(matchWidth, Math.min(MATCH_WIDTH, row.match().length()));
      }
    }
    for (Row row : rows) {
      if (fits(row, labelWidth, matchWidth)) {
        painted(row.sign(), oneLine(row, labelWidth, matchWidth));
      } else if (fits(row, labelWidth, 0)) {
        painted(row.sign(), oneLine(row, labelWidth, 0));
      } else {
        wrapped(row, labelWidth).forEach(line -> painted(row.sign(), line));
      }
    }
  }

  private static boolean fits(Row row, int labelWidth, int matchWidth) {
    return ROW_INDENT + oneLine(row, labelWidth, matchWidth).length() <= PAGE_WIDTH;
  }

  private static String oneLine(Row row, int labelWidth, int matchWidth) {
    StringBuilder text = new StringBuilder(row.sign()).append(' ');
    text.append(row.match().isEmpty() ? row.label() : Columns.left(row.label(), labelWidth));
    if (!row.match().isEmpty()) {
      text.append("  ")
          .append(row.fate().isEmpty() ? row.match() : Columns.left(row.match(), matchWidth));
    }
    if (!row.fate().isEmpty()) {
      text.append("  ").append(row.fate());
    }
    return text.toString();
  }

  /**
   * A row that is too wide for one line: broken at blanks, and its counter on a line of its own.
   */
  private static List<String> wrapped(Row row, int labelWidth) {
    String label = row.sign() + " " + Columns.left(row.label(), labelWidth) + "  ";
    boolean beside = label.length() <= PAGE_WIDTH / 2;
    String indent = " ".repeat(beside ? label.length() : ROW_INDENT);
    String words = beside ? row.match() : (row.label() + "  " + row.match()).strip();
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(beside ? label : row.sign() + " ");
    boolean empty = true;
    for (String word : words.split(" ", -1)) {
      if (!empty && ROW_INDENT + line.length() + 1 + word.length() > PAGE_WIDTH) {
        lines.add(line.toString());
        line = new StringBuilder(indent);
        empty = true;
      }
      line.append(empty ? "" : " ").append(word);
      empty = false;
    }
    lines.add(line.toString());
    if (!row.fate().isEmpty()) {
      lines.add(indent + row.fate());
    }
    return lines;
  }

  private void summary(Plan plan) {
    Plan.Fates fates = plan.fates();
    if (!plan.isChanged()) {
      int beside = plan.unmanaged().size();
      int asSaid = fates.kept() - beside;
      line(
          "No changes. "
              + count(asSaid, "rule")
              + (asSaid == 1 ? " is" : " are")
              + " as the policy says"
              + (beside == 0
                  ? "."
                  : ", " + beside + (beside == 1 ? " is" : " are") + " not in it and kept."));
      return;
    }
    Plan.Summary summary = plan.summary();
    List<String> todo = new ArrayList<>();
    addCount(todo, summary.add(), " to add");
    addCount(todo, summary.change(), " to change");
    addCount(todo, summary.move(), " to move");
    addCount(todo, summary.remove(), " to remove");
    List<String> counters = new ArrayList<>();
    addCount(counters, fates.kept(), " kept");
    addCount(counters, fates.carried(), " carried");
    addCount(counters, fates.begun(), " new");
    addCount(counters, fates.ended(), " ended");
    String what = todo.isEmpty() ? "nothing but chains" : String.join(", ", todo);
    boolean inexact =
        plan.changes().stream()
            .anyMatch(
                located ->
                    located.change() instanceof Change.CounterChange change
                        && change.fate() instanceof Fate.Carried carried
                        && !carried.exact());
    if (inexact) {
      line("inexact: what is counted between the read and the write is not in the carried value");
    }
    String planned = "Plan: " + what + ".";
    String fatesOf = counters.isEmpty() ? "" : "Counters: " + String.join(", ", counters) + ".";
    if (planned.length() + 1 + fatesOf.length() <= PAGE_WIDTH) {
      bold(planned, counters.isEmpty() ? "" : " " + fatesOf);
    } else {
      bold(planned, "");
      line(fatesOf);
    }
    hints(RenameHint.of(plan));
  }

  /** What to write into the policy where a rule that goes and a new one match the same packets. */
  private void hints(List<RenameHint> hints) {
    if (hints.isEmpty()) {
      return;
    }
    line("");
    line(
        (hints.size() == 1 ? "A new rule matches" : "New rules match")
            + " what a rule that goes matched. If only the name has changed,");
    line("this under spec keeps the counter:");
    line("  moved:");
    for (RenameHint hint : hints) {
      line("    - from: " + YamlText.plainOrQuoted(Words.display(hint.from())));
      line("      to: " + YamlText.plainOrQuoted(Words.display(hint.to())));
    }
  }

  private static void addCount(List<String> into, int count, String what) {
    if (count > 0) {
      into.add(count + what);
    }
  }

  private static String count(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /** A line that begins in bold. */
  private void bold(String text, String rest) {
    if (colour) {
      out.append("\u001b[1m" + PrintableText.line(text) + "\u001b[0m" + PrintableText.of(rest));
      out.append('\n');
    } else {
      line(text + rest);
    }
  }

  /** A line in the colour of its sign. */
  private void painted(String sign, String text) {
    if (!colour) {
      line("    " + text);
      return;
    }
    String code =
        switch (sign) {
          case "+" -> "32";
          case "-" -> "31";
          default -> "33";
        };
    out.append("    \u001b[" + code + "m" + PrintableText.line(text) + "\u001b[0m\n");
  }

  private void line(String line) {
    out.append(PrintableText.line(line.stripTrailing())).append('\n');
  }
}
