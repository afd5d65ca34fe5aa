package acct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.kernel.Namespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is delivered beside the jar. */
class DistributionIT {
  private static final Path DIST = Path.of(System.getProperty("acct.dist", "target/acct"));

  @TempDir private Path directory;

  private static void assertSilent(List<String> command) throws Exception {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      Namespace.unavailable("the distribution is not checked: " + e.getMessage());
      return;
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("", said);
    assertEquals(0, process.waitFor());
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void theUnitsAreSound() throws Exception {
    List<String> command = new ArrayList<>(List.of("systemd-analyze", "verify", "--man=no"));
    for (Path unit : files(DIST.resolve("systemd"))) {
      String text = Files.readString(unit);
      Path here = directory.resolve(unit.getFileName());
      Files.writeString(here, text.replace("/usr/lib/acct", DIST.toAbsolutePath().toString()));
      command.add(here.toString());
    }
    assertEquals(6, command.size(), command.toString());
    assertSilent(command);
  }

  @Test
  void theScriptsAreSound() throws Exception {
    List<String> command = new ArrayList<>(List.of("shellcheck"));
    for (Path folder : List.of(Path.of("src/main/dist"), Path.of("examples"), Path.of(".ci"))) {
      for (Path file : files(folder)) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (text.startsWith("#!/bin/sh") || text.startsWith("#!/bin/bash")) {
          command.add(file.toString());
        }
      }
    }
    assertTrue(command.size() > 6, command.toString());
    assertSilent(command);
  }

  @Test
  void itIsInstalledForAPackage() throws Exception {
    Path root = directory.resolve("root");
    Process install =
        new ProcessBuilder(
                "sh", "src/main/dist/install.sh", DIST.toString(), root.toString(), "/usr/local")
            .redirectErrorStream(true)
            .start();
    String said = new String(install.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, install.waitFor(), said);
    String unit =
        Files.readString(root.resolve("usr/local/lib/systemd/system/acct-restore.service"));
    assertTrue(unit.contains("ExecStart=/usr/local/lib/acct/bin/acct-boot"), unit);
    Process version =
        new ProcessBuilder(root.resolve("usr/local/bin/acct").toString(), "version")
            .redirectErrorStream(true)
            .start();
    String told = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, version.waitFor(), told);
    assertTrue(told.startsWith("acct "), told);
    for (String plugin : List.of("05-acct", "40-acct")) {
      Path file = root.resolve("usr/local/share/netfilter-persistent/plugins.d").resolve(plugin);
      assertTrue(Files.isExecutable(file), plugin);
    }
  }
}
