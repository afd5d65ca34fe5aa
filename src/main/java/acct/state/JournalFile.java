package acct.state;

import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.PrivateFiles;
import acct.host.Reasons;
import acct.text.PrintableText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file of lines that only grows, each on the disk before the next thing is done. A line that was
 * torn (the power failed, the disk was full) stays alone on its line: what follows is whole.
 */
public final class JournalFile {
  /** Of a plan with some 300,000 changes. */
  private static final int MOST_LINE_BYTES = 128 << 20;

  private static final int BUFFER_BYTES = 64 << 10;

  private final Path path;

  JournalFile(Path path) {
    this.path = path;
  }

  public Path path() {
    return path;
  }

  private String shown() {
    return PrintableText.of(path.toString());
  }

  /**
   * Adds a line and waits until it is on the disk.
   *
   * @param line without a newline
   */
  public void append(String line) throws HostException {
    try (FileChannel channel = PrivateFiles.update(path)) {
      long end = channel.size();
      String text = (endsInTheMiddle(channel, end) ? "\n" : "") + line + "\n";
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        end += channel.write(bytes, end);
      }
      channel.force(true);
    } catch (IOException e) {
      throw new HostException(
          Kind.FAILED, "the journal " + shown() + " can't be written: " + Reasons.of(e));
    }
  }

  private static boolean endsInTheMiddle(FileChannel channel, long size) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    return size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n';
  }

  /** Is given the lines of a journal, one after another. */
  public interface Reader {
    /** A line of text, without its newline; it may be torn, or anything. */
    void line(String line);

    /** A line that is no text, or longer than any that acct writes. */
    void unreadable();
  }

  /**
   * Hands on all lines, the torn ones too; none when there is no journal yet. No more than one of
   * them is in memory.
   *
   * @throws HostException when it can't be read, or others may have written it
   */
  public void read(Reader reader) throws HostException {
    try {
      Optional<FileChannel> opened = PrivateFiles.read(path);
      if (opened.isPresent()) {
        try (FileChannel channel = opened.get()) {
          read(channel, reader);
        }
      }
    } catch (IOException e) {
      throw Reasons.failure("the journal " + shown() + " can't be read", e);
    }
  }

  private static void read(FileChannel channel, Reader reader) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean tooLong = false;
    while (channel.read(buffer) >= 0) {
      byte[] bytes = buffer.array();
      int from = 0;
      for (int i = 0; i < buffer.position(); i++) {
        if (bytes[i] == '\n') {
          tooLong |= line.size() + i - from > MOST_LINE_BYTES;
          if (!tooLong) {
            line.write(bytes, from, i - from);
          }
          hand(line, tooLong, reader);
          line = line.size() > BUFFER_BYTES ? new ByteArrayOutputStream() : line;
          line.reset();
          tooLong = false;
          from = i + 1;
        }
      }
      tooLong |= line.size() + buffer.position() - from > MOST_LINE_BYTES;
      if (tooLong) {
        line = new ByteArrayOutputStream();
      } else {
        line.write(bytes, from, buffer.position() - from);
      }
      buffer.clear();
    }
    if (line.size() > 0 || tooLong) {
      hand(line, tooLong, reader);
    }
  }

  private static void hand(ByteArrayOutputStream line, boolean tooLong, Reader reader) {
    Optional<String> text = tooLong ? Optional.empty() : text(line.toByteArray());
    if (text.isPresent()) {
      reader.line(text.get());
    } else {
      reader.unreadable();
    }
  }

  /** Nothing where it is not UTF-8. */
  private static Optional<String> text(byte[] bytes) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return Optional.of(text.toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
