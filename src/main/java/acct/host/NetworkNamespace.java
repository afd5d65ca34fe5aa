package acct.host;

import acct.text.PrintableText;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The network namespace that acct runs in. Counters belong to one, so what is kept of them does too
 * .
 */
public final class NetworkNamespace {
  /** Where {@code ip netns} binds namespaces to names. */
  private static final List<Path> NAMED = List.of(Path.of("/run/netns"), Path.of("/var/run/netns"));

  private static final Path PROC = Path.of("/proc");

  private NetworkNamespace() {}

  /** {@code net:[4026531840]}; empty where there is no /proc. */
  static String here() {
    return of("self").orElse("");
  }

  private static Optional<String> of(String process) {
    try {
      return Optional.of(
          Files.readSymbolicLink(PROC.resolve(process).resolve("ns/net")).toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * The state directory of this namespace: the host's own is the given one, that of a namespace of
   * {@code ip netns} has its name. In a container the namespace of process 1 is the host's own.
   *
   * @param host the directory of the machine
   * @throws HostException where the namespace has no name
   */
  public static Path stateDirectory(Path host) throws HostException {
    Optional<String> first = of("1");
    if (first.equals(of("self"))) {
      return host;
    }
    Optional<String> name = name(here());
    if (name.isEmpty() && first.isEmpty()) {
      // Another user's process 1 can't be looked at; such a user has no namespace's counters
      // either.
      return host;
    }
    if (name.isEmpty()) {
      throw new HostException(
          HostException.Kind.FAILED,
          "this network namespace is not the host's, and has no name of ip netns: tell with"
              + " --state-dir where its totals are kept, in a directory of its own");
    }
    return host.resolve("netns").resolve(name.get());
  }

  /** The name that {@code ip netns} knows a namespace by. */
  private static Optional<String> name(String namespace) {
    String inode = namespace.replaceAll("[^0-9]", "");
    for (Path directory : NAMED) {
      for (Path file : files(directory)) {
        if (isNamespace(file, inode)) {
          return Optional.of(file.getFileName().toString());
        }
      }
    }
    return Optional.empty();
  }

  /** The files of a directory; none where there is no such directory, or it can't be read. */
  private static List<Path> files(Path directory) {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      files.forEach(all::add);
    } catch (IOException | DirectoryIteratorException e) {
      return all;
    }
    return all;
  }

  /** A file of that number is the namespace only on the file system of namespaces. */
  private static boolean isNamespace(Path file, String inode) {
    try {
      Object device = Files.getAttribute(PROC.resolve("self/ns/net"), "unix:dev");
      return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS)
              .toString()
              .equals(inode)
          && Files.getAttribute(file, "unix:dev", LinkOption.NOFOLLOW_LINKS).equals(device);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The name of a namespace that is still there. One without a name is not looked for: the kernel
   * gives its number to another as soon as it is gone, and then that would be taken for it.
   *
   * @param namespace as {@link #here} gives it
   */
  static Optional<String> living(String namespace) {
    return name(namespace).map(PrintableText::of);
  }
}
