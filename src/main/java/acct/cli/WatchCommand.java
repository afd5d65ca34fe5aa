package acct.cli;

import acct.compile.Desired;
import acct.counter.Counted;
import acct.counter.Rates;
import acct.counter.UsageTable;
import acct.counter.UsageTables;
import acct.host.HostException;
import acct.netfilter.Family;
import acct.reconcile.UsageReader;
import acct.render.WatchView;
import acct.render.WatchView.Order;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code acct watch}: what is counted now. */
final class WatchCommand implements Command {
  private static final double NANOS = 1e9;
  private static final double MOST_SECONDS = 3600;
  private static final double LEAST_SECONDS = 0.1;

  @Override
  public String name() {
    return "watch";
  }

  @Override
  public String summary() {
    return "Show the rate of every counter, in place, second by second.";
  }

  @Override
  public String operands() {
    return "[CHAIN[/RULE]…]";
  }

  @Override
  public List<Flag> flags() {
    List<Flag> flags =
        new ArrayList<>(
            List.of(
                new Flag("interval", "SECONDS", "Between two readings; 1 by default."),
                new Flag("count", "N", "End after so many intervals."),
                new Flag(
                    "output",
                    "FORMAT",
                    "text (the default): a screen; json: a line for each interval, for programs."),
                Flag.toggle("nonzero", "Leave out rules that have counted nothing."),
                ShowCommand.UTC,
                ShowCommand.POLICY,
                ShowCommand.CHAIN,
                ShowCommand.BY,
                Planning.IPTABLES));
    flags.add(State.DIRECTORY);
    flags.addAll(Policies.FLAGS);
    return flags;
  }

  @Override
  public String details() {
    return """
        Keys: q ends it, s sorts otherwise (rate, total, name, the policy's order), p
        lets the screen stand still while counting goes on, j and k or the arrows
        scroll, / shows names with what is typed, 0 leaves out what has counted
        nothing, z shows totals from here on. Rates are of what the network layer
        carries, IP headers included, as iptables counts it.
        """;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
    String output = arguments.value("output").orElse("text");
    if (!List.of("text", "json").contains(output)) {
      throw new UsageException("--output is text or json, not \"" + output + "\"");
    }
    long nanos = (long) (number(arguments, "interval", 1, LEAST_SECONDS, MOST_SECONDS) * NANOS);
    long count = (long) number(arguments, "count", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    Readings readings = new Readings(arguments, console);
    if (output.equals("json")) {
      return print(readings, nanos, count, console);
    }
    try (Screen screen = Screen.open()) {
      ZoneId zone = arguments.has("utc") ? ZoneOffset.UTC : ZoneId.systemDefault();
      return new Loop(screen, readings, nanos, count, zone, arguments.has("nonzero")).run();
    } catch (IOException | IllegalStateException e) {
      throw new CommandFailure(
          ExitStatus.ERROR,
          "watch needs a terminal (" + e.getMessage() + "); --output json needs none");
    }
  }

  private static double number(
      Arguments arguments, String flag, double usual, double least, double most)
      throws UsageException {
    Optional<String> given = arguments.value(flag);
    if (given.isEmpty()) {
      return usual;
    }
    try {
      double number = Double.parseDouble(given.get());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new UsageException("--" + flag + " takes a number, not \"" + given.get() + "\"");
    }
    throw new UsageException("--" + flag + " is at least " + least + ", not " + given.get());
  }

  /** The rates between one reading and the next. */
  private static final class Readings {
    private final Arguments arguments;
    private final UsageReader reader;
    private final Optional<Desired> desired;
    private Set<Family> families = EnumSet.allOf(Family.class);
    private Rates rates = Rates.NONE;
    private long last;
    private double seconds;

    Readings(Arguments arguments, Console console) throws UsageException, CommandFailure {
      this.arguments = arguments;
      this.desired = ShowCommand.desired(arguments, console);
      try {
        this.reader = ShowCommand.reader(Planning.dataplane(arguments, console), arguments);
        next();
      } catch (HostException e) {
        throw Planning.failure(e);
      }
    }

    void next() throws HostException, CommandFailure {
      UsageReader.Usage usage = reader.read(families);
      long now = usage.nanos();
      List<Counted.Chain> chains = ShowCommand.asked(usage.present(), usage.live(), arguments);
      families = EnumSet.noneOf(Family.class);
      chains.forEach(chain -> families.add(chain.family()));
      UsageTable table =
          ShowCommand.filtered(
              UsageTables.of(chains, usage.ledger(), desired, arguments.value("by").isPresent()),
              arguments);
      seconds = last == 0 ? 0 : (now - last) / NANOS;
      rates = rates.next(table, Math.max(1, now - last));
      last = now;
    }
  }

  private static int print(Readings readings, long nanos, long count, Console console) {
    long due = readings.last;
    for (long i = 0; i < count; i++) {
      due += nanos;
      try {
        Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
        readings.next();
      } catch (HostException e) {
        console.noticeLines(e.getMessage());
        continue;
      } catch (CommandFailure e) {
        e.tell(console);
        continue;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return ExitStatus.OK;
      }
      String time = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
      console.out().println(WatchView.json(readings.rates, time, readings.seconds));
      if (console.out().checkError()) {
        return ExitStatus.ERROR;
      }
    }
    return ExitStatus.OK;
  }

  /** Paints, waits for a key or the next reading, and again. */
  private static final class Loop {
    private static final char ESCAPE = '\u001b';
    private static final char BACKSPACE = '\b';
    private static final char DELETE = '\u007f';
    private static final int MOST_FILTER = 60;

    private final Screen screen;
    private final Readings readings;
    private final long nanos;
    private final long count;
    private final boolean unicode = Screen.isUnicode();
    private Order order = Order.RATE;
    private boolean fromBaseline;
    private String message = "";
    private WatchView.Choice choice;
    private final ZoneId zone;

    /** What a screen that stands still shows, and when that was. */
    private Optional<Rates> still = Optional.empty();

    private String stillSince = "";

    /** What has come of the code of a key that is several characters. */
    private String code = "";

    Loop(Screen screen, Readings readings, long nanos, long count, ZoneId zone, boolean nonzero) {
      this.zone = zone;
      this.choice = new WatchView.Choice(0, "", false, nonzero);
      this.screen = screen;
      this.readings = readings;
      this.nanos = nanos;
      this.count = count;
    }

    int run() throws IOException {
      long due = readings.last + nanos;
      long done = 0;
      paint();
      while (!screen.isEnded() && done < count) {
        long left = (due - System.nanoTime()) / 1_000_000;
        char key = screen.key(Math.max(0, left));
        if (key == 'q' && !choice.typing()) {
          return ExitStatus.OK;
        }
        press(key);
        boolean isDue = System.nanoTime() >= due;
        if (isDue) {
          due += nanos;
          done++;
          read();
        }
        if (still.isEmpty() || key != ' ') {
          paint();
        }
      }
      return ExitStatus.OK;
    }

    private void press(char key) {
      if (key == ESCAPE || !code.isEmpty()) {
        arrow(key);
        return;
      }
      if (choice.typing()) {
        type(key);
        return;
      }
      switch (key) {
        case 's' -> order = order.next();
        case 'p' -> {
          still = still.isEmpty() ? Optional.of(readings.rates) : Optional.empty();
          stillSince = now();
        }
        case 'j' -> scroll(1);
        case 'k' -> scroll(-1);
        case 'd' -> scroll(screen.height() / 2);
        case 'u' -> scroll(-screen.height() / 2);
        case '/' -> choice = new WatchView.Choice(0, "", true, choice.nonzero());
        case '0' -> choice = new WatchView.Choice(0, choice.filter(), false, !choice.nonzero());
        case 'z' -> {
          readings.rates = readings.rates.baseline();
          fromBaseline = true;
        }
        default -> {}
      }
    }

    /** An arrow is ESC [ A or ESC [ B; ESC alone takes the filter away. */
    private void arrow(char key) {
      code += key;
      boolean isOpen = code.equals("\u001b") || code.equals("\u001b[");
      if (isOpen) {
        return;
      }
      switch (code) {
        case "\u001b[A" -> scroll(-1);
        case "\u001b[B" -> scroll(1);
        case "\u001b " -> choice = new WatchView.Choice(0, "", false, choice.nonzero());
        default -> {}
      }
      code = "";
    }

    /** A blank is no key: no name has one. */
    private void type(char key) {
      String filter = choice.filter();
      boolean done = key == '\r' || key == '\n';
      if ((key == BACKSPACE || key == DELETE) && !filter.isEmpty()) {
        filter = filter.substring(0, filter.length() - 1);
      } else if (key > ' ' && key != DELETE && filter.length() < MOST_FILTER) {
        filter += key;
      }
      choice = new WatchView.Choice(0, filter, !done, choice.nonzero());
    }

    private void scroll(int lines) {
      int most = WatchView.mostAbove(shown(), choice, screen.height());
      int first = Math.max(0, Math.min(most, choice.first() + lines));
      choice = new WatchView.Choice(first, choice.filter(), false, choice.nonzero());
    }

    private Rates shown() {
      return still.orElse(readings.rates);
    }

    private String now() {
      return LocalTime.now(zone).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** A firewall that is loaded anew has no chains for a moment: the screen waits for them. */
    private void read() {
      try {
        readings.next();
        message = "";
      } catch (HostException | CommandFailure e) {
        message = e.getMessage();
      }
    }

    private void paint() {
      WatchView.Settings settings =
          new WatchView.Settings(
              screen.width(),
              screen.height(),
              unicode,
              nanos / NANOS,
              order,
              fromBaseline,
              still.isPresent(),
              choice);
      String time = still.isPresent() ? stillSince : now();
      screen.paint(WatchView.screen(shown(), settings, time, message));
    }
  }
}
