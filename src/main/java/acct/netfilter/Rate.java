package acct.netfilter;

import java.util.List;
import java.util.Locale;

/**
 * How often, as the kernel keeps it: the time between two packets in units of 1/scale second,
 * rounded down. So 300 a second is 303 a second when it is read back, and both are the same.
 *
 * @param period units between two packets
 * @param scale units in a second: 10,000 for limit, 1,000,000 for hashlimit
 */
record Rate(long period, long scale) implements Value {
  private static final List<String> UNITS = List.of("day", "hour", "min", "sec");
  private static final long[] SECONDS = {86_400, 3_600, 60, 1};

  /** Reads {@code 5}, {@code 5/s}, {@code 60/minute} … */
  static Rate read(String text, long scale) throws BadValueException {
    int slash = text.indexOf('/');
    String number = slash < 0 ? text : text.substring(0, slash);
    long seconds = slash < 0 ? 1 : seconds(text.substring(slash + 1));
    long rate = Numbers.unsigned(number, Integer.MAX_VALUE);
    if (rate == 0 || rate > scale * seconds) {
      throw new BadValueException("the rate " + text + " is not one that the kernel can keep");
    }
    return new Rate(scale * seconds / rate, scale);
  }

  private static long seconds(String unit) throws BadValueException {
    String word = unit.toLowerCase(Locale.ROOT);
    List<String> names = List.of("day", "hour", "minute", "second");
    for (int i = 0; i < names.size(); i++) {
      if (!word.isEmpty() && names.get(i).startsWith(word)) {
        return SECONDS[i];
      }
    }
    throw new BadValueException("\"" + unit + "\" is not second, minute, hour or day");
  }

  /** In the largest unit that says it without a rest that matters (libxt_limit.c, print_rate). */
  @Override
  public List<String> words() {
    int unit = 0;
    for (int next = 1; next < SECONDS.length; next++) {
      long units = SECONDS[next] * scale;
      if (period > units || units / period < units % period) {
        break;
      }
      unit = next;
    }
    return List.of(SECONDS[unit] * scale / period + "/" + UNITS.get(unit));
  }
}
