package acct.host;

import acct.host.HostException.Kind;
import acct.text.PrintableText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A file that is replaced as a whole: written beside, on the disk, and then renamed, so that a
 * crash, a kill and a full disk leave the old one.
 */
public final class WholeFile {
  /** Of a million counters. */
  private static final long MOST_BYTES = 128L << 20;

  private final Path path;

  WholeFile(Path path) {
    this.path = path;
  }

  public Path path() {
    return path;
  }

  private String shown() {
    return PrintableText.of(path.toString());
  }

  /** When it was last written, to tell whether it was since; 0 where it is not there. */
  public long written() {
    try {
      return Files.getLastModifiedTime(path).to(TimeUnit.NANOSECONDS);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Its text; nothing where there is none yet. */
  public Optional<String> read() throws HostException {
    try {
      if (!Files.exists(path)) {
        return Optional.empty();
      }
      if (Files.size(path) > MOST_BYTES) {
        throw new HostException(Kind.FAILED, shown() + " has more than " + MOST_BYTES + " bytes");
      }
      return Optional.of(Files.readString(path, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new HostException(Kind.FAILED, shown() + " can't be read: " + Reasons.of(e));
    }
  }

  /** Replaces it. */
  public void write(String text) throws HostException {
    Path beside = path.resolveSibling(path.getFileName() + ".new");
    try {
      Files.deleteIfExists(beside);
      Set<StandardOpenOption> options =
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try (FileChannel channel =
          FileChannel.open(
              beside,
              options,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(beside, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel directory = FileChannel.open(path.getParent())) {
        directory.force(true);
      }
    } catch (IOException e) {
      throw new HostException(Kind.FAILED, shown() + " can't be written: " + Reasons.of(e));
    }
  }

  /** Removes it, if it is there. */
  public void delete() throws HostException {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new HostException(Kind.FAILED, path + " can't be removed: " + Reasons.of(e));
    }
  }
}
