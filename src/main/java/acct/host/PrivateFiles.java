package acct.host;

import acct.host.HostException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Opens the files of the state directory, and only those that nobody but the user who runs acct and
 * root can have put there: acct runs as root, and {@code acct undo} executes what the journal says.
 *
 * <p>A file has to be a regular one, is never reached through a symbolic link, belongs to the user
 * or to root, and no other user may write to it. Type and owner are checked before it is opened,
 * for opening a FIFO would wait for ever, and again afterwards, against the same inode. The
 * directory is checked each time with all its parents, so that nobody else can exchange a file in
 * between.
 */
public final class PrivateFiles {
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;
  private static final int DIRECTORY_TYPE = 0040000;
  private static final int LINK = 0120000;
  private static final int STICKY = 01000;
  private static final int WORLD_WRITES = 0002;
  private static final int GROUP_WRITES = 0020;

  /** As many as the kernel follows. */
  private static final int MOST_LINKS = 40;

  private PrivateFiles() {}

  /** What lstat says of a file. */
  private record Stat(int mode, int owner, int group, Object inode) {
    boolean is(int type) {
      return (mode & TYPE) == type;
    }

    boolean mayBeWrittenByOthers() {
      return (mode & (GROUP_WRITES | WORLD_WRITES)) != 0;
    }

    /** In words, for messages. */
    String type() {
      return switch (mode & TYPE) {
        case REGULAR -> "a regular file";
        case DIRECTORY_TYPE -> "a directory";
        case LINK -> "a symbolic link";
        case 0010000 -> "a FIFO";
        case 0140000 -> "a socket";
        default -> "a device";
      };
    }

    String permissions() {
      return String.format("%04o", mode & 07777);
    }
  }

  /** Nothing where there is no such file. */
  private static Optional<Stat> stat(Path path) throws IOException {
    try {
      Map<String, Object> read =
          Files.readAttributes(path, "unix:mode,uid,gid,fileKey", LinkOption.NOFOLLOW_LINKS);
      return Optional.of(
          new Stat(
              (Integer) read.get("mode"),
              (Integer) read.get("uid"),
              (Integer) read.get("gid"),
              read.get("fileKey")));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    }
  }

  /**
   * Opens a file to read it.
   *
   * @return nothing where the file or its directory is not there
   * @throws HostException where it can't be trusted
   */
  public static Optional<FileChannel> read(Path file) throws HostException, IOException {
    Optional<Path> directory = check(parent(file));
    if (directory.isEmpty()) {
      return Optional.empty();
    }
    Path real = directory.get().resolve(file.getFileName());
    Optional<Stat> found = stat(real);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    checkFile(real, found.get());
    return Optional.of(open(real, found.get(), Set.of(StandardOpenOption.READ)));
  }

  /**
   * Opens a file to read and write it, and makes an empty one, readable by its owner alone, where
   * there is none.
   *
   * @throws HostException where it can't be trusted
   */
  public static FileChannel update(Path file) throws HostException, IOException {
    Path real = directoryOf(file).resolve(file.getFileName());
    Optional<Stat> found = stat(real);
    if (found.isEmpty()) {
      try {
        create(real).close();
      } catch (FileAlreadyExistsException e) {
        // Another acct has made it in this moment: it is checked like any other.
      }
      found = stat(real);
    }
    if (found.isEmpty()) {
      throw new NoSuchFileException(real.toString());
    }
    checkFile(real, found.get());
    return open(real, found.get(), Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  /**
   * Makes a file anew, in the place of one that is left over.
   *
   * @throws HostException where its directory can't be trusted
   */
  public static FileChannel replace(Path file) throws HostException, IOException {
    Path real = directoryOf(file).resolve(file.getFileName());
    // What lies there is not opened, so it may be anything.
    Files.deleteIfExists(real);
    return create(real);
  }

  /** Checks a file that will be replaced by another, if it is there. */
  static void checkIfThere(Path file) throws HostException, IOException {
    Path real = directoryOf(file).resolve(file.getFileName());
    Optional<Stat> found = stat(real);
    if (found.isPresent()) {
      checkFile(real, found.get());
    }
  }

  private static FileChannel create(Path file) throws IOException {
    FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(FILE);
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
        mode);
  }

  /** Java has no fstat: that the inode is the one that was checked is seen from outside. */
  private static FileChannel open(Path file, Stat checked, Set<StandardOpenOption> options)
      throws HostException, IOException {
    Set<OpenOption> all = new HashSet<>(options);
    all.add(LinkOption.NOFOLLOW_LINKS);
    FileChannel channel = FileChannel.open(file, all);
    Optional<Stat> now = stat(file);
    if (now.isEmpty() || !now.get().inode().equals(checked.inode())) {
      channel.close();
      throw refused(file + " was exchanged while acct opened it; try again");
    }
    return channel;
  }

  private static Path parent(Path file) {
    return file.toAbsolutePath().getParent();
  }

  private static Path directoryOf(Path file) throws HostException, IOException {
    Path directory = parent(file);
    return check(directory).orElseThrow(() -> new NoSuchFileException(directory.toString()));
  }

  /**
   * Makes a directory for acct, with its parents, readable by its owner alone; one that is there
   * keeps its mode.
   *
   * @return its path without symbolic links
   * @throws HostException where it can't be trusted
   */
  public static Path directory(Path directory) throws HostException, IOException {
    Path absolute = directory.toAbsolutePath();
    Optional<Path> real = check(absolute);
    if (real.isEmpty()) {
      Files.createDirectories(absolute, PosixFilePermissions.asFileAttribute(DIRECTORY));
      real = check(absolute);
    }
    return real.orElseThrow(() -> new NoSuchFileException(absolute.toString()));
  }

  /**
   * Checks a directory of acct's: links to it are followed, each of them and each directory on the
   * way has to be one that only its user and root can exchange.
   *
   * @return its path without symbolic links; nothing where it is not there
   * @throws HostException where it can't be trusted
   */
  public static Optional<Path> check(Path directory) throws HostException, IOException {
    Path absolute = directory.toAbsolutePath();
    Path at = absolute.getRoot();
    Stat stat = stat(at).orElseThrow();
    int rootsOwner = stat.owner();
    int links = 0;
    Deque<Path> left = new ArrayDeque<>();
    absolute.forEach(left::add);
    while (!left.isEmpty()) {
      checkParent(at, stat, rootsOwner);
      String name = left.removeFirst().toString();
      if (name.equals(".") || name.isEmpty()) {
        continue;
      }
      Path next =
          name.equals("..") ? Optional.ofNullable(at.getParent()).orElse(at) : at.resolve(name);
      Optional<Stat> found = stat(next);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      if (found.get().is(LINK)) {
        checkLink(next, found.get(), rootsOwner);
        if (++links > MOST_LINKS) {
          throw refused(absolute + " leads through too many symbolic links");
        }
        Path target = Files.readSymbolicLink(next);
        Path end = left.isEmpty() ? target : target.resolve(rest(left));
        left.clear();
        end.forEach(left::add);
        if (end.isAbsolute()) {
          at = end.getRoot();
          stat = stat(at).orElseThrow();
        }
        continue;
      }
      at = next;
      stat = found.get();
    }
    checkDirectory(at, stat);
    return Optional.of(at);
  }

  private static Path rest(Deque<Path> names) {
    Path rest = names.removeFirst();
    for (Path name : names) {
      rest = rest.resolve(name);
    }
    return rest;
  }

  private static void checkFile(Path file, Stat found) throws HostException {
    if (!found.is(REGULAR)) {
      throw refused(
          file
              + " is "
              + found.type()
              + ", and has to be a regular file: acct does not open anything else there. Move it"
              + " away, or name another directory with --state-dir");
    }
    if (!isMineOrRoots(found.owner())) {
      throw refused(
          file
              + " belongs to "
              + user(found.owner())
              + ", and has to belong to "
              + me()
              + ": look who has put it there. Then move it away, or chown it");
    }
    if (found.mayBeWrittenByOthers()) {
      throw refused(
          file
              + " has mode "
              + found.permissions()
              + ", so other users may have written to it; it has to be writable by its owner alone."
              + " If what it says is right: chmod go-w "
              + file);
    }
  }

  private static void checkDirectory(Path directory, Stat found) throws HostException {
    if (!found.is(DIRECTORY_TYPE)) {
      throw refused(directory + " is " + found.type() + ", and has to be a directory");
    }
    if (!isMineOrRoots(found.owner())) {
      throw refused(
          "the directory "
              + directory
              + " belongs to "
              + user(found.owner())
              + ", and has to belong to "
              + me()
              + ": chown it, or name another with --state-dir");
    }
    if (found.mayBeWrittenByOthers()) {
      throw refused(
          "the directory "
              + directory
              + " has mode "
              + found.permissions()
              + ", so other users can exchange the files in it; it has to be writable by its owner"
              + " alone: chmod go-w it, or name another with --state-dir");
    }
  }

  /** Who may write to a parent could put another directory in the place of acct's. */
  private static void checkParent(Path directory, Stat found, int rootsOwner) throws HostException {
    if (!found.is(DIRECTORY_TYPE)) {
      throw refused(directory + " is " + found.type() + ", and has to be a directory");
    }
    boolean sticky = (found.mode() & STICKY) != 0;
    // A group with its user's number is that user's own, and root's group is root.
    boolean group =
        (found.mode() & GROUP_WRITES) != 0 && found.group() != 0 && found.group() != found.owner();
    boolean world = (found.mode() & WORLD_WRITES) != 0;
    if ((group || world) && !sticky) {
      throw refused(
          "the directory "
              + directory
              + " has mode "
              + found.permissions()
              + " without the sticky bit, so other users can exchange what is in it: chmod go-w it,"
              + " or name a state directory elsewhere with --state-dir");
    }
    if (!isMineOrRoots(found.owner()) && found.owner() != rootsOwner) {
      throw refused(
          "the directory "
              + directory
              + " belongs to "
              + user(found.owner())
              + ", who can exchange what is in it: name a state directory elsewhere with"
              + " --state-dir");
    }
  }

  private static void checkLink(Path link, Stat found, int rootsOwner) throws HostException {
    if (!isMineOrRoots(found.owner()) && found.owner() != rootsOwner) {
      throw refused(
          "the symbolic link "
              + link
              + " belongs to "
              + user(found.owner())
              + ", and has to belong to "
              + me()
              + ": remove it, or name another directory with --state-dir");
    }
  }

  private static boolean isMineOrRoots(int owner) {
    return owner == 0 || owner == Me.UID;
  }

  private static String me() {
    return Me.UID == 0 ? "root" : "root or " + user(Me.UID);
  }

  /** By its number: asking for the name may ask a server. */
  private static String user(int owner) {
    return owner == 0 ? "root" : "user " + Integer.toUnsignedString(owner);
  }

  /** The user who runs acct, asked once. */
  private static final class Me {
    private static final int UID = uid();

    private static int uid() {
      try {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      } catch (IOException e) {
        // Without /proc nobody but root is trusted.
        return 0;
      }
    }
  }

  private static HostException refused(String message) {
    return new HostException(Kind.UNTRUSTED, message);
  }
}
