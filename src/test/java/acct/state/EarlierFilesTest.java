package acct.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.host.WholeFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierFilesTest {
  private static final long MINUTE = 60_000;

  @TempDir private Path directory;

  @Test
  void theLastFewStayAndOlderOnesGetFarBetween() throws Exception {
    Files.setPosixFilePermissions(
        directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    EarlierFiles files = new EarlierFiles(directory.resolve("earlier"));
    WholeFile file = new WholeFile(directory.resolve("ledger"));
    long begin = 1_800_000_000_000L;
    files.keep(file, Instant.ofEpochMilli(begin));
    assertEquals(0, files.all().size());
    int days = 10;
    for (int i = 0; i < days * 288; i++) {
      Files.writeString(directory.resolve("next"), "reading " + i);
      Files.move(
          directory.resolve("next"),
          file.path(),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      files.keep(file, Instant.ofEpochMilli(begin + i * (5 * MINUTE)));
    }
    List<WholeFile> all = files.all();
    assertTrue(all.size() >= 12 && all.size() <= 25, "kept " + all.size());
    for (int i = 0; i < 4; i++) {
      assertEquals("reading " + (days * 288 - 1 - i), all.get(i).read().orElseThrow());
    }
    long oldest = Long.parseLong(all.get(all.size() - 1).path().getFileName().toString());
    assertTrue(oldest <= begin + 6L * 288 * 5 * MINUTE, "the oldest is not old");
    Files.write(file.path(), new byte[5 << 20]);
    files.keep(file, Instant.ofEpochMilli(begin + 11L * 288 * 5 * MINUTE));
    assertEquals(4, files.all().size());
  }
}
