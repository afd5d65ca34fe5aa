package acct.host;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.PumpStreamHandler;

/**
 * Runs one program to its end. Never a shell; the two output streams are never mixed, and no more
 * of them is kept than a limit.
 */
public final class Command {
  /** How much of what a program says, beside its result, is kept. */
  private static final int MOST_ERRORS = 64 << 10;

  /** How long its streams may stay open when it has ended, for a child of its own may have them. */
  private static final Duration STREAMS_LIMIT = Duration.ofSeconds(3);

  /** Why acct made an end of it. */
  public enum Stop {
    /** It took longer than its limit. */
    TOO_LONG,
    /** It printed more than its limit. */
    TOO_MUCH
  }

  /**
   * What came of it.
   *
   * @param output bytes of standard output as ISO-8859-1 reads them
   * @param errors the beginning of standard error, the same way
   * @param stopped nothing when it ended by itself
   */
  public record Result(int exitStatus, String output, String errors, Optional<Stop> stopped) {}

  private final List<String> words;
  private Optional<String> input = Optional.empty();
  private Optional<Duration> timeLimit = Optional.empty();
  private Optional<Long> outputLimit = Optional.empty();
  private final Map<String, String> more = new HashMap<>();

  public Command(List<String> words) {
    this.words = words;
  }

  /** Bytes for its standard input, one character each. */
  public Command input(String bytes) {
    this.input = Optional.of(bytes);
    return this;
  }

  /** A variable of its environment. */
  public Command variable(String name, String value) {
    more.put(name, value);
    return this;
  }

  /** When to kill it, with its children; without, it is waited for as long as it takes. */
  public Command limit(Duration time) {
    this.timeLimit = Optional.of(time);
    return this;
  }

  /** How many bytes it may print before it is killed; without, it is drained and not killed. */
  public Command limit(long output) {
    this.outputLimit = Optional.of(output);
    return this;
  }

  /** Runs it and waits. */
  public Result run() throws IOException {
    CommandLine line = new CommandLine(words.get(0));
    for (String word : words.subList(1, words.size())) {
      // Without false, commons-exec would alter arguments that have blanks or quotes.
      line.addArgument(word, false);
    }
    ProcessKiller reaper = new ProcessKiller();
    Runnable overflow = outputLimit.isPresent() ? () -> reaper.kill(Stop.TOO_MUCH) : () -> {};
    Bounded output = new Bounded(outputLimit.orElse((long) MOST_ERRORS), overflow);
    Bounded errors = new Bounded(MOST_ERRORS, () -> {});
    InputStream stdin =
        new ByteArrayInputStream(input.orElse("").getBytes(StandardCharsets.ISO_8859_1));
    PumpStreamHandler streams = new PumpStreamHandler(output, errors, stdin);
    streams.setStopTimeout(STREAMS_LIMIT);
    DefaultExecutor executor = DefaultExecutor.builder().setExecuteStreamHandler(streams).get();
    executor.setExitValues(null);
    executor.setProcessDestroyer(reaper);
    timeLimit.ifPresent(reaper::killAfter);
    try {
      executor.execute(line, environment());
    } catch (ExecuteException e) {
      // It ran, and left a child behind that keeps its streams open. What it printed itself has
      // been read by now, and how it ended is asked of the process.
    } finally {
      reaper.rest();
    }
    return new Result(
        reaper.exitStatus(),
        output.text(),
        errors.isOver() ? errors.text() + "\n… (the rest is left out)" : errors.text(),
        reaper.stopped());
  }

  /** Messages in English, whatever the user's language: acct reads them. */
  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("LC_ALL", "C");
    environment.putAll(more);
    return environment;
  }
}
