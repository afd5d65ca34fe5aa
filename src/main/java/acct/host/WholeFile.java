package acct.host;

import acct.host.HostException.Kind;
import acct.text.PrintableText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;

/**
 * A file that is replaced as a whole: written beside, on the disk, and then renamed, so that a
 * crash, a kill and a full disk leave the old one.
 */
public final class WholeFile {
  /** Of a million counters. */
  private static final long MOST_BYTES = 128L << 20;

  /** Stands in place of bytes that are no UTF-8. */
  private static final char REPLACED = '\ufffd';

  private final Path path;

  public WholeFile(Path path) {
    this.path = path;
  }

  public Path path() {
    return path;
  }

  private String shown() {
    return PrintableText.of(path.toString());
  }

  /** Tells whether a file is still the one that was read: each write makes another. */
  public record Stamp(FileTime written, long size, Object inode) {
    // Written out for a fast start, as InterfaceName's is.
    @Override
    public boolean equals(Object other) {
      return other instanceof Stamp stamp
          && size == stamp.size
          && written.equals(stamp.written)
          && Objects.equals(inode, stamp.inode);
    }

    @Override
    public int hashCode() {
      return Objects.hash(written, size, inode);
    }
  }

  /** What the file is now; nothing where it is not there. */
  public Optional<Stamp> stamp() {
    try {
      BasicFileAttributes now =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return Optional.of(new Stamp(now.lastModifiedTime(), now.size(), now.fileKey()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Its text; nothing where there is none yet. */
  public Optional<String> read() throws HostException {
    try {
      Optional<FileChannel> opened = PrivateFiles.read(path);
      if (opened.isEmpty()) {
        return Optional.empty();
      }
      try (FileChannel channel = opened.get()) {
        long size = channel.size();
        if (size > MOST_BYTES) {
          throw new HostException(Kind.FAILED, shown() + " has more than " + MOST_BYTES + " bytes");
        }
        byte[] bytes = Channels.newInputStream(channel).readNBytes((int) size);
        // A decoder takes three times as long, and only it tells what is no UTF-8.
        String text = new String(bytes, StandardCharsets.UTF_8);
        return Optional.of(
            text.indexOf(REPLACED) < 0
                ? text
                : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      }
    } catch (IOException e) {
      throw Reasons.failure(shown() + " can't be read", e);
    }
  }

  /** Replaces it. */
  public void write(String text) throws HostException {
    Path beside = path.resolveSibling(path.getFileName() + ".new");
    try {
      PrivateFiles.checkIfThere(path);
      try (FileChannel channel = PrivateFiles.replace(beside)) {
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
      throw Reasons.failure(shown() + " can't be written", e);
    }
  }

  /** Removes it, if it is there. */
  public void delete() throws HostException {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw Reasons.failure(shown() + " can't be removed", e);
    }
  }
}
