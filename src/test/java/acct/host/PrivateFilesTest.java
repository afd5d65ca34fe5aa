package acct.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.host.HostException.Kind;
import acct.kernel.Namespace;
import acct.state.JournalFile;
import acct.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What others may have put into the state directory is neither followed, truncated nor waited for.
 */
class PrivateFilesTest {
  @TempDir private Path parent;
  private Path state;

  @BeforeEach
  void make() throws HostException {
    state = parent.resolve("state");
    StateDirectory.open(state);
  }

  /** A file of the state directory, and what acct does with it. */
  record Use(String file, Action action) {
    interface Action {
      void on(StateDirectory directory) throws HostException;
    }

    @Override
    public String toString() {
      return file;
    }
  }

  static Stream<Use> uses() {
    return Stream.of(
        new Use("lock", directory -> directory.lock("test", Duration.ZERO).close()),
        new Use("journal.jsonl", directory -> directory.journal().append("{}")),
        new Use("journal.jsonl", directory -> read(directory.journal())),
        new Use("ledger", directory -> directory.ledger().file().read()),
        new Use("ledger", directory -> directory.ledger().file().write("x")),
        new Use("pending", directory -> directory.pending().read()));
  }

  private static void read(JournalFile journal) throws HostException {
    journal.read(
        new JournalFile.Reader() {
          @Override
          public void line(String line) {}

          @Override
          public void unreadable() {}
        });
  }

  private HostException refused(Use use) {
    Executable run = () -> use.action().on(StateDirectory.open(state));
    return assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> assertThrows(HostException.class, run));
  }

  @ParameterizedTest
  @MethodSource("uses")
  void aSymbolicLinkIsNotFollowed(Use use) throws IOException {
    Path other = Files.writeString(parent.resolve("other"), "precious");
    Files.createSymbolicLink(state.resolve(use.file()), other);
    HostException e = refused(use);
    assertEquals(Kind.UNTRUSTED, e.kind());
    assertTrue(e.getMessage().contains("is a symbolic link"), e.getMessage());
    assertEquals("precious", Files.readString(other));
  }

  @ParameterizedTest
  @MethodSource("uses")
  void aFifoIsNotWaitedFor(Use use) throws Exception {
    Path fifo = state.resolve(use.file());
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    assertTrue(refused(use).getMessage().contains("is a FIFO"));
  }

  @ParameterizedTest
  @MethodSource("uses")
  void aFileThatOthersMayWriteIsRefused(Use use) throws IOException {
    Path file = Files.writeString(state.resolve(use.file()), "");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertTrue(refused(use).getMessage().contains("has mode 0666"));
  }

  @ParameterizedTest
  @MethodSource("uses")
  void aFileOfAnotherUserIsRefused(Use use) throws Exception {
    if (!"root".equals(System.getProperty("user.name"))) {
      Namespace.unavailable("only root can give a file to another user");
    }
    Path file = Files.writeString(state.resolve(use.file()), "");
    assertEquals(0, new ProcessBuilder("chown", "65534", file.toString()).start().waitFor());
    assertTrue(refused(use).getMessage().contains("belongs to user 65534"));
  }

  @Test
  void aDirectoryThatOthersMayWriteIsRefusedAndOneThatAGroupReadsIsNot() throws Exception {
    for (String mode : List.of("rwxrwxr-x", "rwxrwxrwx")) {
      Files.setPosixFilePermissions(state, PosixFilePermissions.fromString(mode));
      HostException e = assertThrows(HostException.class, () -> StateDirectory.open(state));
      assertEquals(Kind.UNTRUSTED, e.kind());
      assertTrue(e.getMessage().contains("chmod go-w"), e.getMessage());
    }
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-x---"));
    StateDirectory.open(state);
    assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(state)));
  }

  @Test
  void aParentThatOthersMayWriteIsRefusedUnlessItIsSticky() throws Exception {
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxrwxrwx"));
    HostException e = assertThrows(HostException.class, () -> StateDirectory.open(state));
    assertTrue(e.getMessage().contains("without the sticky bit"), e.getMessage());
    assertEquals(0, new ProcessBuilder("chmod", "1777", parent.toString()).start().waitFor());
    StateDirectory.open(state);
  }

  @Test
  void aLinkToADirectoryThatIsSafeIsFollowed() throws Exception {
    Path link = Files.createSymbolicLink(parent.resolve("link"), state);
    StateDirectory.open(link).journal().append("{}");
    assertEquals("{}\n", Files.readString(state.resolve("journal.jsonl")));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(state.resolve("journal.jsonl"))));
  }
}
