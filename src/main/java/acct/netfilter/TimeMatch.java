package acct.netfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** {@code -m time}: between times of the day, on days, between dates. */
final class TimeMatch {
  private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
  private static final Map<String, String> DAY_NUMBERS =
      Map.of("1", "Mon", "2", "Tue", "3", "Wed", "4", "Thu", "5", "Fri", "6", "Sat", "7", "Sun");

  private static final String DAY_BEGIN = "00:00:00";
  private static final String DAY_END = "23:59:59";

  private static final Option START = Option.of("--timestart", TimeMatch::timeOfDay);
  private static final Option STOP = Option.of("--timestop", TimeMatch::timeOfDay);
  private static final Option WEEKDAYS = Option.of("--weekdays", TimeMatch::weekdays);
  private static final Option MONTHDAYS = Option.of("--monthdays", TimeMatch::monthdays);

  static final Extension EXTENSION =
      Extension.of(
              "time",
              START,
              STOP,
              WEEKDAYS,
              MONTHDAYS,
              Option.of("--datestart", TimeMatch::date).vanishingAt("1970-01-01T00:00:00"),
              Option.of("--datestop", TimeMatch::date).vanishingAt("2038-01-19T03:14:07"),
              Option.flag("--utc").vanishingAt(Flag.SET),
              Option.flag("--kerneltz", "--localtz"),
              Option.flag("--contiguous"))
          .finishedBy(TimeMatch::finish);

  private TimeMatch() {}

  private static Value timeOfDay(List<String> words, Family family) throws BadValueException {
    String[] parts = words.get(0).split(":", -1);
    if (parts.length < 2 || parts.length > 3) {
      throw new BadValueException(
          "\"" + words.get(0) + "\" is not a time: write 08:00 or 08:00:30");
    }
    int[] limits = {23, 59, 59};
    StringBuilder time = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      String part = i < parts.length ? parts[i] : "0";
      boolean number = part.matches("[0-9]{1,2}");
      if (!number || Integer.parseInt(part) > limits[i]) {
        throw new BadValueException("\"" + words.get(0) + "\" is not a time of the day");
      }
      time.append(i == 0 ? "" : ":").append(part.length() == 1 ? "0" : "").append(part);
    }
    return new Text(time.toString());
  }

  private static Value weekdays(List<String> words, Family family) throws BadValueException {
    List<String> given = new ArrayList<>();
    for (String day : words.get(0).split(",", -1)) {
      given.add(day.length() > 3 ? day.substring(0, 3) : day);
    }
    return new Text(String.join(",", Readers.members(String.join(",", given), DAYS, DAY_NUMBERS)));
  }

  private static Value monthdays(List<String> words, Family family) throws BadValueException {
    TreeSet<Long> days = new TreeSet<>();
    for (String day : words.get(0).split(",", -1)) {
      long number = Numbers.unsigned(day.replaceAll("(st|nd|rd|th)$", ""), 31);
      if (number == 0) {
        throw new BadValueException("a day of the month is a number from 1 to 31");
      }
      days.add(number);
    }
    return new Text(String.join(",", days.stream().map(String::valueOf).toList()));
  }

  /** {@code YYYY[-MM[-DD[Thh[:mm[:ss]]]]]}, filled up. */
  private static Value date(List<String> words, Family family) throws BadValueException {
    String word = words.get(0);
    if (!word.matches("\\d{4}(-\\d{1,2}(-\\d{1,2}(T\\d{1,2}(:\\d{1,2}(:\\d{1,2})?)?)?)?)?")) {
      throw new BadValueException(
          "\"" + word + "\" is not a date: write 2026-12-31 or 2026-12-31T23:59:59");
    }
    String[] parts = word.split("[-T:]");
    String[] fill = {"1970", "01", "01", "00", "00", "00"};
    String marks = "--T::";
    StringBuilder date = new StringBuilder();
    for (int i = 0; i < fill.length; i++) {
      String part = i < parts.length ? parts[i] : fill[i];
      date.append(part.length() == 1 ? "0" : "").append(part);
      date.append(i < marks.length() ? marks.substring(i, i + 1) : "");
    }
    return new Text(date.toString());
  }

  /**
   * Whole days say nothing; half a span is printed with its other end; "not on" is "on the rest".
   */
  private static void finish(List<Match.Setting> settings, Family family) {
    settings.replaceAll(TimeMatch::complement);
    settings.removeIf(
        setting ->
            setting.value().equals(new Text(String.join(",", DAYS)))
                && setting.option().equals(WEEKDAYS));
    Text start = text(settings, START, DAY_BEGIN);
    Text stop = text(settings, STOP, DAY_END);
    settings.removeIf(setting -> setting.option().equals(START) || setting.option().equals(STOP));
    if (!start.value().equals(DAY_BEGIN) || !stop.value().equals(DAY_END)) {
      settings.add(0, new Match.Setting(START, false, start));
      settings.add(1, new Match.Setting(STOP, false, stop));
    }
  }

  private static Text text(List<Match.Setting> settings, Option option, String otherwise) {
    return settings.stream()
        .filter(setting -> setting.option().equals(option))
        .map(setting -> (Text) setting.value())
        .findFirst()
        .orElse(new Text(otherwise));
  }

  private static Match.Setting complement(Match.Setting setting) {
    if (!setting.negated()) {
      return setting;
    }
    List<String> named = List.of(((Text) setting.value()).value().split(","));
    if (setting.option().equals(WEEKDAYS)) {
      List<String> rest = DAYS.stream().filter(day -> !named.contains(day)).toList();
      return new Match.Setting(WEEKDAYS, false, new Text(String.join(",", rest)));
    }
    if (setting.option().equals(MONTHDAYS)) {
      List<String> rest = new ArrayList<>();
      for (int day = 1; day <= 31; day++) {
        if (!named.contains(Integer.toString(day))) {
          rest.add(Integer.toString(day));
        }
      }
      return new Match.Setting(MONTHDAYS, false, new Text(String.join(",", rest)));
    }
    return setting;
  }
}
