package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Packets without a pause until it is told to end, and then how many they were: two senders in
 * rounds, so that one is sending while the other starts anew.
 */
final class Traffic {
  private static final int SENDERS = 2;
  private static final int ROUND = 16_000;
  private static final int RATE = 8_000;

  private final Namespace namespace;
  private final List<String> addresses;
  private final List<CompletableFuture<Long>> sent = new ArrayList<>();
  private volatile boolean ending;

  private Traffic(Namespace namespace, List<String> addresses) {
    this.namespace = namespace;
    this.addresses = addresses;
  }

  /** Starts one; a round has the same number of packets for each address. */
  static Traffic start(Namespace namespace, List<String> addresses) {
    assertEquals(0, ROUND % addresses.size());
    Traffic traffic = new Traffic(namespace, addresses);
    // Of its own: the common pool has one thread on a small machine.
    ExecutorService threads = Executors.newFixedThreadPool(SENDERS);
    for (int i = 0; i < SENDERS; i++) {
      traffic.sent.add(CompletableFuture.supplyAsync(traffic::rounds, threads));
    }
    threads.shutdown();
    return traffic;
  }

  private long rounds() {
    long packets = 0;
    while (!ending) {
      Process round = namespace.start(Packets.command(addresses, ROUND, RATE));
      packets += Long.parseLong(Namespace.finish(round, "").ok().out().strip());
    }
    return packets;
  }

  /** Waits for the rounds that run, and returns the number of packets to each address. */
  long end() {
    ending = true;
    return sent.stream().mapToLong(CompletableFuture::join).sum() / addresses.size();
  }
}
