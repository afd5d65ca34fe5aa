package acct.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/**
 * The user's terminal as a screen that is painted in place. Only {@code acct watch} loads it. JLine
 * runs stty for it; its native library is not used.
 */
final class Screen implements AutoCloseable {
  private final Terminal terminal;
  private final Attributes before;
  private final AtomicBoolean resized = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();

  private Screen(Terminal terminal) {
    this.terminal = terminal;
    this.before = terminal.enterRawMode();
  }

  /** Opens it; fails where there is no terminal. */
  static Screen open() throws IOException {
    Terminal terminal =
        TerminalBuilder.builder()
            .system(true)
            .provider("exec")
            .dumb(false)
            .encoding(StandardCharsets.UTF_8)
            .build();
    Screen screen = new Screen(terminal);
    terminal.handle(Terminal.Signal.WINCH, signal -> screen.resized.set(true));
    terminal.handle(Terminal.Signal.INT, signal -> screen.ended.set(true));
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    terminal.puts(Capability.clear_screen);
    return screen;
  }

  /**
   * Whether this terminal can show characters beyond ASCII. The launcher has seen the user's
   * locale; Java itself runs in another.
   */
  static boolean isUnicode() {
    return Boolean.getBoolean("acct.unicode");
  }

  int width() {
    return terminal.getWidth() > 0 ? terminal.getWidth() : 80;
  }

  int height() {
    return terminal.getHeight() > 0 ? terminal.getHeight() : 24;
  }

  /** Whether the user has asked to end it by Ctrl-C. */
  boolean isEnded() {
    return ended.get();
  }

  void paint(List<String> lines) {
    if (resized.getAndSet(false)) {
      terminal.puts(Capability.clear_screen);
    }
    terminal.puts(Capability.cursor_home);
    for (int i = 0; i < lines.size(); i++) {
      if (i > 0) {
        terminal.writer().print("\r\n");
      }
      terminal.writer().print(lines.get(i));
      terminal.puts(Capability.clr_eol);
    }
    terminal.puts(Capability.clr_eos);
    terminal.flush();
  }

  /**
   * Waits for a key.
   *
   * @return the key; a blank when there was none, or the screen was resized
   */
  char key(long millis) throws IOException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (!ended.get() && !resized.get()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return ' ';
      }
      int read = terminal.reader().read(Math.min(left, 100));
      if (read >= 0) {
        return (char) read;
      }
      if (read != NonBlockingReader.READ_EXPIRED) {
        return 'q';
      }
    }
    return ' ';
  }

  @Override
  public void close() throws IOException {
    terminal.puts(Capability.cursor_normal);
    terminal.puts(Capability.exit_ca_mode);
    terminal.flush();
    terminal.setAttributes(before);
    terminal.close();
  }
}
