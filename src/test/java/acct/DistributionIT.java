package acct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.kernel.Namespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    assertEquals(7, command.size(), command.toString());
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
    run("sh", "src/main/dist/install.sh", DIST.toString(), root.toString(), "/usr/local");
    String unit =
        Files.readString(root.resolve("usr/local/lib/systemd/system/acct-restore.service"));
    assertTrue(unit.contains("ExecStart=/usr/local/lib/acct/bin/acct-boot"), unit);
    String told = run(root.resolve("usr/local/bin/acct").toString(), "version");
    assertTrue(told.startsWith("acct "), told);
    for (String plugin : List.of("05-acct", "40-acct")) {
      Path file = root.resolve("usr/local/share/netfilter-persistent/plugins.d").resolve(plugin);
      assertTrue(Files.isExecutable(file), plugin);
    }
  }

  private record Ran(int status, String out, String err) {}

  /** Runs a line of the shell, where {@code "$acct"} is the command, with these variables alone. */
  private Ran shell(String line, Map<String, String> variables) throws Exception {
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", line);
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().retainAll(Set.of("PATH", "JAVA_HOME", "ACCT_JAVA"));
    builder.environment().putAll(variables);
    builder.environment().put("acct", DIST.resolve("bin/acct").toString());
    int status = builder.start().waitFor();
    return new Ran(status, Files.readString(out), Files.readString(err));
  }

  /** cron, systemd and Ansible have no locale, and ssh one that is not installed. */
  @Test
  void fileNamesAreReadInAnyLocale() throws Exception {
    Path folder = Path.of(directory.toString(), "r\u00e9gion");
    Map<String, String> files = Map.of("dir", directory.toString());
    // Java itself may run these tests in the locale C, and could not name the folder then.
    String name = "d=$(printf '%s/r\\303\\251gion' \"$dir\")";
    String line =
        name
            + " && mkdir -p \"$d\" && cp policies/by-port.yaml \"$d/p.yaml\" && \"$acct\" plan"
            + " \"$d/p.yaml\" --against examples/seed.v4 && \"$acct\" log --state-dir \"$d\"";
    for (String locale : List.of("", "C", "POSIX", "C.UTF-8", "xx_YY.UTF-8")) {
      Map<String, String> variables = new HashMap<>(files);
      variables.put("LC_ALL", locale);
      Ran ran = shell(line, variables);
      assertEquals(0, ran.status(), locale + ": " + ran.err());
      assertTrue(ran.err().contains(folder + " is empty"), locale + ": " + ran.err());
    }
  }

  /** What Java opens first would get the number of a stream that is closed. */
  @Test
  void aClosedStreamIsAnError() throws Exception {
    String show = "\"$acct\" show --chain INPUT --against ";
    for (String redirection : List.of(">/dev/full", ">&-", ">&- <&-")) {
      Ran ran = shell(show + "examples/seed.v4 " + redirection, Map.of());
      assertEquals(1, ran.status(), redirection);
      assertTrue(ran.err().contains("standard output can't be written"), ran.err());
    }
    assertEquals(1, shell(show + "examples/seed.v4 >&- 2>&-", Map.of()).status());
    assertEquals(0, shell(show + "examples/seed.v4 2>&-", Map.of()).status());
    Ran nothing = shell(show + "ipv4=- <&-", Map.of());
    assertEquals(1, nothing.status());
    assertEquals("acct: there is no chain INPUT\n", nothing.err());
    Ran piped = shell("{ " + show + "examples/seed.v4; echo $? >&2; } | :", Map.of());
    assertTrue(piped.err().matches("(?s)(acct: standard output .*1|0)\n"), piped.err());
  }

  /** Where classes come from: an archive, or jars. */
  private Ran loaded(Path dist, String words) throws Exception {
    Path classes = Files.createTempFile(directory, "classes", "");
    Ran ran =
        shell(
            dist + "/bin/acct " + words,
            Map.of("ACCT_JAVA_OPTIONS", "-Xlog:class+load:file=" + classes));
    assertEquals(0, ran.status(), ran.err());
    return new Ran(ran.status(), Files.readString(classes), ran.err());
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }

  /** An archive of one content is never taken for another, whatever the size and time of a jar. */
  @Test
  void anArchiveOfClassesIsForOneContent() throws Exception {
    String main = " acct.cli.Main source: shared objects file";
    Path dist = directory.resolve("dist");
    run("cp", "-Rp", DIST.toString(), dist.toString());
    assertTrue(loaded(DIST, "version").out().contains(main), "the archive of the build is used");
    assertFalse(loaded(dist, "version").out().contains(main), "a copy has none");
    Path java = Path.of(Files.readString(dist.resolve("lib/java")).strip());
    String home = java.getParent().getParent().toString();
    run("sh", "src/main/dist/make-cds.sh", dist.toString(), home);
    for (String words :
        List.of("version", "plan policies/by-port.yaml --against examples/seed.v4")) {
      assertTrue(loaded(dist, words).out().contains(main), words);
    }
    String validator = "validate policies/by-port.yaml";
    assertTrue(
        loaded(dist, validator).out().contains("JsonNode source: shared objects file"), validator);

    Path jar = directory.resolve("acct.jar");
    String name = Files.readString(dist.resolve("lib/classpath")).split(":", 2)[0];
    Files.copy(dist.resolve("lib").resolve(name), jar);
    byte[] content = Files.readAllBytes(jar);
    // A jar ends with its comment's length; one byte more is another content, and the same program.
    content[content.length - 2] = 1;
    byte[] commented = Arrays.copyOf(content, content.length + 1);
    Files.write(jar, commented);
    run("sh", "src/main/dist/make-classpath.sh", jar.toString(), dist.toString());
    assertFalse(Files.exists(dist.resolve("lib").resolve(name)));
    assertFalse(loaded(dist, "version").out().contains(main), "other content, no archive");
  }
}
