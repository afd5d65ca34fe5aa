package acct.reconcile;

import acct.dataplane.iptables.Block;
import acct.host.HostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes blocks one by one, since each is a transaction of its own: when one fails, those before it
 * are taken back, the last first.
 */
final class Writer {
  private final Host host;
  private final List<Block> blocks;
  private final List<Block> undo;
  private int done;

  /**
   * A writer.
   *
   * @param undo of each block the one that takes it back
   */
  Writer(Host host, List<Block> blocks, List<Block> undo) {
    this.host = host;
    this.blocks = blocks;
    this.undo = undo;
  }

  /** Writes all of them, or throws what the first that failed said. */
  void write() throws HostException {
    while (done < blocks.size()) {
      Block block = blocks.get(done);
      host.iptables(block.family()).restore(block.text());
      done++;
    }
  }

  /** How the way back went. */
  record Undone(boolean whole, String report) {}

  /** Takes back what was written, and says what stands then. */
  Undone undo() {
    if (done == 0) {
      return new Undone(true, "nothing was changed");
    }
    List<String> back = new ArrayList<>();
    while (done > 0) {
      Block block = undo.get(done - 1);
      try {
        host.iptables(block.family()).restore(block.text());
      } catch (HostException e) {
        List<String> stands = new ArrayList<>();
        for (Block one : blocks.subList(0, done)) {
          stands.add(name(one));
        }
        return new Undone(
            false,
            "could not undo "
                + name(block)
                + " ("
                + e.getMessage()
                + "); what stands of the change: "
                + String.join(", ", stands));
      }
      back.add(name(block));
      done--;
    }
    return new Undone(
        true, "undone: " + String.join(", ", back) + "; the rules are what they were before");
  }

  private static String name(Block block) {
    return block.family().label() + " " + block.table();
  }
}
