package acct.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a host is like beside its rules: files of its system, and what its programs say. */
public final class HostFacts {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Path root;

  /**
   * A host.
   *
   * @param root of its files: / for this one
   */
  public HostFacts(Path root) {
    this.root = root;
  }

  private Path at(String path) {
    return root.resolve(path);
  }

  /** Whether there is such a file. */
  public boolean has(String path) {
    return Files.exists(at(path));
  }

  /** The text of a file; empty where it can't be read. */
  public String text(String path) {
    try {
      return Files.readString(at(path), StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** Whether a program is installed. */
  public boolean hasProgram(String name) {
    return Programs.lookUp(name).isPresent();
  }

  /** What a program prints; nothing where it is not there, or fails. */
  public Optional<String> said(String program, String... words) {
    Optional<Path> file = Programs.lookUp(program);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    List<String> command = new ArrayList<>(List.of(file.get().toString()));
    command.addAll(List.of(words));
    try {
      Command.Result result = new Command(command).limit(LIMIT).limit(1L << 20).run();
      return result.exitStatus() == 0 && result.stopped().isEmpty()
          ? Optional.of(result.output().strip())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
