package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acct.netfilter.LiveRule;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * Another program on the same machine, as fail2ban or Docker: it inserts and deletes rules of its
 * own in INPUT, at the top and at the bottom, and fills and flushes a chain of its own. It knows
 * what has to be there.
 */
final class SecondProgram {
  private static final String CHAIN = "SECOND";
  private static final int CHANGES_A_SECOND = 100;
  private static final int AT_MOST = 30;

  private final Process shell;
  private final BufferedReader statuses;
  private final String iptables;
  private final Random random;
  private final List<String> input = new ArrayList<>();
  private final List<String> chain = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private final CompletableFuture<Void> running;
  private volatile boolean ending;
  private int changes;
  private double seconds;

  private SecondProgram(Namespace namespace, Setup setup, Random random) {
    this.random = random;
    // Without -w, the legacy command gives up when acct has the lock.
    iptables = setup.command() + " -w ";
    shell = namespace.start(List.of("sh"));
    statuses = shell.inputReader(StandardCharsets.UTF_8);
    change("-N " + CHAIN);
    insert("-j " + CHAIN);
    assertEquals(List.of(), failed);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    running = CompletableFuture.runAsync(this::work, thread);
    thread.shutdown();
  }

  static SecondProgram start(Namespace namespace, Setup setup, Random random) {
    return new SecondProgram(namespace, setup, random);
  }

  private void work() {
    long start = System.nanoTime();
    while (!ending) {
      step();
      long due = start + changes * 1_000_000_000L / CHANGES_A_SECOND;
      while (!ending && System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
    }
    seconds = (System.nanoTime() - start) / 1e9;
  }

  private void step() {
    int what = random.nextInt(6);
    if (what == 0 && input.size() < AT_MOST) {
      insert("-s 198.51.100." + random.nextInt(256) + "/32 ACCEPT");
    } else if (what == 1 && input.size() < AT_MOST) {
      String rule = rule("-s 198.51.100." + random.nextInt(256) + "/32 ACCEPT");
      if (change("-A INPUT " + rule)) {
        input.add(rule);
      }
    } else if (what == 2 && chain.size() > 10) {
      if (change("-F " + CHAIN)) {
        chain.clear();
      }
    } else if (what < 4 || input.size() < 2) {
      String rule = rule("-p tcp RETURN");
      if (change("-A " + CHAIN + " " + rule)) {
        chain.add(rule);
      }
    } else {
      String rule = input.get(random.nextInt(input.size()));
      if (!rule.endsWith(CHAIN) && change("-D INPUT " + rule)) {
        input.remove(rule);
      }
    }
  }

  private void insert(String words) {
    String rule = rule(words);
    if (change("-I INPUT " + rule)) {
      input.add(0, rule);
    }
  }

  /** A rule as it is saved, with a comment that no other has. */
  private String rule(String words) {
    int target = words.lastIndexOf(' ');
    String match = words.startsWith("-j ") ? "" : words.substring(0, target) + " ";
    return match + "-m comment --comment second" + changes + " -j " + words.substring(target + 1);
  }

  /** What it said it could not do it has not done: that is compared as well. */
  private boolean change(String words) {
    changes++;
    try {
      shell
          .outputWriter(StandardCharsets.UTF_8)
          .append(iptables + words + " 2>&1; echo \" $?\"\n")
          .flush();
      StringBuilder said = new StringBuilder();
      String line = statuses.readLine();
      while (line != null && !line.startsWith(" ")) {
        said.append(line).append('\n');
        line = statuses.readLine();
      }
      if (!" 0".equals(line)) {
        failed.add(words + ": " + said.toString().strip());
      }
      return " 0".equals(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void end() throws IOException {
    ending = true;
    running.join();
    shell.outputWriter(StandardCharsets.UTF_8).close();
  }

  /** No rule of its is lost, altered, doubled or in another order. */
  void assertIntact(Acct acct) {
    List<String> inInput =
        acct.rules("INPUT").stream()
            .map(LiveRule::words)
            .filter(words -> words.stream().anyMatch(word -> word.matches("second\\d+")))
            .map(words -> String.join(" ", words))
            .toList();
    assertEquals(input, inInput);
    List<String> inChain =
        acct.rules(CHAIN).stream().map(rule -> String.join(" ", rule.words())).toList();
    assertEquals(chain, inChain);
  }

  @Override
  public String toString() {
    return String.format(
            "%,d changes by another, %.0f a second, %d failed",
            changes, changes / seconds, failed.size())
        + (failed.isEmpty() ? "" : " " + failed.subList(0, Math.min(3, failed.size())));
  }
}
