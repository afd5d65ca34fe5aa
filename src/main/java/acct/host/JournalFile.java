package acct.host;

import acct.host.HostException.Kind;
import acct.text.PrintableText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;

/**
 * A file of lines that only grows, each on the disk before the next thing is done. A line that was
 * torn (the power failed, the disk was full) stays alone on its line: what follows is whole.
 */
public final class JournalFile {
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
    boolean made = !Files.exists(path);
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (made) {
        Files.setPosixFilePermissions(
            path, Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
      }
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

  /** All lines, the torn ones too; none when there is no journal yet. */
  public List<String> lines() throws HostException {
    try {
      if (!Files.exists(path)) {
        return List.of();
      }
      return new String(Files.readAllBytes(path), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new HostException(
          Kind.FAILED, "the journal " + shown() + " can't be read: " + Reasons.of(e));
    }
  }
}
