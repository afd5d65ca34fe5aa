package acct.view;

import acct.netfilter.ChainName;
import acct.netfilter.Words;
import acct.text.CsvCell;
import acct.text.PrintableText;
import acct.text.TsvCell;
import acct.text.Utf8Bytes;
import acct.totals.Amount;
import acct.totals.Sheet;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Counters as a table, as JSON, and as cells for a spreadsheet. */
public final class ShowView {
  /** Of the JSON: a minor number adds, a major one breaks. */
  public static final String FORMAT_VERSION = "1.0";

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

    private String packets(BigInteger packets) {
      return switch (this) {
        case SI, IEC -> Amounts.packets(packets);
        case IPTABLES -> Amounts.asIptables(packets);
        case EXACT -> packets.toString();
      };
    }

    private String bytes(BigInteger bytes) {
      return switch (this) {
        case SI -> Amounts.si(bytes);
        case IEC -> Amounts.iec(bytes);
        case IPTABLES -> Amounts.asIptables(bytes);
        case EXACT -> bytes.toString();
      };
    }
  }

  private static final int LEAST_NAME_WIDTH = 24;
  private static final int MINUTES = 16;

  /** Of numbers that a thousand times is still a long. */
  private static final int SMALL_BITS = 53;

  private ShowView() {}

  /** What a line has; the first is written from the left, the others from the right. */
  private record Line(boolean head, String name, List<String> cells) {
    Line {
      name = PrintableText.line(name);
    }

    Line(String name, List<String> cells) {
      this(false, name, cells);
    }
  }

  /**
   * The table.
   *
   * @param colour whether to set heads in bold
   */
  public static String text(Sheet sheet, Numbers numbers, boolean colour) {
    boolean dated = false;
    boolean reset = false;
    for (Sheet.Section section : sheet.sections()) {
      List<Sheet.Row> rows = new ArrayList<>(section.rows());
      rows.add(section.came());
      for (Sheet.Row row : rows) {
        dated |= row.since().isPresent();
        reset |= row.resets() > 0;
      }
    }
    List<Line> lines = new ArrayList<>();
    List<String> heads = new ArrayList<>(List.of("packets", "bytes", "share"));
    if (dated) {
      heads.add("since (UTC)");
    }
    if (reset) {
      heads.add("began anew");
    }
    String head = "";
    Times times = new Times();
    for (Sheet.Section section : sheet.sections()) {
      String title = title(section);
      if (!title.equals(head)) {
        lines.add(new Line(true, title, List.of()));
        head = title;
      }
      lines.add(new Line(true, chain(section), heads));
      BigInteger whole = section.came().amount().bytes();
      for (Sheet.Row row : section.rows()) {
        lines.add(new Line("  " + name(row), cells(row, whole, numbers, dated, reset, times)));
      }
      if (!section.from().isEmpty()) {
        lines.add(
            new Line(
                "  " + section.came().name(),
                cells(section.came(), BigInteger.ZERO, numbers, dated, reset, times)));
      }
      lines.add(new Line("", List.of()));
    }
    return aligned(lines, colour);
  }

  private static String title(Sheet.Section section) {
    String family = section.family().map(one -> one.label() + " ").orElse("");
    String of =
        section
            .policy()
            .map(policy -> "policy " + Words.display(policy))
            .orElse("chains that are not acct's");
    return of + ", " + family + Words.display(section.table().value());
  }

  private static String chain(Sheet.Section section) {
    List<String> from = new ArrayList<>();
    for (ChainName one : section.from()) {
      from.add(Words.display(one.value()));
    }
    return Words.display(section.chain().value())
        + (from.isEmpty() ? "" : " from " + String.join(", ", from));
  }

  private static String name(Sheet.Row row) {
    String name = Words.display(row.name());
    return row.kernelRules() > 1 ? name + " (" + row.kernelRules() + " rules)" : name;
  }

  private static List<String> cells(
      Sheet.Row row, BigInteger whole, Numbers numbers, boolean dated, boolean reset, Times times) {
    List<String> cells = new ArrayList<>();
    cells.add(numbers.packets(row.amount().packets()));
    cells.add(numbers.bytes(row.amount().bytes()));
    cells.add(share(row.amount().bytes(), whole));
    if (dated) {
      cells.add(times.of(row.since()));
    }
    if (reset) {
      cells.add(
          row.lastReset()
              .map(last -> row.resets() + (row.resets() == 1 ? " time, " : " times, ") + time(last))
              .orElse(""));
    }
    return cells;
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

  /** Most rows began at the same time. */
  private static final class Times {
    private Optional<Sheet.Since> last = Optional.empty();
    private String text = "?";

    String of(Optional<Sheet.Since> since) {
      if (since.isEmpty()) {
        return "?";
      }
      if (!since.equals(last)) {
        last = since;
        text = (since.get().exactly() ? "" : "before ") + time(since.get().at());
      }
      return text;
    }
  }

  /** To the minute; not by a formatter, which takes long to start. */
  private static String time(Instant instant) {
    String text =
        LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, ZoneOffset.UTC).toString();
    return text.substring(0, Math.min(MINUTES, text.length())).replace('T', ' ');
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
      String stripped = text.toString().stripTrailing();
      out.append(line.head() && colour ? "\u001b[1m" + stripped + "\u001b[0m" : stripped)
          .append('\n');
    }
    return out.toString();
  }

  /** As JSON, numbers beyond 2^53 as decimal strings. */
  public static String json(Sheet sheet) {
    return Json.write(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("formatVersion", FORMAT_VERSION);
          json.writeArrayPropertyStart("chains");
          for (Sheet.Section section : sheet.sections()) {
            json.writeStartObject();
            section.policy().ifPresent(policy -> json.writeStringProperty("policy", policy));
            section
                .family()
                .ifPresent(family -> json.writeStringProperty("family", family.label()));
            json.writeStringProperty("table", section.table().value());
            json.writeStringProperty("chain", Utf8Bytes.decode(section.chain().value()));
            json.writeArrayPropertyStart("from");
            section.from().forEach(from -> json.writeString(Utf8Bytes.decode(from.value())));
            json.writeEndArray();
            json.writeObjectPropertyStart("cameIn");
            Json.amount(json, section.came().amount());
            json.writeEndObject();
            json.writeArrayPropertyStart("rules");
            for (Sheet.Row row : section.rows()) {
              json.writeStartObject();
              json.writeStringProperty("name", Utf8Bytes.decode(row.name()));
              Json.amount(json, row.amount());
              json.writeNumberProperty("kernelRules", row.kernelRules());
              row.since()
                  .ifPresent(
                      since -> {
                        json.writeStringProperty("since", since.at().toString());
                        json.writeBooleanProperty("sinceIsExact", since.exactly());
                      });
              json.writeNumberProperty("resets", row.resets());
              row.lastReset()
                  .ifPresent(last -> json.writeStringProperty("lastReset", last.toString()));
              json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  /**
   * A line for each rule, with a head, and all digits. A cell is what {@link CsvCell} or {@link
   * TsvCell} make of a text.
   *
   * @param separator a comma or a tab
   */
  public static String cells(Sheet sheet, char separator) {
    StringBuilder out = new StringBuilder();
    add(
        out,
        separator,
        List.of(
            "policy", "family", "table", "chain", "rule", "packets", "bytes", "since", "resets"));
    for (Sheet.Section section : sheet.sections()) {
      for (Sheet.Row row : section.rows()) {
        Amount amount = row.amount();
        add(
            out,
            separator,
            List.of(
                section.policy().orElse(""),
                section.family().map(family -> family.label()).orElse("both"),
                section.table().value(),
                Utf8Bytes.decode(section.chain().value()),
                Utf8Bytes.decode(row.name()),
                amount.packets().toString(),
                amount.bytes().toString(),
                row.since().map(since -> since.at().toString()).orElse(""),
                Integer.toString(row.resets())));
      }
    }
    return out.toString();
  }

  private static void add(StringBuilder out, char separator, List<String> cells) {
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      out.append(i == 0 ? "" : String.valueOf(separator));
      out.append(separator == ',' ? CsvCell.of(cell) : TsvCell.of(cell));
    }
    out.append('\n');
  }

  /** What rows can be sorted by. */
  public enum Order {
    POLICY,
    NAME,
    PACKETS,
    BYTES;

    /** The word on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The order of that name. */
    public static Optional<Order> of(String label) {
      for (Order order : values()) {
        if (order.label().equals(label)) {
          return Optional.of(order);
        }
      }
      return Optional.empty();
    }

    /** The same sheet with its rows in this order, the largest first. */
    public Sheet sorted(Sheet sheet) {
      List<Sheet.Section> sections = new ArrayList<>();
      for (Sheet.Section section : sheet.sections()) {
        List<Sheet.Row> rows = new ArrayList<>(section.rows());
        switch (this) {
          case POLICY -> {}
          case NAME -> rows.sort((a, b) -> a.name().compareTo(b.name()));
          case PACKETS -> rows.sort((a, b) -> b.amount().packets().compareTo(a.amount().packets()));
          case BYTES -> rows.sort((a, b) -> b.amount().bytes().compareTo(a.amount().bytes()));
        }
        sections.add(section.with(rows));
      }
      return new Sheet(sections);
    }
  }
}
