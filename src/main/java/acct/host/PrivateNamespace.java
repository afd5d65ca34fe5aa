package acct.host;

import acct.host.HostException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace of our own: the same kernel and the same iptables, and nothing of the host's
 * rules. A process that only waits holds it open; with that it is gone. As an ordinary user, or as
 * a root that may not, it lives in a user namespace as well.
 */
public final class PrivateNamespace implements AutoCloseable {
  private final Process holder;
  private final boolean inUserNamespace;
  private final String nsenter;
  private final Path lockFile;

  private PrivateNamespace(Process holder, boolean inUserNamespace, String nsenter, Path lockFile) {
    this.holder = holder;
    this.inUserNamespace = inUserNamespace;
    this.nsenter = nsenter;
    this.lockFile = lockFile;
  }

  /**
   * Opens one.
   *
   * @throws HostException MISSING when none is to be had here; the message says why
   */
  public static PrivateNamespace open() throws HostException {
    String unshare = Programs.find("unshare").toString();
    String nsenter = Programs.find("nsenter").toString();
    String cat = Programs.find("cat").toString();
    String why = "";
    try {
      for (boolean user : new boolean[] {false, true}) {
        List<String> words = new ArrayList<>(List.of(unshare, "--net"));
        if (user) {
          words.add("--map-root-user");
        }
        words.add(cat);
        ProcessBuilder builder = new ProcessBuilder(words);
        // Its messages in English, as those of every other command.
        builder.environment().put("LC_ALL", "C");
        Process holder = builder.start();
        if (answers(holder)) {
          Path lock = Files.createTempFile("acct-xtables", ".lock");
          return new PrivateNamespace(holder, user, nsenter, lock);
        }
        why = new String(holder.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      }
    } catch (IOException e) {
      why = Reasons.of(e);
    }
    throw new HostException(Kind.MISSING, "no private network namespace is to be had here: " + why);
  }

  /** What is written comes back once the namespace is there and the process in it runs. */
  private static boolean answers(Process holder) {
    try {
      holder.getOutputStream().write('\n');
      holder.getOutputStream().flush();
      return holder.getInputStream().read() == '\n';
    } catch (IOException e) {
      return false;
    }
  }

  /** The words before a command that make it run inside. */
  public List<String> enter() {
    List<String> words =
        new ArrayList<>(List.of(nsenter, "--target", Long.toString(holder.pid()), "--net"));
    if (inUserNamespace) {
      words.addAll(List.of("--user", "--preserve-credentials"));
    }
    return words;
  }

  /** In place of the host's own lock, which is no business of what runs inside. */
  public Path lockFile() {
    return lockFile;
  }

  @Override
  public void close() {
    holder.destroy();
    try {
      Files.deleteIfExists(lockFile);
    } catch (IOException e) {
      // An empty file among the temporary ones; they are swept.
      return;
    }
  }
}
