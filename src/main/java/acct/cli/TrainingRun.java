package acct.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Runs commands in one process, for the installation: Java makes an archive of the classes that one
 * process has loaded, and each command loads others.
 */
public final class TrainingRun {
  private TrainingRun() {}

  /**
   * Reads a command from each line of standard input, as words with blanks between them. The last
   * ends the process, as a command does.
   */
  public static void main(String[] args) throws IOException {
    List<String> commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
            .lines()
            .toList();
    Optional<String[]> previous = Optional.empty();
    for (String command : commands) {
      previous.ifPresent(words -> Main.run(List.of(words), console()));
      previous = Optional.of(command.split(" ", -1));
    }
    previous.ifPresent(Main::main);
  }

  private static Console console() {
    return new Console(System.in, System.out, System.err, Console.Terminal.NONE, false);
  }
}
