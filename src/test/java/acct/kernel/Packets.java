package acct.kernel;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends a known number of UDP packets: ADDRESS… COUNT RATE, round the addresses, at a rate of
 * packets a second (0: as fast as it goes). Prints how many it sent.
 */
public final class Packets {
  private Packets() {}

  public static void main(String[] args) throws Exception {
    int addresses = args.length - 2;
    long count = Long.parseLong(args[addresses]);
    long rate = Long.parseLong(args[addresses + 1]);
    DatagramPacket[] packets = new DatagramPacket[addresses];
    for (int i = 0; i < addresses; i++) {
      packets[i] = new DatagramPacket(new byte[72], 72, InetAddress.getByName(args[i]), 9);
    }
    long start = System.nanoTime();
    try (DatagramSocket socket = new DatagramSocket()) {
      for (long i = 0; i < count; i++) {
        socket.send(packets[(int) (i % addresses)]);
        if (rate > 0) {
          long due = start + i * 1_000_000_000L / rate;
          while (System.nanoTime() < due) {
            LockSupport.parkNanos(due - System.nanoTime());
          }
        }
      }
    }
    System.out.println(count);
  }

  /** The command that sends them, to run inside a namespace. */
  static List<String> command(List<String> addresses, long count, long rate) {
    List<String> words =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                "target/test-classes",
                Packets.class.getName()));
    words.addAll(addresses);
    words.add(Long.toString(count));
    words.add(Long.toString(rate));
    return words;
  }
}
