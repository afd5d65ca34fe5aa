package acct.host;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
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
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;

/** Runs one program to its end. Never a shell; the two output streams are never mixed. */
final class Command {
  /**
   * What came of it.
   *
   * @param output bytes of standard output as ISO-8859-1 reads them
   * @param errors standard error, the same way
   * @param timedOut whether it was killed at its time limit
   */
  record Result(int exitStatus, String output, String errors, boolean timedOut) {}

  private final List<String> words;
  private Optional<String> input = Optional.empty();
  private Optional<Duration> limit = Optional.empty();
  private final Map<String, String> more = new HashMap<>();

  Command(List<String> words) {
    this.words = words;
  }

  /** Bytes for its standard input, one character each. */
  Command input(String bytes) {
    this.input = Optional.of(bytes);
    return this;
  }

  /** A variable of its environment. */
  Command variable(String name, String value) {
    more.put(name, value);
    return this;
  }

  /** When to kill it; without, it is waited for as long as it takes. */
  Command limit(Duration time) {
    this.limit = Optional.of(time);
    return this;
  }

  /** Runs it and waits. */
  Result run() throws IOException {
    CommandLine line = new CommandLine(words.get(0));
    for (String word : words.subList(1, words.size())) {
      // Without false, commons-exec would alter arguments that have blanks or quotes.
      line.addArgument(word, false);
    }
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    InputStream stdin =
        new ByteArrayInputStream(input.orElse("").getBytes(StandardCharsets.ISO_8859_1));
    DefaultExecutor executor =
        DefaultExecutor.builder()
            .setExecuteStreamHandler(new PumpStreamHandler(output, errors, stdin))
            .get();
    executor.setExitValues(null);
    Optional<ExecuteWatchdog> watchdog =
        limit.map(time -> ExecuteWatchdog.builder().setTimeout(time).get());
    watchdog.ifPresent(executor::setWatchdog);
    int status;
    try {
      status = executor.execute(line, environment());
    } catch (ExecuteException e) {
      status = e.getExitValue();
    }
    return new Result(
        status,
        output.toString(StandardCharsets.ISO_8859_1),
        errors.toString(StandardCharsets.ISO_8859_1),
        watchdog.isPresent() && watchdog.get().killedProcess());
  }

  /** Messages in English, whatever the user's language: acct reads them. */
  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("LC_ALL", "C");
    environment.putAll(more);
    return environment;
  }
}
