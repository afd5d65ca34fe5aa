package acct.render;

import acct.counter.UsageTable;
import acct.netfilter.ChainName;
import acct.netfilter.Words;
import acct.text.PrintableText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Counters as a table for people. */
public final class UsageText {
  /** How numbers are written. */
  public enum Numbers {
    /** {@code 12,345 packets}, {@code 12.3 MB}. */
    SI,
    /** {@code 11.8 MiB}. */
    IEC,
    /** As iptables scales them: {@code 12M}. */
    IPTABLES,
    /** All digits. */
    EXACT;

    /** The word on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The style of that name. */
    public static Optional<Numbers> of(String label) {
      for (Numbers one : values()) {
        if (one.label().equals(label)) {
          return Optional.of(one);
        }
      }
      return Optional.empty();
    }

    private String packets(BigInteger packets) {
      return switch (this) {
        case SI, IEC -> Amounts.packets(packets);
        case IPTABLES -> Amounts.asIptables(packets);
        case EXACT -> Amounts.packets(packets);
      };
    }

    private String bytes(BigInteger bytes) {
      return switch (this) {
        case SI -> Amounts.si(bytes);
        case IEC -> Amounts.iec(bytes);
        case IPTABLES -> Amounts.asIptables(bytes);
        case EXACT -> Amounts.packets(bytes);
      };
    }
  }

  private static final int LEAST_NAME_WIDTH = 24;
  private static final int COLUMNS = 80;

  /** Of numbers that a thousand times is still a long. */
  private static final int SMALL_BITS = 53;

  private UsageText() {}

  /** What a line has; the first is written from the left, the others from the right. */
  private record Line(boolean head, String name, List<String> cells, String note) {
    Line {
      name = PrintableText.line(name);
    }
  }

  /**
   * The table, of 80 columns unless names are long. What all rows of a chain share stands once, in
   * the chain's line.
   *
   * @param colour whether to set heads in bold
   * @param times how moments are written
   */
  public static String of(UsageTable table, Numbers numbers, boolean colour, TimeText times) {
    List<Line> lines = new ArrayList<>();
    String head = "";
    for (UsageTable.Section section : table.sections()) {
      String title = title(section);
      if (!title.equals(head)) {
        lines.add(new Line(true, title, List.of("packets", "bytes", "share"), ""));
        head = title;
      }
      Row shared = shared(section, times);
      chain(section, shared).forEach(line -> lines.add(new Line(true, line, List.of(), "")));
      for (UsageTable.Row row : section.rows()) {
        lines.add(
            new Line(
                false,
                "  " + name(row),
                cells(row, Optional.of(section.came()), numbers),
                shared.apart(row, times)));
      }
      if (!section.from().isEmpty()) {
        lines.add(
            new Line(
                false,
                "  " + section.came().name(),
                cells(section.came(), Optional.empty(), numbers),
                shared.apart(section.came(), times)));
      }
      lines.add(new Line(false, "", List.of(), ""));
    }
    return aligned(lines, colour);
  }

  /** Since when a row counts and when it began anew, as texts; empty for nothing. */
  private record Row(String since, String anew) {
    static Row of(UsageTable.Row row, TimeText times) {
      String since =
          row.since()
              .map(at -> (at.exactly() ? "since " : "since before ") + times.minutes(at.at()))
              .orElse("");
      String often = row.resets() == 1 ? "once, " : row.resets() + " times, last ";
      String anew = row.lastReset().map(at -> "began anew " + often + times.minutes(at)).orElse("");
      return new Row(since, anew);
    }

    /** What a row has otherwise than the chain. */
    String apart(UsageTable.Row row, TimeText times) {
      Row own = of(row, times);
      List<String> notes = new ArrayList<>();
      if (row.missing() > 0) {
        notes.add(
            row.missing() == row.kernelRules()
                ? "not in the kernel"
                : row.missing() + " of them not in the kernel");
      }
      if (!own.since.equals(since)) {
        notes.add(own.since.isEmpty() ? "since ?" : own.since);
      }
      if (!own.anew.equals(anew)) {
        notes.add(own.anew.isEmpty() ? "never began anew" : own.anew);
      }
      return String.join(", ", notes);
    }
  }

  /** What most rows of a chain say. */
  private static Row shared(UsageTable.Section section, TimeText times) {
    Map<String, Integer> since = new LinkedHashMap<>();
    Map<String, Integer> anew = new LinkedHashMap<>();
    List<UsageTable.Row> rows = new ArrayList<>(section.rows());
    if (!section.from().isEmpty()) {
      rows.add(section.came());
    }
    for (UsageTable.Row row : rows) {
      Row one = Row.of(row, times);
      since.merge(one.since(), 1, Integer::sum);
      anew.merge(one.anew(), 1, Integer::sum);
    }
    return new Row(most(since), most(anew));
  }

  private static String most(Map<String, Integer> counts) {
    String most = "";
    int times = 0;
    for (Map.Entry<String, Integer> one : counts.entrySet()) {
      if (one.getValue() > times) {
        most = one.getKey();
        times = one.getValue();
      }
    }
    return most;
  }

  private static String title(UsageTable.Section section) {
    String family = section.family().map(one -> one.label() + " ").orElse("");
    String of =
        section
            .policy()
            .map(policy -> "policy " + Words.display(policy))
            .orElse(isGone(section) ? "not in the kernel" : "chains that are not acct's");
    return of + ", " + family + Words.display(section.table().value());
  }

  /** Without its chain the kernel has no mark that would say whose it was. */
  private static boolean isGone(UsageTable.Section section) {
    return section.rows().stream().anyMatch(row -> row.missing() > 0);
  }

  /** The chain's line, or two where one is too long. */
  private static List<String> chain(UsageTable.Section section, Row shared) {
    List<String> from = new ArrayList<>();
    for (ChainName one : section.from()) {
      from.add(Words.display(one.value()));
    }
    String name =
        Words.display(section.chain().value())
            + (from.isEmpty() ? "" : " from " + String.join(", ", from));
    List<String> parts = new ArrayList<>(List.of(shared.since(), shared.anew()));
    parts.removeIf(String::isEmpty);
    String about = String.join(", ", parts);
    if (about.isEmpty()) {
      return List.of(name);
    }
    String whole = name + ", " + about;
    return whole.length() <= COLUMNS ? List.of(whole) : List.of(name, "  " + about);
  }

  private static String name(UsageTable.Row row) {
    String name = Words.display(row.name());
    return row.kernelRules() > 1 ? name + " (" + row.kernelRules() + " rules)" : name;
  }

  /**
   * The numbers of a row.
   *
   * @param whole what came into its chain; nothing where no share is asked for
   */
  private static List<String> cells(
      UsageTable.Row row, Optional<UsageTable.Row> whole, Numbers numbers) {
    return List.of(
        numbers.packets(row.amount().packets()),
        numbers.bytes(row.amount().bytes()),
        whole.map(of -> share(row, of)).orElse(""));
  }

  /** None where the two have not counted for the same time, as after a zero of one of them. */
  private static String share(UsageTable.Row row, UsageTable.Row whole) {
    return row.since().equals(whole.since())
        ? share(row.amount().bytes(), whole.amount().bytes())
        : "-";
  }

  private static String share(BigInteger bytes, BigInteger whole) {
    if (whole.signum() <= 0) {
      return "";
    }
    if (bytes.compareTo(whole) > 0) {
      return "-";
    }
    if (bytes.bitLength() < SMALL_BITS && whole.bitLength() < SMALL_BITS && bytes.signum() >= 0) {
      long half = whole.longValue() / 2;
      long tenths = (bytes.longValue() * 1000 + half) / whole.longValue();
      return tenths / 10 + "." + tenths % 10 + " %";
    }
    return new BigDecimal(bytes)
            .movePointRight(2)
            .divide(new BigDecimal(whole), 1, RoundingMode.HALF_UP)
            .toPlainString()
        + " %";
  }

  private static String aligned(List<Line> lines, boolean colour) {
    int nameWidth = LEAST_NAME_WIDTH;
    List<Integer> widths = new ArrayList<>();
    for (Line line : lines) {
      if (!line.cells().isEmpty()) {
        nameWidth = Math.max(nameWidth, line.name().length());
      }
      for (int i = 0; i < line.cells().size(); i++) {
        if (i == widths.size()) {
          widths.add(0);
        }
        widths.set(i, Math.max(widths.get(i), line.cells().get(i).length()));
      }
    }
    StringBuilder out = new StringBuilder();
    for (Line line : lines) {
      StringBuilder text = new StringBuilder();
      text.append(line.cells().isEmpty() ? line.name() : Columns.left(line.name(), nameWidth));
      for (int i = 0; i < line.cells().size(); i++) {
        text.append("  ").append(Columns.right(line.cells().get(i), widths.get(i)));
      }
      text.append(line.note().isEmpty() ? "" : "  " + line.note());
      String stripped = text.toString().stripTrailing();
      out.append(line.head() && colour ? "\u001b[1m" + stripped + "\u001b[0m" : stripped)
          .append('\n');
    }
    return out.toString();
  }
}
