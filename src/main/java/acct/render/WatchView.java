package acct.render;

import acct.counter.Amount;
import acct.counter.Rates;
import acct.netfilter.Words;
import acct.state.JsonCells;
import acct.text.PrintableText;
import acct.text.Utf8Bytes;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Rates as a screen of lines, and as a line of JSON for programs. */
public final class WatchView {
  private static final String BLOCKS = "▁▂▃▄▅▆▇█";
  private static final String PLAIN = ".:-=+*%#";
  private static final int LEAST_NAME_WIDTH = 12;
  private static final int MOST_NAME_WIDTH = 44;
  private static final int NUMBERS_WIDTH = 2 + 9 + 2 + 12 + 2 + 9;
  private static final int FRAME = 5;
  private static final int LEAST_SPARK = 12;

  /** What the rows are sorted by. */
  public enum Order {
    RATE,
    TOTAL,
    NAME,
    POLICY;

    /** As the head says it. */
    public String label() {
      return this == POLICY ? "the policy's order" : name().toLowerCase(Locale.ROOT);
    }

    /** The one that the key s comes to next. */
    public Order next() {
      return switch (this) {
        case RATE -> TOTAL;
        case TOTAL -> NAME;
        case NAME -> POLICY;
        case POLICY -> RATE;
      };
    }

    private List<Rates.Track> sorted(List<Rates.Track> tracks) {
      List<Rates.Track> sorted = new ArrayList<>(tracks);
      switch (this) {
        case RATE -> sorted.sort(Comparator.comparingDouble(Rates.Track::bits).reversed());
        case TOTAL -> sorted.sort((a, b) -> b.total().bytes().compareTo(a.total().bytes()));
        case NAME -> sorted.sort(Comparator.comparing(WatchView::name));
        case POLICY -> {}
      }
      return sorted;
    }
  }

  /**
   * How it is shown.
   *
   * @param width of the screen, in columns
   * @param height of the screen, in lines
   * @param unicode whether it can show blocks
   * @param interval between two readings, in seconds
   * @param fromBaseline whether totals are those since the baseline
   * @param paused whether it stands still
   * @param choice which rows
   */
  public record Settings(
      int width,
      int height,
      boolean unicode,
      double interval,
      Order order,
      boolean fromBaseline,
      boolean paused,
      Choice choice) {}

  /**
   * Which rows are shown.
   *
   * @param first how many stand above the screen
   * @param filter what their names contain, in letters of any size; empty for all
   * @param typing whether the filter is being typed
   * @param nonzero whether those that have counted nothing are left out
   */
  public record Choice(int first, String filter, boolean typing, boolean nonzero) {
    /** All, from the first. */
    public static final Choice ALL = new Choice(0, "", false, false);

    private List<Rates.Track> of(List<Rates.Track> tracks) {
      String part = filter.toLowerCase(Locale.ROOT);
      List<Rates.Track> chosen = new ArrayList<>();
      for (Rates.Track track : tracks) {
        boolean named = name(track).toLowerCase(Locale.ROOT).contains(part);
        if (named && (!nonzero || !track.total().isZero())) {
          chosen.add(track);
        }
      }
      return chosen;
    }
  }

  /** How far the rows can be scrolled: the most that can stand above a screen of that height. */
  public static int mostAbove(Rates rates, Choice choice, int height) {
    return Math.max(0, choice.of(rates.tracks()).size() - Math.max(1, height - FRAME));
  }

  private WatchView() {}

  /**
   * The screen: at most as many lines as it has, none longer than it is wide.
   *
   * @param time of the reading, as the head says it
   * @param message what went wrong at the last reading; empty for nothing
   */
  public static List<String> screen(Rates rates, Settings settings, String time, String message) {
    List<Rates.Track> tracks = settings.choice().of(settings.order().sorted(rates.tracks()));
    List<String> lines = new ArrayList<>();
    int nameWidth = LEAST_NAME_WIDTH;
    for (Rates.Track track : tracks) {
      nameWidth = Math.max(nameWidth, Math.min(MOST_NAME_WIDTH, name(track).length()));
    }
    nameWidth = Math.max(LEAST_NAME_WIDTH, Math.min(nameWidth, settings.width() - NUMBERS_WIDTH));
    int spark = Math.min(Rates.REMEMBERED, settings.width() - nameWidth - NUMBERS_WIDTH - 2);
    lines.add(
        "acct watch  "
            + time
            + "  "
            + tracks.size()
            + (tracks.size() == 1 ? " rule" : " rules")
            + " by "
            + settings.order().label()
            + (settings.choice().filter().isEmpty()
                ? ""
                : " with \"" + settings.choice().filter() + "\"")
            + (settings.paused() ? "  PAUSED" : ""));
    lines.add(
        Columns.left("rule", nameWidth)
            + "  "
            + Columns.right("packets/s", 9)
            + "  "
            + Columns.right("bit/s", 12)
            + "  "
            + Columns.right(settings.fromBaseline() ? "since z" : "total", 9)
            + (spark > LEAST_SPARK ? "  last " + span(settings.interval()) : ""));
    int room = Math.max(1, settings.height() - FRAME);
    int first = Math.min(settings.choice().first(), Math.max(0, tracks.size() - room));
    List<Rates.Track> shown = tracks.subList(first, Math.min(first + room, tracks.size()));
    for (Rates.Track track : shown) {
      Amount total = settings.fromBaseline() ? track.fromBaseline() : track.total();
      lines.add(
          Columns.left(cut(name(track), nameWidth), nameWidth)
              + "  "
              + Columns.right(scaled(track.packets(), ""), 9)
              + "  "
              + Columns.right(scaled(track.bits(), "bit/s"), 12)
              + "  "
              + Columns.right(Amounts.si(total.bytes()), 9)
              + (spark > 0 ? "  " + sparkline(track.history(), spark, settings.unicode()) : ""));
    }
    lines.add(sum(tracks, nameWidth, settings));
    lines.add(
        tracks.size() > shown.size()
            ? "  "
                + (first + 1)
                + " to "
                + (first + shown.size())
                + " of "
                + tracks.size()
                + "; j k or the arrows scroll"
            : "");
    lines.add(footer(settings, message));
    List<String> fitted = new ArrayList<>();
    for (String line : lines) {
      fitted.add(cut(PrintableText.line(line), settings.width()).stripTrailing());
    }
    return fitted.subList(0, Math.min(fitted.size(), settings.height()));
  }

  /** Of all rows that are chosen; a packet that several rules count is in it several times. */
  private static String sum(List<Rates.Track> tracks, int nameWidth, Settings settings) {
    double packets = 0;
    double bits = 0;
    Amount total = Amount.ZERO;
    for (Rates.Track track : tracks) {
      packets += track.packets();
      bits += track.bits();
      total = total.plus(settings.fromBaseline() ? track.fromBaseline() : track.total());
    }
    return Columns.left(cut("sum of these", nameWidth), nameWidth)
        + "  "
        + Columns.right(scaled(packets, ""), 9)
        + "  "
        + Columns.right(scaled(bits, "bit/s"), 12)
        + "  "
        + Columns.right(Amounts.si(total.bytes()), 9);
  }

  private static String footer(Settings settings, String message) {
    if (settings.choice().typing()) {
      return "show names with: " + settings.choice().filter() + "_  (Enter)";
    }
    return message.isEmpty()
        ? "q quit  s sort  p pause  / filter  0 "
            + (settings.choice().nonzero() ? "all" : "nonzero")
            + "  z "
            + (settings.fromBaseline() ? "baseline again" : "baseline")
        : "! " + PrintableText.of(message.lines().findFirst().orElse(""));
  }

  /** {@code INET_IN/http}, and the family where families stand apart. */
  private static String name(Rates.Track track) {
    String family = track.section().family().map(one -> one.label() + " ").orElse("");
    return Words.display(family + track.section().chain().value() + "/" + track.rule());
  }

  /** Three digits and a unit; a tenth below ten. */
  static String scaled(double value, String unit) {
    String[] prefixes = {"", "k", "M", "G", "T", "P"};
    double scaled = value;
    int prefix = 0;
    while (scaled >= 999.5 && prefix < prefixes.length - 1) {
      scaled /= 1000;
      prefix++;
    }
    long tenths = Math.round(scaled * 10);
    boolean whole = tenths >= 1000 || prefix == 0 && tenths % 10 == 0;
    String digits = whole ? Long.toString(Math.round(scaled)) : tenths / 10 + "." + tenths % 10;
    String ending = prefixes[prefix] + unit;
    return ending.isEmpty() ? digits : digits + " " + ending;
  }

  private static String span(double interval) {
    double seconds = interval * Rates.REMEMBERED;
    return seconds == Rates.REMEMBERED ? "minute" : scaled(seconds, "").strip() + " seconds";
  }

  /** All that is remembered in so many columns, the last reading at the end. */
  private static String sparkline(List<Double> history, int width, boolean unicode) {
    String marks = unicode ? BLOCKS : PLAIN;
    double[] columns = new double[width];
    int missing = Rates.REMEMBERED - history.size();
    for (int column = 0; column < width; column++) {
      int from = column * Rates.REMEMBERED / width;
      int to = (column + 1) * Rates.REMEMBERED / width;
      for (int i = Math.max(from, missing); i < to; i++) {
        columns[column] += history.get(i - missing) / (to - from);
      }
    }
    double most = 0;
    for (double value : columns) {
      most = Math.max(most, value);
    }
    StringBuilder line = new StringBuilder();
    for (double value : columns) {
      int mark = most <= 0 ? 0 : (int) Math.ceil(value / most * marks.length()) - 1;
      line.append(value <= 0 ? ' ' : marks.charAt(Math.max(0, mark)));
    }
    return line.toString();
  }

  private static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "~";
  }

  /**
   * One line for a program.
   *
   * @param time of the reading, as ISO 8601 writes it
   * @param seconds since the last one; 0 for the first
   */
  public static String json(Rates rates, String time, double seconds) {
    return JsonCells.line(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("formatVersion", UsageJson.FORMAT_VERSION);
          json.writeStringProperty("time", time);
          json.writeNumberProperty("interval", rounded(seconds));
          json.writeArrayPropertyStart("rules");
          for (Rates.Track track : rates.tracks()) {
            json.writeStartObject();
            track
                .section()
                .policy()
                .ifPresent(policy -> json.writeStringProperty("policy", policy));
            track
                .section()
                .family()
                .ifPresent(family -> json.writeStringProperty("family", family.label()));
            json.writeStringProperty("table", track.section().table().value());
            json.writeStringProperty("chain", Utf8Bytes.decode(track.section().chain().value()));
            json.writeStringProperty("rule", Utf8Bytes.decode(track.rule()));
            JsonCells.amount(json, track.total());
            json.writeNumberProperty("packetsPerSecond", rounded(track.packets()));
            json.writeNumberProperty("bitsPerSecond", rounded(track.bits()));
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static double rounded(double value) {
    return BigInteger.valueOf(Math.round(value * 1000)).doubleValue() / 1000;
  }
}
