package acct.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commit that is checked out where a file lies: read from git's own files, without git. */
public final class GitCommit {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{40,64}");

  private GitCommit() {}

  /** The commit's hash; nothing where there is no repository, or none that can be read. */
  public static Optional<String> of(Path file) {
    try {
      Path directory = file.toRealPath().getParent();
      while (directory != null) {
        Path git = directory.resolve(".git");
        if (Files.exists(git)) {
          return head(Files.isDirectory(git) ? git : linked(git));
        }
        directory = directory.getParent();
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A worktree has a file that names its git directory. */
  private static Path linked(Path file) throws IOException {
    String text = read(file);
    String named = text.startsWith("gitdir: ") ? text.substring("gitdir: ".length()) : text;
    return file.getParent().resolve(named);
  }

  private static Optional<String> head(Path git) throws IOException {
    String head = read(git.resolve("HEAD"));
    if (!head.startsWith("ref: ")) {
      return hash(head);
    }
    String ref = head.substring("ref: ".length());
    Path common =
        Files.exists(git.resolve("commondir")) ? git.resolve(read(git.resolve("commondir"))) : git;
    Path loose = common.resolve(ref);
    if (Files.exists(loose)) {
      return hash(read(loose));
    }
    Path packed = common.resolve("packed-refs");
    if (Files.exists(packed)) {
      for (String line : Files.readAllLines(packed, StandardCharsets.UTF_8)) {
        if (line.endsWith(" " + ref)) {
          return hash(line.substring(0, line.indexOf(' ')));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> hash(String text) {
    Matcher matcher = HASH.matcher(text);
    return matcher.matches() ? Optional.of(text) : Optional.empty();
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8).strip();
  }
}
