package acct.host;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps the first bytes of what a program prints, and drains the rest. */
final class Bounded extends OutputStream {
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final long most;
  private final Runnable overflow;
  private boolean over;

  /**
   * @param overflow is run once, at the first byte that is not kept
   */
  Bounded(long most, Runnable overflow) {
    this.most = most;
    this.overflow = overflow;
  }

  @Override
  public void write(int one) {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int count) {
    int taken = (int) Math.min(count, most - kept.size());
    kept.write(bytes, from, taken);
    if (taken < count && !over) {
      over = true;
      overflow.run();
    }
  }

  synchronized boolean isOver() {
    return over;
  }

  /** As ISO-8859-1 reads them. */
  synchronized String text() {
    return kept.toString(StandardCharsets.ISO_8859_1);
  }
}
