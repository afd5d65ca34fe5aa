package acct;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The recorded facts that tests read. */
public final class Resources {
  public static final Path ROOT = Path.of("src/test/resources");
  public static final Path CORPUS = ROOT.resolve("corpus");
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Resources() {}

  /** A file as bytes, one character each. */
  public static String bytes(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A text as the bytes it is in UTF-8, one character each. */
  public static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** The records of a .jsonl file. */
  public static List<JsonNode> records(String name) {
    try (Stream<String> lines = Files.lines(CORPUS.resolve(name))) {
      return lines.map(MAPPER::readTree).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files of a folder, sorted. */
  public static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
