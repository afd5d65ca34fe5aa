package acct.bench;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Times two commands in turn (A B A B …), from start to exit: a machine whose speed drifts slows
 * both alike.
 */
public final class Turns {
  private static final int WARM_UP = 2;

  private record Timed(String label, List<String> words, int status, List<Double> millis) {
    void run(boolean counts) throws IOException, InterruptedException {
      long begun = System.nanoTime();
      int exit =
          new ProcessBuilder(words)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      double took = (System.nanoTime() - begun) / 1e6;
      if (exit != status) {
        throw new IOException(label + " ended with " + exit + " and not " + status + ": " + words);
      }
      if (counts) {
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

    void print() {
      System.out.printf(
          "  %-42s %9.1f %9.1f %9.1f%n",
          label, Collections.min(millis), median(), Collections.max(millis));
    }
  }

  private Turns() {}

  /**
   * {@code PAIRS -- STATUS LABEL WORD… -- STATUS LABEL WORD…}: two commands, the exit status each
   * is to end with, and their names in the table.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int pairs = Integer.parseInt(args[0]);
    List<String> words = List.of(args).subList(2, args.length);
    int middle = words.indexOf("--");
    Timed a = timed(words.subList(0, middle));
    Timed b = timed(words.subList(middle + 1, words.size()));
    for (int i = 0; i < WARM_UP + pairs; i++) {
      a.run(i >= WARM_UP);
      b.run(i >= WARM_UP);
    }
    System.out.printf(
        "  %-42s %9s %9s %9s%n", "ms of " + pairs + " in turn", "min", "median", "max");
    for (Timed timed : Arrays.asList(a, b)) {
      timed.print();
    }
    System.out.printf("  %-42s %19.2f%n", "ratio of the medians", a.median() / b.median());
  }

  private static Timed timed(List<String> words) {
    return new Timed(
        words.get(1),
        words.subList(2, words.size()),
        Integer.parseInt(words.get(0)),
        new ArrayList<>());
  }
}
