package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** acct watch in a terminal, which tmux is. */
class WatchIT {
  @TempDir private Path directory;

  private static String capture(Namespace namespace, String socket) {
    return namespace.run("tmux", "-S", socket, "capture-pane", "-p", "-t", "w").ok().out();
  }

  private static String await(Namespace namespace, String socket, Predicate<String> there)
      throws InterruptedException {
    String screen = "";
    for (int i = 0; i < 100; i++) {
      screen = capture(namespace, socket);
      if (there.test(screen)) {
        return screen;
      }
      Thread.sleep(100);
    }
    return Assertions.fail("not there in ten seconds:\n" + screen);
  }

  private static void press(Namespace namespace, String socket, String key) {
    namespace.run("tmux", "-S", socket, "send-keys", "-t", "w", key).ok();
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#all")
  void itIsPaintedInPlaceAndObeysItsKeys(Setup setup) throws Exception {
    boolean tmux = new ProcessBuilder("sh", "-c", "command -v tmux").start().waitFor() == 0;
    if (!tmux) {
      Namespace.unavailable("acct watch is not tested: tmux is not here");
    }
    String socket = directory.resolve("tmux").toString();
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      setup.addAddress(namespace, 1);
      acct.apply(
          acct.policy(
              "p",
              "families: "
                  + setup.families()
                  + "\nchains: [{name: A, attach: [INPUT], rules: [{name: quiet, protocol: gre},"
                  + " {name: loud, protocol: udp, destination: '"
                  + setup.address(1)
                  + "'}]}]"));
      Process stream = namespace.start(Packets.command(List.of(setup.address(1)), 60_000, 2_000));
      Path end = directory.resolve("end");
      String watch = String.join(" ", acct.command("watch")) + "; echo $? >" + end;
      namespace
          .run(
              "tmux",
              "-S",
              socket,
              "-f",
              "/dev/null",
              "new-session",
              "-d",
              "-s",
              "w",
              "-x",
              "80",
              "-y",
              "24",
              "LC_ALL=C.UTF-8 " + watch)
          .ok();
      try {
        String screen =
            await(
                namespace,
                socket,
                s -> s.contains("k   ") && s.contains("kbit/s") || s.contains("Mbit/s"));
        List<String> lines = screen.lines().toList();
        assertTrue(lines.get(0).startsWith("acct watch "), screen);
        assertTrue(lines.get(2).startsWith("A/loud "), screen);
        assertTrue(lines.get(3).startsWith("A/quiet "), screen);
        // 2,000 packets of 100 bytes (120 over IPv6) a second, as near as a second is one.
        assertTrue(lines.get(2).matches("A/loud +[12]\\.\\d k +\\d\\.\\d Mbit/s .*"), lines.get(2));
        press(namespace, socket, "s");
        press(namespace, socket, "s");
        await(namespace, socket, s -> s.contains("by name"));
        press(namespace, socket, "p");
        await(namespace, socket, s -> s.contains("PAUSED"));
        press(namespace, socket, "p");
        press(namespace, socket, "z");
        await(namespace, socket, s -> s.contains("since z") && !s.contains("PAUSED"));
        namespace
            .run("tmux", "-S", socket, "resize-window", "-t", "w", "-x", "200", "-y", "50")
            .ok();
        String wide = await(namespace, socket, s -> s.lines().anyMatch(line -> line.length() > 80));
        assertTrue(wide.lines().toList().get(2).startsWith("A/loud "), wide);
        press(namespace, socket, "q");
        for (int i = 0; i < 100 && !Files.exists(end); i++) {
          Thread.sleep(100);
        }
        assertEquals("0", Files.readString(end).strip());
      } finally {
        namespace.run("tmux", "-S", socket, "kill-server");
        stream.destroy();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aProgramGetsALineForEachInterval(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Namespace.Result none = acct.run("watch", "--output", "json", "--count", "1");
      assertEquals(1, none.status());
      assertTrue(none.err().contains("no chain is acct's"), none.err());
      acct.apply(
          acct.policy(
              "p", "families: [ipv4]\nchains: [{name: A, attach: [INPUT], rules: [{name: one}]}]"));
      Namespace.Result two =
          acct.run("watch", "--output", "json", "--interval", "0.2", "--count", "2").ok();
      assertEquals(2, two.out().lines().count());
      assertTrue(two.out().contains("\"rule\":\"one\",\"packets\":0"), two.out());
      Namespace.Result dumb = acct.run("watch");
      assertEquals(1, dumb.status(), dumb.out());
      assertTrue(dumb.err().contains("--output json"), dumb.err());
    }
  }
}
