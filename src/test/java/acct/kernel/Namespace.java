package acct.kernel;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A private network namespace with a real kernel's netfilter in it. A shell holds it open;
 * everything else enters it. As an ordinary user it lives in a user namespace as well.
 */
public final class Namespace implements AutoCloseable {
  /** What a command printed, and how it ended. */
  public record Result(int status, String out, String err) {
    Result ok() {
      Assertions.assertEquals(0, status, () -> out + err);
      return this;
    }
  }

  private final Process holder;
  private final Path lockFile;
  private final boolean rootOutside;

  private Namespace(Process holder, Path lockFile, boolean rootOutside) {
    this.holder = holder;
    this.lockFile = lockFile;
    this.rootOutside = rootOutside;
  }

  /** Opens one; where none is to be had the test is skipped loudly, and in CI it fails. */
  public static Namespace open() {
    boolean root = "root".equals(System.getProperty("user.name"));
    List<String> unshare =
        root ? List.of("unshare", "--net") : List.of("unshare", "--map-root-user", "--net");
    List<String> words = new ArrayList<>(unshare);
    words.addAll(
        List.of("sh", "-c", "ip link set lo up && iptables-nft -S >&2 && echo ready && cat"));
    try {
      Process holder = new ProcessBuilder(words).redirectErrorStream(false).start();
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
      if (!"ready".equals(out.readLine())) {
        String why = new String(holder.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        unavailable("the kernel is not tested, no network namespace with iptables: " + why);
      }
      return new Namespace(holder, Files.createTempFile("acct-xtables", ".lock"), root);
    } catch (IOException e) {
      unavailable("the kernel is not tested, no network namespace: " + e.getMessage());
      throw new UncheckedIOException(e);
    }
  }

  /** Skips a test loudly for what this machine lacks; in CI it fails. */
  public static void unavailable(String why) {
    if ("true".equals(System.getenv("CI"))) {
      Assertions.fail(why);
    }
    System.err.println("SKIPPED: " + why);
    Assumptions.abort(why);
  }

  boolean isRootOutside() {
    return rootOutside;
  }

  Process start(List<String> command) {
    return start(command, Map.of());
  }

  /** Starts a command inside. */
  Process start(List<String> command, Map<String, String> environment) {
    List<String> words =
        new ArrayList<>(List.of("nsenter", "--target", "" + holder.pid(), "--net"));
    if (!rootOutside) {
      words.addAll(List.of("--user", "--preserve-credentials"));
    }
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("XTABLES_LOCKFILE", lockFile.toString());
    builder.environment().put("PATH", System.getenv("PATH") + ":/usr/sbin:/sbin");
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Result run(String... command) {
    return run(List.of(command), "");
  }

  /** Runs a command inside, with a text as its standard input. */
  Result run(List<String> command, String input) {
    return finish(start(command), input);
  }

  /** A command with mounts of its own, which a line of shell makes first. Only root can mount. */
  List<String> inMounts(String setUp, List<String> command) {
    Assumptions.assumeTrue(rootOutside, "only root can mount");
    List<String> words = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c"));
    words.addAll(List.of(setUp + " && exec \"$@\"", "sh"));
    words.addAll(command);
    return words;
  }

  static Result finish(Process process, String input) {
    try {
      CompletableFuture<byte[]> err =
          CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
      process.getOutputStream().write(input.getBytes(StandardCharsets.ISO_8859_1));
      process.getOutputStream().close();
      byte[] out = read(process.getInputStream());
      int status = process.waitFor();
      return new Result(
          status,
          new String(out, StandardCharsets.UTF_8),
          new String(err.join(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] read(InputStream in) {
    try (in) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      in.transferTo(all);
      return all.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    holder.getOutputStream().close();
    Files.deleteIfExists(lockFile);
  }
}
