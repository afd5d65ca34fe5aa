package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The state directory's disk is full at one moment or another of an apply, an undo or a zero: what
 * could not be recorded ends with an error, and once there is room again every packet is in a
 * total.
 */
class FullDiskIT {
  private static final int SENT = 10;
  private static final int MORE = 5;
  private static final int MOST_PAGES = 4;

  @TempDir private Path directory;

  private enum Operation {
    APPLY,
    UNDO,
    ZERO
  }

  record Case(Operation operation, Setup setup) {}

  static Stream<Case> cases() {
    return Setup.ipv4()
        .flatMap(setup -> Stream.of(Operation.values()).map(one -> new Case(one, setup)))
        .filter(
            one -> one.operation() == Operation.ZERO || one.setup().backend() == Backend.Kind.NFT);
  }

  private static Path policy(Acct acct, Setup setup, boolean renamed) {
    return acct.policy(
        "p",
        "families: "
            + setup.families()
            + (renamed ? "\nmoved: [{from: C/https, to: C/tls}]" : "")
            + "\nchains: [{name: C, attach: [INPUT], rules: [{name: "
            + (renamed ? "tls" : "https")
            + ", protocol: udp}, {name: "
            + (renamed ? "new" : "old")
            + ", protocol: gre}]}]");
  }

  private static void send(Namespace namespace, Setup setup, int packets) {
    List<String> command = Packets.command(List.of(setup.address(1)), packets, 0);
    Namespace.finish(namespace.start(command), "").ok();
  }

  /**
   * Runs acct on a disk that has that many pages of 4 kB left, with the state that there is, and
   * keeps the state that there is then.
   */
  private Namespace.Result onAFullDisk(Namespace namespace, int pages, List<String> command)
      throws IOException {
    Path script =
        Files.writeString(
            directory.resolve("full"),
            """
            cd %s
            mount -t tmpfs -o size=1m,mode=0700 none mnt
            cp -a state/. mnt/
            free=$(df --output=avail -B 4096 mnt | tail -1)
            head -c $(((free - %d) * 4096)) /dev/zero >mnt/big
            mount --bind mnt state
            "$@"; status=$?
            umount state
            rm mnt/big
            rm -rf state.new && cp -a mnt state.new
            exit $status
            """
                .formatted(directory, pages));
    Files.createDirectories(directory.resolve("mnt"));
    List<String> words = new ArrayList<>(List.of("sh", script.toString()));
    words.addAll(command);
    Namespace.Result result = namespace.run(namespace.inMounts("true", words), "");
    namespace.run(
        "sh",
        "-c",
        "cd " + directory + " && rm -rf state && mv state.new state && chmod 700 state");
    return result;
  }

  private Map<String, Long> shown(Acct acct) {
    Map<String, Long> totals = new TreeMap<>();
    acct.run("show", "--output", "tsv")
        .ok()
        .out()
        .lines()
        .skip(1)
        .map(line -> line.split("\t"))
        .forEach(cells -> totals.put(cells[4], Long.parseLong(cells[5])));
    return totals;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyPacketIsInATotal(Case what) throws Exception {
    Setup setup = what.setup();
    List<String> statuses = new ArrayList<>();
    for (int pages = 0; pages <= MOST_PAGES; pages++) {
      try (Namespace namespace = Namespace.open()) {
        Acct acct = new Acct(namespace, setup, directory);
        namespace.run("rm", "-rf", directory.resolve("state").toString()).ok();
        acct.apply(policy(acct, setup, false));
        send(namespace, setup, SENT);
        if (what.operation() == Operation.UNDO) {
          acct.apply(policy(acct, setup, true));
        }
        List<String> command =
            switch (what.operation()) {
              case APPLY -> acct.command("apply", policy(acct, setup, true).toString());
              case UNDO -> acct.command("undo");
              case ZERO -> acct.command("zero", "C");
            };
        Namespace.Result result = onAFullDisk(namespace, pages, command);
        statuses.add(Integer.toString(result.status()));
        send(namespace, setup, MORE);
        // The next command goes on from where the disk was full.
        acct.run("snapshot").ok();
        Map<String, Long> totals = shown(acct);
        long total = totals.getOrDefault("https", 0L) + totals.getOrDefault("tls", 0L);
        String log = acct.run("log").ok().out();
        boolean zeroed = log.contains(SENT + " packets");
        String why = what + ", " + pages + " pages: " + result.err() + totals + "\n" + log;
        if (what.operation() == Operation.ZERO && total == MORE) {
          assertTrue(zeroed, why);
        } else {
          assertEquals(SENT + MORE, total, why);
        }
        assertEquals(2, totals.size(), why);
        if (result.status() != 0) {
          assertTrue(result.err().contains("No space left on device"), why);
        }
        Namespace.finish(namespace.start(command), "");
        acct.run("snapshot").ok();
        assertEquals(2, shown(acct).size(), why);
      }
    }
    System.err.println(what + ": status by free pages " + String.join(" ", statuses));
    assertTrue(statuses.contains("1"), statuses.toString());
    assertEquals("0", statuses.get(MOST_PAGES), statuses.toString());
  }
}
