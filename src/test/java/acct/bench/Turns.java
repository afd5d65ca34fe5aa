package acct.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Times commands in turn (A B C A B C …), from start to exit: a machine whose speed drifts slows
 * all alike. The ratio of the first to the second is held against the one that was recorded.
 */
public final class Turns {
  private static final int WARM_UP = 2;

  /** A ratio that is so many times the recorded one is a regression. */
  private static final double MOST = 1.5;

  private record Timed(String label, List<String> words, int status, List<Double> millis) {
    /** Runs it once; {@code {}} in its words is a or b, in turn, so that each run has a change. */
    void run(int turn) throws IOException, InterruptedException {
      List<String> command = new ArrayList<>();
      words.forEach(word -> command.add(word.replace("{}", turn % 2 == 0 ? "a" : "b")));
      long begun = System.nanoTime();
      int exit =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      double took = (System.nanoTime() - begun) / 1e6;
      if (exit != status) {
        throw new IOException(
            label + " ended with " + exit + " and not " + status + ": " + command);
      }
      if (turn >= WARM_UP) {
        millis.add(took);
      }
    }

    double median() {
      List<Double> sorted = new ArrayList<>(millis);
      Collections.sort(sorted);
      int half = sorted.size() / 2;
      return sorted.size() % 2 == 1
          ? sorted.get(half)
          : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    void print(double first) {
      System.out.printf(
          "  %-38s %9.1f %9.1f %9.1f %8.2f%n",
          label, Collections.min(millis), median(), Collections.max(millis), first / median());
    }
  }

  private Turns() {}

  /**
   * {@code TURNS KEY RECORD -- STATUS LABEL WORD… -- STATUS LABEL WORD… …}: how often, the name of
   * the ratio in the file of recorded ones, and commands, with the exit status each is to end with
   * and their names in the table. With {@code ACCT_BENCH_RECORD} set the ratio is recorded. Ends
   * with 1 where it has risen by more than half.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int turns = Integer.parseInt(args[0]);
    List<Timed> commands = commands(List.of(args).subList(3, args.length));
    for (int turn = 0; turn < WARM_UP + turns; turn++) {
      for (Timed command : commands) {
        command.run(turn);
      }
    }
    System.out.printf(
        "  %-38s %9s %9s %9s %8s%n",
        "ms of " + turns + " in turn", "min", "median", "max", "ratio");
    double first = commands.get(0).median();
    commands.forEach(command -> command.print(first));
    double ratio = first / commands.get(1).median();
    if (!hold(Path.of(args[2]), args[1], ratio)) {
      System.exit(1);
    }
  }

  private static List<Timed> commands(List<String> words) {
    List<Timed> commands = new ArrayList<>();
    int from = 1;
    while (from <= words.size()) {
      int next = words.subList(from, words.size()).indexOf("--");
      int end = next < 0 ? words.size() : from + next;
      List<String> one = words.subList(from, end);
      commands.add(
          new Timed(
              one.get(1),
              one.subList(2, one.size()),
              Integer.parseInt(one.get(0)),
              new ArrayList<>()));
      from = end + 1;
    }
    return commands;
  }

  /** Whether a ratio is what it was, more or less; recorded where that is asked for. */
  private static boolean hold(Path file, String key, double ratio) throws IOException {
    Map<String, Double> recorded = new TreeMap<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] cells = line.split("\t", -1);
        recorded.put(cells[0], Double.parseDouble(cells[1]));
      }
    }
    if (System.getenv("ACCT_BENCH_RECORD") != null) {
      recorded.put(key, ratio);
      List<String> lines = new ArrayList<>();
      recorded.forEach((name, value) -> lines.add(name + "\t" + String.format("%.2f", value)));
      Files.write(file, lines);
      return true;
    }
    Double before = recorded.get(key);
    if (before != null && ratio > MOST * before) {
      System.out.printf("  SLOWER: the ratio was %.2f when it was recorded%n", before);
      return false;
    }
    return true;
  }
}
